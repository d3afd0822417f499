import type { Command } from 'commander';
import { addExamples } from '../../inputs/options.ts';

export interface ProfileUseOptions {
  readonly name: string;
}

export function register(command: Command): void {
  command.argument('<name>', 'profile that is used where nothing else names one');
  addExamples(command, 'mfa-cli profile use example');
}
