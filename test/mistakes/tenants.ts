import type { Mistake } from './mistake.ts';

const place = 'in the admin portal, Apps & Widgets > Web Apps > the OAuth application >';

/** What the tenant refuses a service user, in its words, and what mends it. */
const refusals: readonly (readonly [string, string, string, string])[] = [
  [
    'a wrong client secret',
    'access_denied',
    'invalid client creds or client not allowed',
    'The tenant rejected the client ID "ci@acme" with its client secret. They must be the name and password of a service user with permission to run the OAuth application. Correct MFA_CLI_CLIENT_ID, and MFA_CLI_CLIENT_SECRET or the file in MFA_CLI_CLIENT_SECRET_FILE.',
  ],
  [
    'an application that the tenant does not know',
    'invalid_request',
    'unknown app',
    `The sign-in used the Application ID "mfa-cli". Set the correct one with --app-id ID or MFA_CLI_APP_ID: ${place} Settings.`,
  ],
  [
    'a scope that the application does not define',
    'invalid_scope',
    'unknown scope requested',
    `The sign-in used the scope "all". Set a scope that the application defines with --scope SCOPE or MFA_CLI_SCOPE: ${place} Scope.`,
  ],
];

export const tenantMistakes: readonly Mistake[] = refusals.map(([name, error, description, hint]) => ({
  name,
  argv: ['whoami'],
  options: { env: { MFA_CLI_CLIENT_ID: 'ci@acme', MFA_CLI_CLIENT_SECRET: 'hunter2hunter2' } },
  answer: [400, { error, error_description: description }],
  exitCode: 5,
  says: `error: TENANT refused the token request: ${error}: ${description}`,
  hint: [`hint: ${hint}`],
}));
