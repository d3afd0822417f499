import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from '../options.ts';
import type { ConnectionOptions } from '../settings.ts';

export interface RegisterTokenOptions extends ConnectionOptions {
  readonly deviceToken?: string;
}

export function register(command: Command): void {
  command.option('--device-token <hex>', "the app's device token; default: a new one");
  addConnectionOptions(command);
  addExamples(command, 'mfa-cli device register-token --profile phone');
}
