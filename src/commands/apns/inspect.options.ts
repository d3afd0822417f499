import type { Command } from 'commander';
import { addExamples, addP12Options } from '../../inputs/options.ts';

export function register(command: Command): void {
  command.argument('[file]', 'the .p12 file, - is stdin');
  addP12Options(command);
  addExamples(
    command,
    'mfa-cli apns inspect cert.p12',
    'mfa-cli apns inspect cert.p12 --password-file password.txt --json',
  );
}
