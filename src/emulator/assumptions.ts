import { CliError } from '../errors/cli-error.ts';
import type { Entry } from '../text/layout.ts';
import { nearestName } from '../text/phrasing.ts';

/** What the vendor does not document about a tenant: each can turn out one way or the other. */
interface Assumption {
  /** The likelier one first: the emulator does that unless told otherwise. */
  readonly values: readonly [string, string, ...string[]];
  /** The question that the values answer. */
  readonly question: string;
}

/** By the name that `emulator --assume` and `doctor --probe` use. */
export const assumptions = {
  'mobile-parameters': {
    values: ['json', 'form', 'query'],
    question: 'how the two /Mobile calls take their parameters',
  },
  'delete-absent': {
    values: ['success', 'refused'],
    question: 'what a deletion answers for a key that was never set',
  },
  'missing-parameter': {
    values: ['message-id', 'words'],
    question: 'how a refusal says that a parameter is missing',
  },
  'missing-right': {
    values: ['200', '403'],
    question: 'which HTTP status comes with a missing right',
  },
  'p12-aes': {
    values: ['readable', 'unreadable'],
    question: 'whether the host reads a .p12 with AES',
  },
  'p12-iterations': {
    values: ['any', 'limited'],
    question: 'whether the host limits the iteration counts of a .p12',
  },
  'tenant-config': {
    values: ['known', 'unknown', 'refused'],
    question: 'what /Core/GetTenantConfig says about push settings',
  },
  'advanced-config': {
    values: ['open', 'silent', 'shut'],
    question: 'what /TenantConfig/GetAdvancedConfig says about them',
  },
  'device-forms': {
    values: ['lenient', 'strict'],
    question: 'whether a phone is held to the form of its own SDK',
  },
  'device-names': {
    values: ['any', 'exact'],
    question: 'whether device calls tell cases of a name apart',
  },
  'otp-algorithm': {
    values: ['sha1', 'sha256', 'sha512', 'md5'],
    question: 'which hash one-time passwords are made with',
  },
  'token-answer': {
    values: ['status', 'envelope'],
    question: 'how a push token is answered',
  },
  'push-options': {
    values: ['usual', 'all'],
    question: "whether an iPhone's push has Android's options, too",
  },
  'app-id-case': {
    values: ['insensitive', 'sensitive'],
    question: 'whether the letter case of the application ID counts',
  },
  'client-id-case': {
    values: ['insensitive', 'sensitive'],
    question: 'whether the letter case of the client ID counts',
  },
  'scope-case': {
    values: ['insensitive', 'sensitive'],
    question: 'whether the letter case of a scope counts',
  },
  'redirect-any-port': {
    values: ['no', 'yes'],
    question: 'whether a loopback redirect may have another port',
  },
  'redirect-localhost': {
    values: ['no', 'yes'],
    question: 'whether localhost and 127.0.0.1 are one in a redirect',
  },
  'authorization-iss': {
    values: ['absent', 'present'],
    question: 'whether the answer to an authorization names the issuer',
  },
  'failed-exchange': {
    values: ['burned', 'kept'],
    question: 'what happens to the code when its exchange fails',
  },
  'basic-credentials': {
    values: ['raw', 'decoded'],
    question: 'whether client ID and secret in Basic are URL-decoded',
  },
  'access-token': {
    values: ['jwt', 'opaque'],
    question: 'what an access token is',
  },
  'refresh-token': {
    values: ['rotated', 'kept'],
    question: 'whether a refresh gives a new refresh token, or none',
  },
  'revoke-public-client': {
    values: ['accepted', 'refused'],
    question: 'whether a client without a secret may revoke',
  },
  discovery: {
    values: ['published', 'absent'],
    question: 'whether the application has an OpenID document',
  },
  'session-bearer': {
    values: ['token', 'cookie'],
    question: 'how a sign-in without application gives its session',
  },
  'session-mobile': {
    values: ['allowed', 'refused'],
    question: 'whether a session or platform token may call /Mobile',
  },
  'device-right': {
    values: ['one', 'all-and-limited'],
    question: 'which rights to manage devices there are',
  },
  'role-grant': {
    values: ['plain', 'directory'],
    question: "whether a role's permission names its directory",
  },
  'application-update': {
    values: ['replace', 'merge'],
    question: 'what happens to what an update leaves out',
  },
  'absent-name': {
    values: ['nothing', 'refused'],
    question: 'what looking up a name answers if there is none',
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

/** The usual ones except those given as `NAME=VALUE`. @throws {CliError} usage */
export function parseAssumptions(given: readonly string[]): Assumptions {
  return { ...usualAssumptions, ...Object.fromEntries(given.map(parseAssumption)) };
}

function parseAssumption(text: string): readonly [AssumptionName, string] {
  const [name = '', value = ''] = text.split(/=(.*)/s);
  if (!isName(name)) {
    const near = nearestName(name, names);
    throw new CliError(
      'usage',
      `"${name}" is not an assumption${near === undefined ? '' : `; did you mean ${near}?`}`,
      { facts: { option: '--assume NAME=VALUE' } },
    );
  }
  const values: readonly string[] = assumptions[name].values;
  if (values.includes(value)) return [name, value];
  throw new CliError('usage', `${name} is ${values.join(' or ')}, not "${value}"`, {
    facts: { option: '--assume NAME=VALUE' },
  });
}

function isName(text: string): text is AssumptionName {
  return Object.hasOwn(assumptions, text);
}

/** Each with its values and its question, for the help of `emulator`. */
export const assumptionEntries: readonly Entry[] = names.map((name) => [
  `${name}=${assumptions[name].values.join('|')}`,
  assumptions[name].question,
]);
