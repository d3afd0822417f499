import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from '../../inputs/options.ts';
import type { ConnectionOptions } from '../../inputs/settings.ts';

export type ListenOptions = ConnectionOptions;

export function register(command: Command): void {
  addConnectionOptions(command);
  addExamples(
    command,
    'mfa-cli device listen --profile phone',
    'mfa-cli device listen --profile phone --timeout 60 --json',
  );
}
