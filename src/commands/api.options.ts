import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from '../inputs/options.ts';
import type { ConnectionOptions } from '../inputs/settings.ts';

export interface ApiOptions extends ConnectionOptions {
  readonly method: string;
  readonly path: string;
  readonly data?: string;
  readonly include?: boolean;
}

export function register(command: Command): void {
  command
    .argument('<method>', 'GET, HEAD, POST, PUT, PATCH or DELETE')
    .argument('<path>', "path at the tenant, with its query: '/Security/WhoAmI'")
    .option('--data <json>', 'JSON to send, @FILE, or - for stdin; POST sends {} without it')
    .option('--include', "print the request line, the status and the answer's headers first");
  addConnectionOptions(command);
  addExamples(
    command,
    'mfa-cli api POST /Security/WhoAmI',
    'mfa-cli api GET /mfa-cli/.well-known/openid-configuration --include',
    'mfa-cli api POST /Mobile/SetApnsCertForClientApp --data @body.json',
  );
}
