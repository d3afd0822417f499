import { shellWord } from '../text/shell.ts';
import type { ErrorEntries, Hints } from './entry.ts';
import { destination, givenProfile, givenTenant, type Hint, mfaCli } from './hint.ts';
import { oddityHints, type SecretFacts } from './secret-oddities.ts';
import { type StepFacts, stepHints } from './tenant-hints.ts';

/** The profile that a fleet file names for a tenant. */
interface FleetProfile {
  readonly profile: string;
  readonly tenant: string;
}

interface FleetFacts {
  /** How a fleet file signs in to the tenant: with a profile, or with a secret. */
  readonly fleet?: FleetProfile | 'secret';
}

interface CauseFacts extends FleetFacts {
  readonly cause?: SignInCause;
  readonly appId?: string;
  readonly clientId?: string;
  /** Whether the client is a service user, who needs an application for pipelines. */
  readonly isServiceUser?: boolean;
  readonly scope?: string;
  readonly redirectUri?: string;
  readonly identityHost?: string;
}

interface UnavailableFacts {
  readonly keychain?: keyof typeof keychainHints;
}

interface ExpiredFacts extends CauseFacts, SecretFacts, StepFacts {
  /** Set if `login` renews no session: `bootstrap`, MFA_CLI_TOKEN and a service user. */
  readonly session?: keyof typeof withoutLogin;
}

interface SignedOutFacts extends FleetFacts {
  /** The variable that takes the place of the profile's session. */
  readonly override?: string;
}

interface TimedOutFacts {
  readonly redirectUri?: string;
  /**
   * Set if the program did not wait for the browser to come back: it waited for a factor,
   * or for a sign-in after the browser brought an error.
   */
  readonly awaited?: 'factor' | 'sign-in';
}

interface FailedFacts extends CauseFacts, SecretFacts {
  /** The port of the loopback redirect, if another program uses it. */
  readonly port?: number;
}

interface DeniedFacts extends CauseFacts, SecretFacts {}

interface OtherUserFacts {
  readonly user?: string;
}

/** Errors of the session. */
export const sessionErrors = {
  'keychain-unavailable': {
    area: 'session',
    exitCode: 5,
    hints: ({ keychain = 'none' }: UnavailableFacts) => [
      keychainHints[keychain],
      {
        text: 'Or keep the session in a file: {command}.',
        command: mfaCli('login', '--store', 'file', ...destination),
      },
    ],
  },
  'not-signed-in': {
    area: 'session',
    exitCode: 5,
    hints: (facts: SignedOutFacts) =>
      facts.override === undefined
        ? [fleetHint(facts) ?? signIn]
        : [`Unset ${facts.override} to use the session of the profile.`, signIn],
  },
  'session-expired': {
    area: 'session',
    exitCode: 5,
    hints: (facts: ExpiredFacts) => [
      oddityHints(facts),
      fleetHint(facts) ?? (facts.session === undefined ? signIn : withoutLogin[facts.session]),
      ...(stepHints(facts, 'right') ?? []),
    ],
  },
  'sign-in-failed': {
    area: 'session',
    exitCode: 5,
    hints: (facts: FailedFacts) => {
      const ofFleet = fleetHint(facts);
      if (ofFleet === null && facts.port !== undefined)
        return [
          'If another sign-in of mfa-cli waits in another terminal, finish it or end it there.',
          'Otherwise choose a free port with --port N or MFA_CLI_PORT, and add the redirect URI ' +
            'http://127.0.0.1:N/callback to the OAuth application, as bootstrap --port N does.',
        ];
      return [oddityHints(facts), ...(ofFleet === null ? causeHints(facts) : [ofFleet])];
    },
  },
  'sign-in-timed-out': {
    area: 'session',
    exitCode: 5,
    hints: ({ awaited, redirectUri = 'the redirect URI' }: TimedOutFacts) => [
      awaited === 'sign-in' &&
        'Run the command again. If the tenant shows the error again, change the setting ' +
          'that it names.',
      awaited === undefined &&
        `If the browser showed an error, add ${redirectUri} exactly as written to the ` +
          'Allowed Redirects of the OAuth application.',
      'Allow more time with --timeout SECONDS.',
    ],
  },
  'sign-in-denied': {
    area: 'session',
    exitCode: 5,
    hints: (facts: DeniedFacts) => {
      const ofFleet = fleetHint(facts);
      if (ofFleet !== null) return [ofFleet];
      if (facts.cause !== undefined) return causeHints(facts);
      return [
        'Allow access in the browser, as a user who has permission to run the OAuth application.',
      ];
    },
  },
  'sign-in-other-user': {
    area: 'session',
    exitCode: 5,
    hints: ({ user = 'USER' }: OtherUserFacts) => [
      'Sign out of the tenant in the browser, or use a private window, and run the command again.',
      `To sign in as ${user} instead, add --login-hint ${shellWord(user)}, set MFA_CLI_USER, ` +
        'or use a separate profile (--profile NAME).',
    ],
  },
} as const satisfies ErrorEntries;

const signIn: Hint = {
  text:
    'Run {command}. In a pipeline, set MFA_CLI_CLIENT_ID and MFA_CLI_CLIENT_SECRET, ' +
    'or MFA_CLI_TOKEN.',
  command: mfaCli('login', ...destination),
};

