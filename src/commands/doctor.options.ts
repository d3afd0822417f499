import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from './options.ts';
import type { ConnectionOptions } from './settings.ts';

export interface DoctorOptions extends ConnectionOptions {
  readonly port?: string;
}

export function register(command: Command): void {
  addConnectionOptions(command).option(
    '--port <n>',
    'port of the loopback redirect; default: 8400 [MFA_CLI_PORT]',
  );
  addExamples(command, 'mfa-cli doctor', 'mfa-cli doctor --tenant acme.cyberark.cloud --json');
}
