import type { Command } from 'commander';
import { addExamples } from '../../inputs/options.ts';
import type { GlobalOptions } from '../../inputs/settings.ts';

/** For a person, as annotations of a GitHub workflow, or as metrics. */
type StatusFormat = 'text' | 'github' | 'prometheus';

export interface StatusOptions extends GlobalOptions {
  readonly allProfiles?: boolean;
  readonly warnDays?: string;
  readonly format?: StatusFormat;
}

export function register(command: Command): void {
  command
    .option('--all-profiles', 'all profiles, not only the one in force')
    .option('--warn-days <days>', 'exit 4 with so many days left or fewer', '30')
    .addOption(
      command
        .createOption('--format <format>', 'how to print it; default: text')
        .choices(['text', 'github', 'prometheus']),
    );
  addExamples(
    command,
    'mfa-cli apns status',
    'mfa-cli apns status --all-profiles --warn-days 45',
    'mfa-cli apns status --all-profiles --format github',
    'mfa-cli apns status --all-profiles --format prometheus > mfa_cli.prom',
  );
}
