import type { Command } from 'commander';
import { addExamples } from '../inputs/options.ts';
import type { GlobalOptions } from '../inputs/settings.ts';

export interface LogoutOptions extends GlobalOptions {
  readonly all?: boolean;
}

export function register(command: Command): void {
  command.option('--all', 'all profiles');
  addExamples(command, 'mfa-cli logout', 'mfa-cli logout --all');
}
