import type { Command } from 'commander';
import type { P12Options } from '../../inputs/open-p12.ts';
import { type ApnsHostOptions, addApnsHostOptions, addExamples, addP12Options } from '../../inputs/options.ts';

export interface VerifyOptions extends P12Options, ApnsHostOptions {
  readonly topic?: string;
}

export function register(command: Command): void {
  command.argument('[file]', 'the .p12 file, - is stdin');
  addApnsHostOptions(addP12Options(command)).option(
    '--topic <topic>',
    "APNs topic; default: the certificate's bundle ID",
  );
  addExamples(
    command,
    'mfa-cli apns verify cert.p12',
    'mfa-cli apns verify cert.p12 --environment sandbox --password-file password.txt',
  );
}
