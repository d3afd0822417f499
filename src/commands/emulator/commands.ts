import type { Command } from 'commander';
import { addExamples, addList } from '../../settings/options.ts';
import type { Entry } from '../../text/layout.ts';
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

const people: readonly Entry[] = [
  ['mfa@example.com', 'password, then any second factor'],
  ['push@example.com', 'password, then a push with number matching, or its code'],
  ['oath@example.com', 'password, then a code'],
  ['sms@example.com', 'password, then the code or link in a text message'],
  ['email@example.com', 'password, then the code or link in an email'],
  ['phone@example.com', 'password, then a phone call'],
  ['codes@example.com', 'a code, then a text message; no password'],
  ['again@example.com', 'password, then a second package of challenges'],
  ['federated@example.com', 'at an external identity provider'],
  ['pin@example.com', 'at an external identity provider, then the PIN that it shows'],
  ['elsewhere@example.com', 'at another host of the tenant, then a password'],
];

const phones = `To get the waiting codes, POST to /emulator/factors. To approve a sign-in, POST
{"User": …, "Number": …} to /emulator/approve; a wrong number denies it.`;

/** The options of `EmulatorCommandOptions`, with the help on users and assumptions. */
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
    .option('--token-lifetime <seconds>', 'lifetime of access tokens; default: 18000')
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
    .option('--apns-ca <file>', "write the stand-in's CA to this file, PEM");
  addList(
    command,
    "Sign-in without an application, by user (all with the administrator's password):",
    people,
  );
  command.addHelpText('after', phones);
  addList(command, 'Assumptions (--assume NAME=VALUE; the first value is the default):', assumptionEntries);
}
