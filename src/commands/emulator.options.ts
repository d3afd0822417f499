import type { Command } from 'commander';
import { addExamples } from './options.ts';

export interface EmulatorCommandOptions {
  readonly port?: string;
  readonly state?: string;
  readonly autoApprove?: boolean;
  readonly redirectUri?: readonly string[];
  readonly tokenLifetime?: string;
}

export function register(command: Command): void {
  const collect = (uri: string, uris: readonly string[] = []): readonly string[] => [...uris, uri];
  command
    .option('--port <n>', 'port to listen on, 0 picks a free one', '8450')
    .option('--state <file>', "keep the tenant's settings in this file")
    .option('--auto-approve', 'sign the administrator in without a page')
    .option(
      '--redirect-uri <uri>',
      'registered redirect URI, repeatable; default: http://127.0.0.1:8400/callback',
      collect,
    )
    .option('--token-lifetime <seconds>', 'lifetime of access tokens', '18000');
  addExamples(command, 'mfa-cli emulator', 'mfa-cli emulator --auto-approve --state tenant.json');
}
