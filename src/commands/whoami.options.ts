import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from '../inputs/options.ts';
import type { ConnectionOptions } from '../inputs/settings.ts';

export interface WhoamiOptions extends ConnectionOptions {
  readonly minTtl?: string;
}

export function register(command: Command): void {
  command.option('--min-ttl <duration>', 'exit 5 when the session lasts less: 90s, 20m, 1h');
  addConnectionOptions(command);
  addExamples(command, 'mfa-cli whoami', 'mfa-cli whoami --min-ttl 20m --json');
}
