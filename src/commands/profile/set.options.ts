import type { Command } from 'commander';
import { addExamples } from '../../inputs/options.ts';
import type { GlobalOptions } from '../../inputs/settings.ts';

export interface ProfileSetOptions extends GlobalOptions {
  readonly key: string;
  readonly value: string;
}

export function register(command: Command): void {
  command
    .argument('<key>', 'tenant, app-id, client-id, scope, platform-token, port, client-app-key or ca-file')
    .argument('<value>', 'its value; "" removes the setting');
  addExamples(command, 'mfa-cli profile set tenant abc1234.id.cyberark.cloud', 'mfa-cli profile set port ""');
}
