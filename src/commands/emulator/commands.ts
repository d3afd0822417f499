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
  ['push@example.com', 'password, then a push with a number to match, or its code'],
  ['oath@example.com', 'password, then a code'],
  ['sms@example.com', 'password, then a code or link by text message'],
  ['email@example.com', 'password, then a code or link by email'],
  ['phone@example.com', 'password, then a phone call'],
  ['key@example.com', 'password, then a security key (which the emulator cannot provide)'],
  ['codes@example.com', 'a code, then a text message; no password'],
  ['again@example.com', 'password, then a second round of challenges'],
  ['federated@example.com', "at the company's identity provider"],
  ['pin@example.com', 'at the identity provider, then the PIN that it shows'],
  ['elsewhere@example.com', 'another host of the tenant, then the password'],
];

const phones = `Phones and mailboxes: POST /emulator/factors lists the waiting codes. POST /emulator/approve with
{"User": …, "Number": …} approves; POST /emulator/deny with {"User": …} denies.`;

/** The options of `EmulatorCommandOptions`, and the lists of users and assumptions in its help. */
async function addEmulatorOptions(command: Command): Promise<void> {
  const { assumptionEntries } = await import('../../emulator/assumptions.ts');
  const collect = (value: string, values: readonly string[] = []): readonly string[] => [...values, value];
  command
    .option('--port <n>', 'port to listen on; 0 picks a free one', '8450')
    .option('--state <file>', 'save settings, devices, users, roles and applications to this file')
    .option(
      '--auto-approve',
      'sign in the user of login_hint, or the administrator, without a page; approve pushes',
    )
    .option('--open', 'open its console in the browser, signed in as the administrator')
    .option('--bare', 'start without the application of mfa-cli, for `bootstrap` to create')
    .option(
      '--redirect-uri <uri>',
      'registered redirect URI, repeatable; default: http://127.0.0.1:8400/callback',
      collect,
    )
    .option('--token-lifetime <seconds>', 'lifetime of access tokens', '18000')
    .option('--fixed-passwords', 'use the documented passwords; unsafe if other people use this machine')
    .option('--assume <name=value>', 'choose a value for an assumption, repeatable', collect)
    .option('--tenants <n>', 'number of tenants on one port: tenant-1.localhost and so on', '1')
    .option('--fleet-file <file>', 'write a fleet file for these tenants')
    .option(
      '--apns-port <n>',
      "port of the APNs stand-in; 0 picks a free one; default: the port after the tenant's, or a free one",
    )
    .addOption(
      command
        .createOption('--apns-environment <name>', 'APNs environment of the stand-in')
        .choices(['production', 'sandbox'])
        .default('production'),
    )
    .option('--apns-ca <file>', 'write the CA of the APNs stand-in to this file, PEM')
    .option('--apns-client-ca <file>', 'accept only client certificates of this CA, PEM')
    .option('--apns-crl <file>', 'revocation list of that CA, PEM');
  addList(
    command,
    "Ways to sign in without an application; all are administrators with the administrator's password:",
    people,
  );
  command.addHelpText('after', phones);
  addList(command, 'Assumptions (--assume NAME=VALUE; the first value is the default):', assumptionEntries);
}
