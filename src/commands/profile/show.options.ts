import type { Command } from 'commander';
import { addExamples } from '../../inputs/options.ts';
import type { GlobalOptions } from '../../inputs/settings.ts';

export interface ProfileShowOptions extends GlobalOptions {
  readonly name?: string;
}

export function register(command: Command): void {
  command.argument('[name]', 'profile; default: the one in force');
  addExamples(command, 'mfa-cli profile show', 'mfa-cli profile show example');
}
