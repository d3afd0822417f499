import type { Command } from 'commander';
import { addExamples } from '../../inputs/options.ts';

export interface PackOptions {
  readonly cert?: string;
  readonly key?: string;
  readonly out?: string;
  readonly chain?: readonly string[];
  readonly encryption?: 'modern' | 'legacy';
  readonly keyPasswordFile?: string;
  readonly newPasswordFile?: string;
  readonly force?: boolean;
}

export function register(command: Command): void {
  const collect = (file: string, files: readonly string[] = []): readonly string[] => [...files, file];
  command
    .option('--cert <file>', "Apple's certificate, DER or PEM")
    .option('--key <file>', 'the private key, PEM or DER')
    .option('--out <file>', '.p12 to write, with mode 0600, - is stdout')
    .option('--chain <file>', 'intermediate certificates to pack as well, repeatable', collect)
    .addOption(
      command
        .createOption('--encryption <scheme>', 'of the .p12; default: modern')
        .choices(['modern', 'legacy']),
    )
    .option('--key-password-file <file>', "file with the key's password, - is stdin [MFA_CLI_KEY_PASSWORD]")
    .option('--new-password-file <file>', "file with the new .p12's password [MFA_CLI_P12_PASSWORD]")
    .option('--force', 'replace an existing file');
  addExamples(
    command,
    'mfa-cli apns pack --cert aps.cer --key push/com.example.app.key.pem --out cert.p12',
    'mfa-cli apns pack --cert aps.cer --key key.pem --chain AppleWWDRCAG4.cer --out cert.p12',
  );
}
