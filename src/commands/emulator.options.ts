import type { Command } from 'commander';
import { describeAssumptions } from '../assumptions.ts';
import type { Environment } from '../pkcs12/model.ts';
import { addExamples } from './options.ts';

export interface EmulatorCommandOptions {
  readonly port?: string;
  readonly state?: string;
  readonly autoApprove?: boolean;
  readonly redirectUri?: readonly string[];
  readonly tokenLifetime?: string;
  readonly assume?: readonly string[];
  readonly apnsPort?: string;
  readonly apnsEnvironment?: Environment;
  readonly apnsCa?: string;
  readonly apnsClientCa?: string;
  readonly apnsCrl?: string;
}

export function register(command: Command): void {
  const collect = (value: string, values: readonly string[] = []): readonly string[] => [...values, value];
  command
    .option('--port <n>', 'port to listen on, 0 picks a free one', '8450')
    .option('--state <file>', "keep the tenant's settings and devices in this file")
    .option('--auto-approve', 'sign the administrator in without a page, or whom login_hint names')
    .option(
      '--redirect-uri <uri>',
      'registered redirect URI, repeatable; default: http://127.0.0.1:8400/callback',
      collect,
    )
    .option('--token-lifetime <seconds>', 'lifetime of access tokens', '18000')
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
  command.addHelpText('after', describeAssumptions());
  addExamples(
    command,
    'mfa-cli emulator',
    'mfa-cli emulator --auto-approve --state tenant.json',
    'mfa-cli emulator --auto-approve --apns-ca apns-ca.pem',
  );
}
