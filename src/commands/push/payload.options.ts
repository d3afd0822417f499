import type { Command } from 'commander';
import { addExamples, addPushOptions, type PushOptions } from '../../inputs/options.ts';

export interface PayloadOptions extends PushOptions {
  readonly simulator?: string;
  readonly out?: string;
  readonly force?: boolean;
}

export function register(command: Command): void {
  addPushOptions(command)
    .option('--simulator <bundle-id>', "make it a file for Xcode's simulator")
    .option('--out <file>', 'file to write, - is stdout; default: stdout')
    .option('--force', 'replace an existing file');
  addExamples(
    command,
    'mfa-cli push payload --message "Sign in to Example?"',
    'mfa-cli push payload --simulator com.example.app --out mfa.apns',
  );
}