const withoutLogin = {
  administrator:
    'Run the command again to sign in. ' +
    "If MFA_CLI_TOKEN is set, set it to an administrator's new access token.",
  env: {
    text: 'Set MFA_CLI_TOKEN to a valid token, or unset it and run {command}.',
    command: mfaCli('login', ...destination),
  },
  'client-credentials':
    'Use a shorter --min-ttl. The tenant sets the lifetime of a token of a service user.',
} satisfies Readonly<Record<string, string | Hint>>;

const unlock = 'Unlock the keychain or answer its prompt, then run the command again.';
const keychainHints = {
  locked: unlock,
  silent: unlock,
  package: 'Install mfa-cli again, without --omit=optional.',
  foreign: 'Install mfa-cli, with its optional package, where only you or root can write.',
  library:
    'mfa-cli unpacks the library into the temporary directory. ' +
    'Set TMPDIR to a directory that is writable and not mounted noexec.',
  runtime:
    'Install VCRUNTIME140.dll with the Microsoft Visual C++ Redistributable: ' +
    '`winget install Microsoft.VCRedist.2015+.x64`. ' +
    'The executable also unpacks the library into TEMP, ' +
    'so that directory must be writable.',
  none: 'On Linux, run a Secret Service such as GNOME Keyring or KWallet in a session with D-Bus.',
};

/** The hint for a fleet's tenant; null outside a fleet. */
function fleetHint({ fleet }: FleetFacts): string | Hint | null {
  if (fleet === undefined) return null;
  if (fleet === 'secret')
    return 'Correct `sign-in` in the fleet file, or the secret that it refers to.';
  return {
    text: 'Sign in to the tenant in the fleet file: {command}.',
    command: mfaCli('login', '--tenant', fleet.tenant, '--profile', fleet.profile),
  };
}

const place = 'in the admin portal, Apps & Widgets > Web Apps > the OAuth application >';

function looksLikeBundleId(appId = ''): boolean {
  return appId.split('.').length > 2;
}

/** Hints by the reason to reject a sign-in. Most name a setting in the admin portal. */
const byCause = {
  application: ({ appId, clientId, isServiceUser = false }: CauseFacts): Hint => ({
    text:
      'The sign-in used the Application ID "{appId}". ' +
      (looksLikeBundleId(appId)
        ? 'It is the name of an OAuth application, not a bundle ID. '
        : '') +
      'Set the correct one with --app-id ID or MFA_CLI_APP_ID: {place} Settings. ' +
      'If the tenant has no application yet, create it with {command}.',
    values: { appId: `${appId}`, place },
    // Without the Application ID: a mistyped one must not be created.
    command: mfaCli(
      'bootstrap',
      givenTenant,
      givenProfile,
      ...(isServiceUser ? ['--service-user', `${clientId}`, '--secret-file', 'FILE'] : []),
    ),
  }),
  client: ({ clientId }: CauseFacts) =>
    `The sign-in used the client ID "${clientId}". ` +
    'Set one of the Allowed Clients with --client-id ID or MFA_CLI_CLIENT_ID: ' +
    `${place} General Usage.`,
  secret: ({ clientId }: CauseFacts) =>
    `The tenant rejected the client ID "${clientId}" with its client secret. ` +
    'They must be the name and password of a service user with permission to run the ' +
    'OAuth application. Correct MFA_CLI_CLIENT_ID, ' +
    'and MFA_CLI_CLIENT_SECRET or the file in MFA_CLI_CLIENT_SECRET_FILE.',
  scope: ({ scope }: CauseFacts) =>
    `The sign-in used the scope "${scope}". ` +
    'Set a scope that the application defines with --scope SCOPE or MFA_CLI_SCOPE: ' +
    `${place} Scope.`,
  redirect: ({ redirectUri }: CauseFacts) =>
    `Add ${redirectUri} exactly as written to the Allowed Redirects (${place} General ` +
    'Usage), or use the port of a registered one with --port N.',
  grant: () => `Select Auth Code under Auth methods: ${place} Tokens.`,
  factor: () =>
    'Too many wrong answers lock the user out temporarily. ' +
    'An administrator can see the reason and unlock the user: ' +
    'Users > the user > Activity.',
  mechanism: () => [
    'Sign in as a user with another factor: ' +
      'a password, a code, a push, a text message, an email or a phone call.',
    'A service user needs no factor: set MFA_CLI_CLIENT_ID and MFA_CLI_CLIENT_SECRET. ' +
      'Or set MFA_CLI_TOKEN.',
  ],
  host: ({ identityHost }: CauseFacts) =>
    `If that is your tenant, sign in with its own address: --tenant ${identityHost}.`,
  address: () =>
    'Run the command again. If others use this machine, ' +
    'add --no-browser and open the printed address yourself.',
  user: () =>
    "Grant the user, or one of the user's roles, permission to run the application: " +
    `${place} Permissions.`,
};
export type SignInCause = keyof typeof byCause;

function causeHints(facts: CauseFacts): Hints {
  return facts.cause === undefined ? [] : [byCause[facts.cause](facts)].flat();
}
