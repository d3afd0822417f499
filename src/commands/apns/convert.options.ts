import type { Command } from 'commander';
import type { P12Options } from '../../inputs/open-p12.ts';
import { addExamples, addP12Options } from '../../inputs/options.ts';

export interface ConvertOptions extends P12Options {
  readonly out?: string;
  readonly format?: 'base64' | 'pem' | 'p12';
  readonly encryption?: 'modern' | 'legacy';
  readonly newPasswordFile?: string;
  readonly force?: boolean;
}

export function register(command: Command): void {
  command.argument('[file]', 'the .p12 file, - is stdin');
  addP12Options(command)
    .option('--out <file>', 'file to write, with mode 0600; default: stdout')
    .addOption(
      command
        .createOption('--format <format>', 'what to make; default: base64')
        .choices(['base64', 'pem', 'p12']),
    )
    .addOption(command.createOption('--encryption <scheme>', 'of the new .p12').choices(['modern', 'legacy']))
    .option('--new-password-file <file>', "file with the new .p12's password; default: the old one")
    .option('--force', 'replace an existing file');
  addExamples(
    command,
    'mfa-cli apns convert cert.p12',
    'mfa-cli apns convert cert.p12 --encryption legacy --out for-old-servers.p12',
    'mfa-cli apns convert cert.p12 --format pem --out cert.pem',
  );
}
