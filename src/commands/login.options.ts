import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from '../inputs/options.ts';
import type { ConnectionOptions } from '../inputs/settings.ts';

export interface LoginOptions extends ConnectionOptions {
  readonly port?: string;
  /** commander's name for `--no-browser`: false when given. */
  readonly browser?: boolean;
}

export function register(command: Command): void {
  addConnectionOptions(command)
    .option('--port <n>', 'port of the loopback redirect; default: 8400 [MFA_CLI_PORT]')
    .option('--no-browser', 'open no browser, only print the address');
  addExamples(
    command,
    'mfa-cli login --tenant abc1234.id.cyberark.cloud',
    'mfa-cli login --tenant sso.example.com --app-id push-admin --profile example --no-browser',
  );
}
