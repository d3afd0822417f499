import { addExamples } from '../../settings/options.ts';
import type { Declaration } from '../command.ts';

export const bootstrap: Declaration = {
  word: 'bootstrap',
  summary: 'make a tenant ready: OAuth application, role, right',
  options(command) {
    command
      .option('--tenant <url>', 'tenant URL or host [MFA_CLI_TENANT]')
      .option('--user <name>', 'who signs in, and is put into the role')
      .option('--app-id <id>', 'application ID of the OAuth app; default: mfa-cli [MFA_CLI_APP_ID]')
      .option('--client-id <id>', 'its OAuth client ID; default: mfa-cli [MFA_CLI_CLIENT_ID]')
      .option('--port <n>', 'port of the loopback redirect; default: 8400 [MFA_CLI_PORT]')
      .option('--role <name>', 'role that gets the right; default: mfa-cli')
      .option('--right <name>', 'the right to manage push certificates, if the tenant has several')
      .option('--service-user <name>', 'make a service user for pipelines, such as ci@example.com')
      .option('--secret-file <file>', 'where to write its password')
      .option('--read-back', 'let the scope read settings of the tenant, too')
      .option('--devices', 'let the scope query the tables of the tenant, for the phones that are enrolled')
      .option('--dry-run', 'show what would be done, and do nothing')
      .option('--yes', 'do not ask before it is done')
      .option('--remove', 'take away what bootstrap has made');
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
