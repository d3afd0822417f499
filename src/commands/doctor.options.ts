import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from '../inputs/options.ts';
import type { ConnectionOptions } from '../inputs/settings.ts';

export interface DoctorOptions extends ConnectionOptions {
  readonly port?: string;
  readonly probe?: boolean;
}

export function register(command: Command): void {
  addConnectionOptions(command)
    .option('--port <n>', 'port of the loopback redirect; default: 8400 [MFA_CLI_PORT]')
    .option(
      '--probe',
      'find out, changing nothing, how this tenant decides what the vendor does not document, without naming it',
    );
  addExamples(
    command,
    'mfa-cli doctor',
    'mfa-cli doctor --tenant acme.cyberark.cloud --json',
    'mfa-cli doctor --probe',
  );
}
