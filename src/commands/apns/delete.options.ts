import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from '../../inputs/options.ts';
import type { ConnectionOptions } from '../../inputs/settings.ts';
import { addSendAsOption, type SendAsOptions } from './send-as.options.ts';

export interface DeleteOptions extends ConnectionOptions, SendAsOptions {
  readonly clientAppKey?: string;
  readonly yes?: boolean;
}

export function register(command: Command): void {
  command
    .option('--client-app-key <key>', 'key of the client app [MFA_CLI_CLIENT_APP_KEY]')
    .option('--yes', 'delete without asking');
  addSendAsOption(command);
  addConnectionOptions(command);
  addExamples(
    command,
    'mfa-cli apns delete --client-app-key com.example.app',
    'mfa-cli apns delete --client-app-key com.example.app --yes',
  );
}
