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
  ['mfa@example.com', 'password, then whichever second factor'],
  ['push@example.com', 'password, then a push with a number to compare, or its code'],
  ['oath@example.com', 'password, then a code'],
  ['sms@example.com', "password, then a text's code or link"],
  ['email@example.com', "password, then a mail's code or link"],
  ['phone@example.com', 'password, then a phone call'],
  ['key@example.com', 'password, then a security key, which nobody has'],
  ['codes@example.com', 'a code, then a text; no password'],
  ['again@example.com', 'password, and then a second package of challenges'],
  ['federated@example.com', "at the company's identity provider"],
  ['pin@example.com', 'there, too, and then the PIN that it shows'],
  ['elsewhere@example.com', 'at another host of the tenant, then the password'],
];

const phones = `Phones and mailboxes: POST /emulator/factors lists the waiting codes; /emulator/approve with
{"User": …, "Number": …} is a yes, /emulator/deny with {"User": …} a no.`;

/** The options of `EmulatorCommandOptions`, and what its help says of people and assumptions. */
async function addEmulatorOptions(command: Command): Promise<void> {
  const { assumptionEntries } = await import('../../emulator/assumptions.ts');
  const collect = (value: string, values: readonly string[] = []): readonly string[] => [...values, value];
  command
    .option('--port <n>', 'port to listen on, 0 picks a free one', '8450')
    .option('--state <file>', 'keep settings, devices, users, roles and applications in this file')
    .option(
      '--auto-approve',
      'sign in without a page whom login_hint names, or the administrator; approve pushes',
    )
    .option('--open', 'open its console in the browser, signed in as the administrator')
    .option('--bare', 'have no application of mfa-cli: `bootstrap` makes it')
    .option(
      '--redirect-uri <uri>',
      'registered redirect URI, repeatable; default: http://127.0.0.1:8400/callback',
      collect,
    )
    .option('--token-lifetime <seconds>', 'lifetime of access tokens', '18000')
    .option('--fixed-passwords', 'keep the known passwords, which is unsafe where others use this machine')
    .option('--assume <name=value>', 'how to take what the vendor does not document, repeatable', collect)
    .option('--tenants <n>', 'that many tenants on one port, at tenant-1.localhost and so on', '1')
    .option('--fleet-file <file>', 'write a fleet file for these tenants')
    .option(
      '--apns-port <n>',
      'port of the stand-in for APNs, 0 picks a free one; default: the one after that of the tenant, or a free one',
    )
    .addOption(
      command
        .createOption('--apns-environment <name>', 'which APNs it stands in for')
        .choices(['production', 'sandbox'])
        .default('production'),
    )
    .addOption(
      command
        .createOption('--shell <name>', 'whose line to print on a terminal; default: that of SHELL, else all')
        .choices(['bash', 'zsh', 'fish', 'powershell']),
    )
    .option('--apns-ca <file>', 'write the CA of the stand-in, PEM, to this file')
    .option('--apns-client-ca <file>', 'CA of client certificates, PEM: TLS lets no other in')
    .option('--apns-crl <file>', 'what that CA has revoked, PEM');
  addList(
    command,
    "Who signs in how without an application; all are administrators, with the administrator's password:",
    people,
  );
  command.addHelpText('after', phones);
  addList(command, 'Assumptions (--assume NAME=VALUE; the first value is the default):', assumptionEntries);
}
