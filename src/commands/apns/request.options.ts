import type { Command } from 'commander';
import { addExamples } from '../../inputs/options.ts';

export interface RequestOptions {
  readonly bundleId?: string;
  readonly teamId?: string;
  readonly out?: string;
  readonly email?: string;
  readonly newPasswordFile?: string;
  readonly encrypt: boolean;
  readonly force?: boolean;
}

export function register(command: Command): void {
  command
    .option('--bundle-id <id>', 'bundle ID of the app')
    .option('--team-id <id>', 'team ID of the Apple developer account, 10 characters')
    .option('--out <directory>', 'directory for the key and the request, made where absent')
    .option('--email <address>', 'e-mail address in the request')
    .option(
      '--new-password-file <file>',
      "file with the new key's password, - is stdin [MFA_CLI_KEY_PASSWORD]",
    )
    .option('--no-encrypt', 'leave the private key without a password')
    .option('--force', 'replace existing files');
  addExamples(
    command,
    'mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push',
    'mfa-cli apns request --bundle-id com.example.app --team-id A1B2C3D4E5 --out push --no-encrypt',
  );
}
