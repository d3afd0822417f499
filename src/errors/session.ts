import { shellWord } from '../text/shell.ts';
import { entry } from './entry.ts';
import { oddityHints, type SecretFacts } from './secret-oddities.ts';
import { type StepFacts, stepHints } from './tenant.ts';

/** The tenant of a fleet that the error belongs to; a fleet takes nothing from options and variables. */
interface FleetFacts {
  readonly fleet?: true;
  /** The profile that the fleet file has the tenant signed in with. */
  readonly fleetProfile?: string;
}

/** What `login` is to be given, as on the command line that failed: `--tenant https://acme.example.com`. */
interface LoginFacts extends FleetFacts {
  readonly login?: string;
}

interface CauseFacts extends LoginFacts {
  readonly cause?: SignInCause;
  readonly appId?: string;
  readonly clientId?: string;
  readonly scope?: string;
  readonly redirectUri?: string;
  /** What the vendor's discovery names. */
  readonly identityHost?: string;
}

interface ExpiredFacts extends CauseFacts, SecretFacts, StepFacts {
  /** Whose session it was, if not a stored one. */
  readonly session?: 'administrator';
}

interface TimedOutFacts {
  readonly redirectUri?: string;
  /** What did not come, if not the browser. */
  readonly awaited?: 'factor';
}

/** `port`: that of the loopback redirect, where another program has it. */
type FailedFacts = CauseFacts & SecretFacts & { readonly port?: string };

/** The errors of the session, which end with 5. */
export const sessionErrors = {
  'keychain-unavailable': entry(5, ({ keychain = 'none' }: { keychain?: keyof typeof keychainHints }) => [
    keychainHints[keychain],
    'A session can also be kept in a file: `mfa-cli login --store file`.',
  ]),
  'not-signed-in': entry(5, (facts: LoginFacts) => [fleetHint(facts) ?? signInWith(facts)]),
  'session-expired': entry(
    5,
    (facts: ExpiredFacts) =>
      stepHints(facts, 'right') ?? [
        oddityHints(facts),
        facts.session === 'administrator' ? signInAnew : (fleetHint(facts) ?? signInWith(facts)),
      ],
  ),
  'sign-in-failed': entry(5, (facts: FailedFacts) => {
    const ofFleet = fleetHint(facts);
    if (ofFleet === null && facts.port !== undefined)
      return [
        'Choose a free port with --port N or MFA_CLI_PORT, and register its redirect URI http://127.0.0.1:N/callback.',
      ];
    return [oddityHints(facts), ofFleet ?? causeHints(facts)];
  }),
  'sign-in-timed-out': entry(5, ({ awaited, redirectUri = 'the redirect URI' }: TimedOutFacts) => [
    awaited !== 'factor' &&
      `If the browser showed an error, add exactly ${redirectUri} to the Allowed Redirects of the OAuth application.`,
    'Wait longer with --timeout SECONDS.',
  ]),
  'sign-in-denied': entry(5, (facts: CauseFacts & SecretFacts) => [
    fleetHint(facts) ??
      (facts.cause === undefined
        ? 'Allow the access in the browser, as a user who is permitted to use the OAuth application.'
        : causeHints(facts)),
  ]),
  'sign-in-other-user': entry(5, ({ user = 'USER' }: { user?: string }) => [
    'Sign out of the tenant in the browser, or use a private window, and run it again.',
    `If this user is meant, run it with --login-hint ${shellWord(user)} or MFA_CLI_USER, or with a profile of its own (--profile NAME).`,
  ]),
};

function signInWith({ login }: LoginFacts): string {
  const line = login === undefined ? 'mfa-cli login' : `mfa-cli login ${login}`;
  return `Run \`${line}\`; a pipeline sets MFA_CLI_CLIENT_ID and MFA_CLI_CLIENT_SECRET, or MFA_CLI_TOKEN.`;
}

const signInAnew =
  'Run it again to sign in anew; where MFA_CLI_TOKEN is set, give it a new access token of an administrator.';

const unlock = 'Unlock the keychain, or answer its question on the screen, and run the command again.';
const keychainHints = {
  locked: unlock,
  silent: unlock,
  package: 'Install mfa-cli again, without --omit=optional.',
  library:
    'It is unpacked into the directory for temporary files: name one in TMPDIR that can be written and is not mounted noexec.',
  runtime:
    'It needs VCRUNTIME140.dll, of the Microsoft Visual C++ Redistributable: `winget install Microsoft.VCRedist.2015+.x64`. An executable also unpacks it into the directory that TEMP names.',
  none: 'Linux needs a Secret Service, such as GNOME Keyring or KWallet, in a session that has D-Bus.',
};

/** What helps a tenant of a fleet; null for any other. */
function fleetHint({ fleet, fleetProfile }: FleetFacts): string | null {
  if (fleetProfile !== undefined)
    return `Run \`mfa-cli login --profile ${shellWord(fleetProfile)}\`, at the tenant that the fleet file names.`;
  return fleet ? 'Correct what the fleet file says under sign-in, or the secret that it leads to.' : null;
}

const place = 'in the admin portal, Apps & Widgets > Web Apps > the OAuth application >';

/** What helps by what the tenant found wrong with a sign-in: most often a place in the admin portal that it has to agree with. */
const byCause = {
  application: ({ appId }: CauseFacts) =>
    `The Application ID "${appId}" was asked for. Give the right one with --app-id ID or MFA_CLI_APP_ID: ${place} Settings. Where there is none yet, \`mfa-cli bootstrap\` makes it.`,
  client: ({ clientId }: CauseFacts) =>
    `The client ID "${clientId}" was given. Give one of the Allowed Clients with --client-id ID or MFA_CLI_CLIENT_ID: ${place} General Usage.`,
  secret: ({ clientId }: CauseFacts) =>
    `The client ID "${clientId}" and the client secret were refused: they are the name and the password of a service user who may use the OAuth application. Correct MFA_CLI_CLIENT_ID, and MFA_CLI_CLIENT_SECRET or the file of MFA_CLI_CLIENT_SECRET_FILE.`,
  scope: ({ scope }: CauseFacts) =>
    `The scope "${scope}" was asked for. Give one that is defined with --scope SCOPE or MFA_CLI_SCOPE: ${place} Scope.`,
  redirect: ({ redirectUri }: CauseFacts) =>
    `Add exactly ${redirectUri} to the Allowed Redirects (${place} General Usage), or give the port of one of them with --port N.`,
  grant: () => `Tick Auth Code among the Auth methods: ${place} Tokens.`,
  factor: () =>
    'Too many wrong answers lock a user out for a while; an administrator can unlock and see why: Users > the user > Activity.',
  mechanism: () => [
    'Sign in as a user with another factor: a password, a code, a push, a text, a mail or a call.',
    'A service user needs none: set MFA_CLI_CLIENT_ID and MFA_CLI_CLIENT_SECRET. Or set MFA_CLI_TOKEN.',
  ],
  host: ({ identityHost }: CauseFacts) =>
    `If that is your tenant, sign in to it by its own address: --tenant ${identityHost}.`,
  address: () =>
    'Run it again. Where somebody else uses this machine too, run it with --no-browser, and give the printed address to the browser yourself.',
  user: () =>
    `Give the user, or a role of the user's, the right to run the application: ${place} Permissions.`,
};
export type SignInCause = keyof typeof byCause;

function causeHints(facts: CauseFacts): readonly string[] {
  return facts.cause === undefined ? [] : [byCause[facts.cause](facts)].flat();
}
