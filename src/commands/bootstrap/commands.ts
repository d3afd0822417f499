import { addExamples } from '../../settings/options.ts';
import type { Declaration } from '../command.ts';

export const bootstrap: Declaration = {
  word: 'bootstrap',
  summary: 'set up a tenant: OAuth application, role, right',
  options(command) {
    command
      .option('--tenant <url>', 'tenant URL or host [MFA_CLI_TENANT]')
      .option('--user <name>', 'administrator who signs in and joins the role')
      .option('--app-id <id>', 'application ID of the OAuth app; default: mfa-cli [MFA_CLI_APP_ID]')
      .option(
        '--client-id <id>',
        'OAuth client ID of the app; default: mfa-cli [MFA_CLI_CLIENT_ID]',
      )
      .option('--port <n>', 'port of the loopback redirect; default: 8400 [MFA_CLI_PORT]')
      .option('--role <name>', 'role that gets the right; default: mfa-cli')
      .option('--right <name>', 'right to manage push certificates, if the tenant has several')
      .option(
        '--service-user <name>',
        'create a service user for pipelines, such as ci@example.com',
      )
      .option('--secret-file <file>', 'file to write its password to')
      .option('--read-back', "also allow the scope to read the tenant's settings")
      .option(
        '--devices',
        "also allow the scope to query the tenant's tables, to list enrolled phones",
      )
      .option('--dry-run', 'show the plan and change nothing')
      .option('--yes', 'do not ask')
      .option('--remove', 'remove everything that bootstrap created');
    addExamples(
      command,
      'mfa-cli bootstrap --tenant abc1234.id.cyberark.cloud --user ada@example.com',
      'mfa-cli bootstrap --service-user ci@example.com --secret-file ci.secret --yes',
      'mfa-cli bootstrap --remove',
    );
  },
  load: () => import('./bootstrap.ts'),
};
