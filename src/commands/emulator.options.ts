import type { Command } from 'commander';
import { describeAssumptions } from '../assumptions.ts';
import type { Environment } from '../pkcs12/model.ts';
import { addExamples } from '../inputs/options.ts';

export interface EmulatorCommandOptions {
  readonly port?: string;
  readonly state?: string;
  readonly autoApprove?: boolean;
  readonly redirectUri?: readonly string[];
  readonly tokenLifetime?: string;
  readonly assume?: readonly string[];
  readonly fixedPasswords?: boolean;
  readonly apnsPort?: string;
  readonly apnsEnvironment?: Environment;
  readonly apnsCa?: string;
  readonly apnsClientCa?: string;
  readonly apnsCrl?: string;
}

const people = `Who signs in how without an application; all are administrators, with the administrator's password:
  mfa@example.com        password, then whichever second factor
  push@example.com       password, then a push with a number to compare, or its code
  oath@example.com       password, then a code
  sms@example.com        password, then a text's code or link
  email@example.com      password, then a mail's code or link
  phone@example.com      password, then a phone call
  key@example.com        password, then a security key, which nobody has
  codes@example.com      a code, then a text; no password
  again@example.com      password, and then a second package of challenges
  federated@example.com  at the company's identity provider
  pin@example.com        there, too, and then the PIN that it shows
  elsewhere@example.com  at another host of the tenant, then the password
Phones and mailboxes: POST /emulator/factors tells the codes that wait; /emulator/approve with
{"User": …, "Number": …} is a yes, /emulator/deny with {"User": …} a no.`;

export function register(command: Command): void {
  const collect = (value: string, values: readonly string[] = []): readonly string[] => [...values, value];
  command
    .option('--port <n>', 'port to listen on, 0 picks a free one', '8450')
    .option('--state <file>', 'keep settings, devices, users, roles and applications in this file')
    .option(
      '--auto-approve',
      'sign in without a page whom login_hint names, or the administrator; approve pushes',
    )
    .option(
      '--redirect-uri <uri>',
      'registered redirect URI, repeatable; default: http://127.0.0.1:8400/callback',
      collect,
    )
    .option('--token-lifetime <seconds>', 'lifetime of access tokens', '18000')
    .option('--fixed-passwords', 'keep the known passwords, which is unsafe where others use this machine')
    .option('--assume <name=value>', 'how to take what the vendor does not document, repeatable', collect)
    .option('--apns-port <n>', 'port of the stand-in for APNs, 0 picks a free one', '0')
    .addOption(
      command
        .createOption('--apns-environment <name>', 'which APNs it stands in for')
        .choices(['production', 'sandbox'])
        .default('production'),
    )
    .option('--apns-ca <file>', 'write the CA of the stand-in, PEM, to this file')
    .option('--apns-client-ca <file>', 'CA of client certificates, PEM: TLS lets no other in')
    .option('--apns-crl <file>', 'what that CA has revoked, PEM');
  command.addHelpText('after', `\n${people}`);
  command.addHelpText('after', describeAssumptions());
  addExamples(
    command,
    'mfa-cli emulator',
    'mfa-cli emulator --auto-approve --state tenant.json',
    'mfa-cli emulator --auto-approve --apns-ca apns-ca.pem',
  );
}
