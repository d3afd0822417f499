import { addExamples, addList, addOptions, addRepeatable } from '../../settings/options.ts';
import type { Declaration } from '../command.ts';

export const emulator: Declaration = {
  word: 'emulator',
  summary: 'run a local tenant to rehearse with',
  async options(command) {
    const { assumptionEntries } = await import('../../emulator/assumptions.ts');
    addOptions(command, {
      '--port <n>': 'port to listen on, 0 for any free port; default: 8450',
      '--state <file>': 'file to keep settings, devices, users, roles and applications in',
      '--auto-approve':
        'sign in the user of login_hint, or the administrator, without a page; approve all pushes',
      '--open': 'open the console in the browser, signed in as the administrator',
      '--bare': 'start without the OAuth application, for `bootstrap` to create',
    });
    const redirects =
      'registered redirect URI, repeatable; default: http://127.0.0.1:8400/callback';
    addRepeatable(command, '--redirect-uri <uri>', redirects);
    addOptions(command, {
      '--fixed-passwords': 'use the well-known passwords, unsafe if others use this machine',
    });
    addRepeatable(
      command,
      '--assume <name=value>',
      'set an assumption about undocumented behavior, repeatable',
    );
    addOptions(command, {
      '--tenants <n>': 'number of tenants on one port, at tenant-1.localhost and so on; default: 1',
      '--fleet-file <file>': 'write a fleet file for these tenants',
      '--apns-port <n>':
        "port of the stand-in for APNs, 0 for any free port; default: the next after the tenant's, or a free port",
      '--apns-environment <name>': [
        'APNs environment to stand in for; default: production',
        'production',
        'sandbox',
      ],
      '--apns-ca <file>': "write the stand-in's CA to this file, PEM",
    });
    const title = 'Assumptions (--assume NAME=VALUE; the first value is the default):';
    addList(command, title, assumptionEntries);
    addExamples(
      command,
      'mfa-cli emulator --open',
      'mfa-cli emulator --auto-approve --state tenant.json',
      'mfa-cli emulator --auto-approve --apns-ca apns-ca.pem',
      'mfa-cli emulator --tenants 5 --fleet-file mfa-fleet.yaml',
    );
  },
  load: () => import('./emulator.ts'),
};
