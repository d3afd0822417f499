import { addExamples } from '../../settings/options.ts';
import type { Declaration } from '../command.ts';

export const bootstrap: Declaration = {
  word: 'bootstrap',
  summary: 'set up a tenant: OAuth application, role, right',
  options(command) {
    command
      .option('--tenant <url>', 'tenant URL or host [MFA_CLI_TENANT]')
      .option('--user <name>', 'user who signs in and becomes a member of the role')
      .option('--app-id <id>', 'application ID of the OAuth application; default: mfa-cli [MFA_CLI_APP_ID]')
      .option('--client-id <id>', 'its OAuth client ID; default: mfa-cli [MFA_CLI_CLIENT_ID]')
      .option('--port <n>', 'port of the loopback redirect; default: 8400 [MFA_CLI_PORT]')
      .option('--role <name>', 'role that gets the right; default: mfa-cli')
      .option('--right <name>', 'right to manage push certificates, if several match')
      .option('--service-user <name>', 'create a service user for pipelines, such as ci@example.com')
      .option('--secret-file <file>', 'file to write its password to')
      .option('--read-back', 'also let the scope read settings of the tenant')
      .option('--devices', 'let the scope query the tenant for enrolled phones')
      .option('--dry-run', 'show the changes without making them')
      .option('--yes', 'do not ask for confirmation')
      .option('--remove', 'remove what bootstrap created');
    addExamples(
      command,
      'mfa-cli bootstrap --tenant abc1234.id.cyberark.cloud --user ada@example.com',
      'mfa-cli bootstrap --dry-run',
      'mfa-cli bootstrap --service-user ci@example.com --secret-file ci.secret --yes',
      'mfa-cli bootstrap --remove',
    );
  },
  load: () => import('./bootstrap.ts'),
};
