import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from '../../inputs/options.ts';
import type { ConnectionOptions } from '../../inputs/settings.ts';

export interface AnswerOptions extends ConnectionOptions {
  readonly approve?: boolean;
  readonly deny?: boolean;
  readonly challenge?: string;
}

export function register(command: Command): void {
  command
    .option('--approve', 'let the sign-in pass')
    .option('--deny', 'refuse the sign-in')
    .option('--challenge <answer>', 'ChallengeAnswer of the push; default: of the last one that arrived');
  addConnectionOptions(command);
  addExamples(
    command,
    'mfa-cli device answer --approve --profile phone',
    'mfa-cli device answer --deny --profile phone',
  );
}
