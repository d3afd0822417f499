import type { Command } from 'commander';
import { addConnectionOptions, addExamples } from '../../inputs/options.ts';
import type { ConnectionOptions } from '../../inputs/settings.ts';

export interface RegisterTokenOptions extends ConnectionOptions {
  readonly deviceToken?: string;
  readonly bundleId?: string;
}

export function register(command: Command): void {
  command
    .option('--device-token <hex>', "the app's device token; default: a new one")
    .option(
      '--bundle-id <id>',
      'the app that the token is for; default: the topic that was set last from this machine, else com.example.app',
    );
  addConnectionOptions(command);
  addExamples(
    command,
    'mfa-cli device register-token --profile phone',
    'mfa-cli device register-token --bundle-id com.example.app --profile phone',
  );
}
