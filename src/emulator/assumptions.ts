import { CliError } from '../errors/cli-error.ts';
import type { Entry } from '../text/layout.ts';
import { nearestName } from '../text/nearest-name.ts';

export interface Assumption {
  readonly question: string;
  /** The likelier one first. */
  readonly values: readonly [string, string, ...string[]];
}

/**
 * Behavior of a tenant that the vendor does not document, by its name in `emulator
 * --assume` and `doctor --probe`: a question and its possible answers, the likelier one
 * first. The emulator uses the first ones by default.
 */
export const assumptions = {
  'mobile-parameters': {
    question: 'How do the two /Mobile calls take their parameters?',
    values: ['json', 'form', 'query'],
  },
  'delete-absent': {
    question: 'What does deleting a key that was never set return?',
    values: ['success', 'refused'],
  },
  'delete-old-key': {
    question: 'What does deleting a key that is not in use do?',
    values: ['pointer-kept', 'pointer-cleared'],
  },
  'delete-default': {
    question: 'What does a deletion without a client app key do?',
    values: ['refused', 'latest'],
  },
  'missing-parameter': {
    question: 'How does a refusal report a missing parameter?',
    values: ['message-id', 'words'],
  },
  'missing-right': {
    question: 'Which HTTP status reports a missing right?',
    values: ['200', '403'],
  },
  'set-event': {
    question: 'Does setting a push certificate log an event?',
    values: ['none', 'kept'],
  },
  'p12-aes': {
    question: 'Can the host read a .p12 encrypted with AES?',
    values: ['readable', 'unreadable'],
  },
  'p12-iterations': {
    question: 'Does the host limit the iteration counts of a .p12?',
    values: ['any', 'limited'],
  },
  'tenant-config': {
    question: 'Does /Core/GetTenantConfig show push settings?',
    values: ['known', 'unknown', 'refused'],
  },
  'advanced-config': {
    question: 'Does /TenantConfig/GetAdvancedConfig show them?',
    values: ['open', 'silent', 'shut'],
  },
  'device-forms': {
    question: 'Must device calls have the form of their own SDK?',
    values: ['lenient', 'strict'],
  },
  'device-names': {
    question: 'Are device call parameters case-sensitive?',
    values: ['any', 'exact'],
  },
  'otp-algorithm': {
    question: 'Which hash do one-time passwords use?',
    values: ['sha1', 'sha256', 'sha512', 'md5'],
  },
  'token-answer': {
    question: 'What does registering a push token return?',
    values: ['status', 'envelope'],
  },
  'push-denied': {
    question: 'Does the sign-in report a denied push as denied?',
    values: ['silent', 'said'],
  },
  'push-options': {
    question: "Does an iPhone's push also have Android's options?",
    values: ['usual', 'all'],
  },
  'app-id-case': {
    question: 'Does letter case matter in the application ID?',
    values: ['insensitive', 'sensitive'],
  },
  'client-id-case': {
    question: 'Does letter case matter in the client ID?',
    values: ['insensitive', 'sensitive'],
  },
  'scope-case': {
    question: 'Does letter case matter in a scope?',
    values: ['insensitive', 'sensitive'],
  },
  'redirect-any-port': {
    question: 'May a loopback redirect use another port?',
    values: ['no', 'yes'],
  },
  'redirect-localhost': {
    question: 'Are localhost and 127.0.0.1 equal in a redirect?',
    values: ['no', 'yes'],
  },
  'authorization-iss': {
    question: 'Does an authorization response name the issuer?',
    values: ['absent', 'present'],
  },
  'failed-exchange': {
    question: 'Is a code still valid after a failed exchange?',
    values: ['burned', 'kept'],
  },
  'basic-credentials': {
    question: 'Does the tenant URL-decode the client ID and secret of Basic authentication?',
    values: ['raw', 'decoded'],
  },
  'access-token': {
    question: 'Which form does an access token have?',
    values: ['jwt', 'opaque'],
  },
  'refresh-token': {
    question: 'Does a refresh return a new refresh token?',
    values: ['rotated', 'kept'],
  },
  'revoke-public-client': {
    question: 'May a client without a secret revoke tokens?',
    values: ['accepted', 'refused'],
  },
  discovery: {
    question: 'Does the application publish an OpenID document?',
    values: ['published', 'absent'],
  },
  'session-bearer': {
    question: 'How does a sign-in without an application return its session?',
    values: ['token', 'cookie'],
  },
  'session-mobile': {
    question: 'May a session or platform token call /Mobile?',
    values: ['allowed', 'refused'],
  },
  'device-right': {
    question: 'Is there one right to manage devices, or two?',
    values: ['one', 'all-and-limited'],
  },
  'role-grant': {
    question: "Does a role's permission name its directory?",
    values: ['plain', 'directory'],
  },
  'application-update': {
    question: 'What happens to fields that an update omits?',
    values: ['replace', 'merge'],
  },
  'absent-name': {
    question: 'What does looking up an unknown name return?',
    values: ['nothing', 'refused'],
  },
} as const satisfies Readonly<Record<string, Assumption>>;

export type AssumptionName = keyof typeof assumptions;

/** One value for each assumption. */
export type Assumptions = {
  readonly [Name in AssumptionName]: (typeof assumptions)[Name]['values'][number];
};

const names = Object.keys(assumptions) as AssumptionName[];

/** The likelier value of each. */
export const usualAssumptions = Object.fromEntries(
  names.map((name) => [name, assumptions[name].values[0]]),
) as Assumptions;

/** The default values, with those given as `NAME=VALUE`. @throws {CliError} usage */
export function parseAssumptions(given: readonly string[]): Assumptions {
  return { ...usualAssumptions, ...Object.fromEntries(given.map(parseAssumption)) };
}

function parseAssumption(text: string): readonly [AssumptionName, string] {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  if (!isName(name)) {
    const near = nearestName(name, names);
    const suggestion = near === undefined ? '' : `; did you mean ${near}?`;
    throw wrongAssumption(`"${name}" is not an assumption${suggestion}`);
  }
  const values: readonly string[] = assumptions[name].values;
  if (values.includes(value)) return [name, value];
  throw wrongAssumption(`${name} must be ${values.join(' or ')}, not "${value}"`);
}

function wrongAssumption(message: string): CliError {
  return new CliError('usage', message, { facts: { option: '--assume NAME=VALUE' } });
}

function isName(text: string): text is AssumptionName {
  return Object.hasOwn(assumptions, text);
}

/** Each assumption with its values and its question, for the help of `emulator`. */
export const assumptionEntries: readonly Entry[] = names.map((name) => [
  `${name}=${assumptions[name].values.join('|')}`,
  assumptions[name].question,
]);
