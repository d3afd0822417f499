import type { Command } from 'commander';
import { addExamples, addList } from '../../settings/options.ts';
import type { Declaration } from '../command.ts';

export const emulator: Declaration = {
  word: 'emulator',
  summary: 'run a local tenant to rehearse with',
  async options(command) {
    await addEmulatorOptions(command);
    addExamples(
      command,
      'mfa-cli emulator',
      'mfa-cli emulator --open',
      'mfa-cli emulator --auto-approve --state tenant.json',
      'mfa-cli emulator --auto-approve --apns-ca apns-ca.pem',
      'mfa-cli emulator --tenants 5 --fleet-file mfa-fleet.yaml',
    );
  },
  load: () => import('./emulator.ts'),
};

async function addEmulatorOptions(command: Command): Promise<void> {
  const { assumptionEntries } = await import('../../emulator/assumptions.ts');
  const collect = (value: string, values: readonly string[] = []): readonly string[] => [...values, value];
  command
    .option('--port <n>', 'port to listen on, 0 for any free port; default: 8450')
    .option('--state <file>', 'file to keep settings, devices, users, roles and applications in')
    .option(
      '--auto-approve',
      'sign in the user of login_hint, or the administrator, without a page; approve all pushes',
    )
    .option('--open', 'open the console in the browser, signed in as the administrator')
    .option('--bare', 'start without the OAuth application, for `bootstrap` to create')
    .option(
      '--redirect-uri <uri>',
      'registered redirect URI, repeatable; default: http://127.0.0.1:8400/callback',
      collect,
    )
    .option('--fixed-passwords', 'use the well-known passwords, unsafe if others use this machine')
    .option('--assume <name=value>', 'set an assumption about undocumented behavior, repeatable', collect)
    .option('--tenants <n>', 'number of tenants on one port, at tenant-1.localhost and so on; default: 1')
    .option('--fleet-file <file>', 'write a fleet file for these tenants')
    .option(
      '--apns-port <n>',
      "port of the stand-in for APNs, 0 for any free port; default: the next after the tenant's, or a free port",
    )
    .addOption(
      command
        .createOption('--apns-environment <name>', 'APNs environment to stand in for; default: production')
        .choices(['production', 'sandbox']),
    )
    .option('--apns-ca <file>', "write the stand-in's CA to this file, PEM")
    .option('--apns-client-ca <file>', 'CA of client certificates, PEM; TLS rejects all others')
    .option('--apns-crl <file>', "that CA's revocation list, PEM");
  addList(command, 'Assumptions (--assume NAME=VALUE; the first value is the default):', assumptionEntries);
}
