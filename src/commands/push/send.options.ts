import type { Command } from 'commander';
import type { P12Options } from '../../inputs/open-p12.ts';
import {
  type ApnsHostOptions,
  addApnsHostOptions,
  addExamples,
  addP12Options,
  addPushOptions,
  type PushOptions,
} from '../../inputs/options.ts';

export interface SendOptions extends P12Options, ApnsHostOptions, PushOptions {
  readonly deviceToken?: string;
  readonly topic?: string;
  readonly expiration?: string;
  readonly collapseId?: string;
  readonly dryRun?: boolean;
}

export function register(command: Command): void {
  addP12Options(command).option('--device-token <hex>', "the app's device token, hexadecimal");
  addPushOptions(command)
    .option('--topic <topic>', "APNs topic; default: the certificate's bundle ID")
    .option('--expiration <seconds>', 'how long APNs keeps trying to deliver it; default: 300')
    .option('--collapse-id <id>', 'replaces an earlier push of this ID, at most 64 bytes')
    .option('--dry-run', 'show what would be sent, and send nothing');
  addApnsHostOptions(command);
  addExamples(
    command,
    'mfa-cli push send --device-token 80f3… --p12 cert.p12 --message "Sign in to Example?"',
    'mfa-cli push send --device-token 80f3… --p12 cert.p12 --environment sandbox --dry-run --json',
  );
}
