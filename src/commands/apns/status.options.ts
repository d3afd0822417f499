import type { Command } from 'commander';
import { addExamples } from '../options.ts';
import type { GlobalOptions } from '../settings.ts';

export interface StatusOptions extends GlobalOptions {
  readonly allProfiles?: boolean;
  readonly warnDays?: string;
}

export function register(command: Command): void {
  command
    .option('--all-profiles', 'all profiles, not only the one in force')
    .option('--warn-days <days>', 'exit 4 with so many days left or fewer', '30');
  addExamples(command, 'mfa-cli apns status', 'mfa-cli apns status --all-profiles --warn-days 45');
}
