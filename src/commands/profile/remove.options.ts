import type { Command } from 'commander';
import { addExamples } from '../../inputs/options.ts';

export interface ProfileRemoveOptions {
  readonly name: string;
}

export function register(command: Command): void {
  command.argument('<name>', 'profile to remove, with its settings, session and records');
  addExamples(command, 'mfa-cli profile remove example');
}
