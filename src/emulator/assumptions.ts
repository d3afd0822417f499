import { CliError } from '../errors/cli-error.ts';
import type { Entry } from '../text/layout.ts';
import { nearestName } from '../text/phrasing.ts';

/**
 * What the vendor does not document about a tenant, by the name that `emulator --assume` and `doctor --probe` use: a question,
 * and what may be the answer, the likelier one first. The emulator does that unless told otherwise.
 */
const table = {
  'mobile-parameters': ['how the two /Mobile calls take their parameters', 'json', 'form', 'query'],
  'delete-absent': ['what a deletion answers for a key that was never set', 'success', 'refused'],
  'delete-old-key': ['what a deletion of a key that is not in use does', 'pointer-kept', 'pointer-cleared'],
  'missing-parameter': ['how a refusal says that a parameter is missing', 'message-id', 'words'],
  'missing-right': ['which HTTP status comes with a missing right', '200', '403'],
  'set-event': ['whether a set of a push certificate leaves an event', 'none', 'kept'],
  'p12-aes': ['whether the host reads a .p12 with AES', 'readable', 'unreadable'],
  'p12-iterations': ['whether the host limits the iteration counts of a .p12', 'any', 'limited'],
  'tenant-config': ['what /Core/GetTenantConfig says about push settings', 'known', 'unknown', 'refused'],
  'advanced-config': ['what /TenantConfig/GetAdvancedConfig says about them', 'open', 'silent', 'shut'],
  'device-forms': ['whether a phone is held to the form of its own SDK', 'lenient', 'strict'],
  'device-names': ['whether device calls tell cases of a name apart', 'any', 'exact'],
  'otp-algorithm': ['which hash one-time passwords are made with', 'sha1', 'sha256', 'sha512', 'md5'],
  'token-answer': ['how a push token is answered', 'status', 'envelope'],
  'push-denied': ['whether a sign-in tells a denied push from a failure', 'silent', 'said'],
  'push-options': ["whether an iPhone's push has Android's options, too", 'usual', 'all'],
  'app-id-case': ['whether the letter case of the application ID counts', 'insensitive', 'sensitive'],
  'client-id-case': ['whether the letter case of the client ID counts', 'insensitive', 'sensitive'],
  'scope-case': ['whether the letter case of a scope counts', 'insensitive', 'sensitive'],
  'redirect-any-port': ['whether a loopback redirect may have another port', 'no', 'yes'],
  'redirect-localhost': ['whether localhost and 127.0.0.1 are one in a redirect', 'no', 'yes'],
  'authorization-iss': ['whether the answer to an authorization names the issuer', 'absent', 'present'],
  'failed-exchange': ['what happens to the code when its exchange fails', 'burned', 'kept'],
  'basic-credentials': ['whether client ID and secret in Basic are URL-decoded', 'raw', 'decoded'],
  'access-token': ['what an access token is', 'jwt', 'opaque'],
  'refresh-token': ['whether a refresh gives a new refresh token, or none', 'rotated', 'kept'],
  'revoke-public-client': ['whether a client without a secret may revoke', 'accepted', 'refused'],
  discovery: ['whether the application has an OpenID document', 'published', 'absent'],
  'session-bearer': ['how a sign-in without application gives its session', 'token', 'cookie'],
  'session-mobile': ['whether a session or platform token may call /Mobile', 'allowed', 'refused'],
  'device-right': ['which rights to manage devices there are', 'one', 'all-and-limited'],
  'role-grant': ["whether a role's permission names its directory", 'plain', 'directory'],
  'application-update': ['what happens to what an update leaves out', 'replace', 'merge'],
  'absent-name': ['what looking up a name answers if there is none', 'nothing', 'refused'],
} as const satisfies Readonly<Record<string, readonly [question: string, string, string, ...string[]]>>;

type ValuesOf<Row> = Row extends readonly [string, ...infer Values extends readonly string[]]
  ? Values[number]
  : never;

export type AssumptionName = keyof typeof table;

/** One value for each assumption. */
export type Assumptions = { readonly [Name in AssumptionName]: ValuesOf<(typeof table)[Name]> };

const names = Object.keys(table) as AssumptionName[];

type Assumption = Readonly<{ question: string; values: readonly [string, string, ...string[]] }>;

export const assumptions = Object.fromEntries(
  Object.entries(table).map(([name, [question, ...values]]): [string, Assumption] => [
    name,
    { question, values },
  ]),
) as Readonly<Record<AssumptionName, Assumption>>;

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
    throw misnamed(`"${name}" is not an assumption${near === undefined ? '' : `; did you mean ${near}?`}`);
  }
  const values: readonly string[] = assumptions[name].values;
  if (values.includes(value)) return [name, value];
  throw misnamed(`${name} is ${values.join(' or ')}, not "${value}"`);
}

const misnamed = (words: string): CliError =>
  new CliError('usage', words, { facts: { option: '--assume NAME=VALUE' } });

function isName(text: string): text is AssumptionName {
  return Object.hasOwn(table, text);
}

/** Each with its values and its question, for the help of `emulator`. */
export const assumptionEntries: readonly Entry[] = names.map((name) => [
  `${name}=${assumptions[name].values.join('|')}`,
  assumptions[name].question,
]);
