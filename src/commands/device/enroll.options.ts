import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from '../../inputs/options.ts';
import type { ConnectionOptions } from '../../inputs/settings.ts';

export interface EnrollOptions extends ConnectionOptions {
  readonly udid?: string;
  readonly name?: string;
  readonly osVersion?: string;
}

export function register(command: Command): void {
  command
    .option('--udid <id>', 'identifier of the device; default: the one of this profile, or a new one')
    .option('--name <name>', 'name of the device; default: mfa-cli')
    .option('--os-version <version>', 'version of iOS that it claims; default: 18.0');
  addConnectionOptions(command);
  addExamples(command, 'mfa-cli login --profile phone', 'mfa-cli device enroll --profile phone');
}
