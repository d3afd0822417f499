import type { Command } from 'commander';
import { addExamples } from '../../inputs/options.ts';

export function register(command: Command): void {
  addExamples(command, 'mfa-cli profile list', 'mfa-cli profile list --json');
}
