import { CliError } from '../errors/cli-error.ts';
import type { Entry } from '../text/layout.ts';
import { nearestName } from '../text/phrasing.ts';

/**
 * Behavior of a tenant that the vendor does not document, by its name in `emulator
 * --assume` and `doctor --probe`: a question and its possible answers, the likelier one
 * first. The emulator uses the first ones by default.
 */
const table = {
  'mobile-parameters': [
    'How do the two /Mobile calls take their parameters?',
    'json',
    'form',
    'query',
  ],
  'delete-absent': ['What does deleting a key that was never set return?', 'success', 'refused'],
  'delete-old-key': [
    'What does deleting a key that is not in use do?',
    'pointer-kept',
    'pointer-cleared',
  ],
  'delete-default': ['What does a delete without a client app key do?', 'refused', 'latest'],
  'missing-parameter': ['How does a refusal report a missing parameter?', 'message-id', 'words'],
  'missing-right': ['Which HTTP status reports a missing right?', '200', '403'],
  'set-event': ['Does setting a push certificate log an event?', 'none', 'kept'],
  'p12-aes': ['Can the host read a .p12 encrypted with AES?', 'readable', 'unreadable'],
  'p12-iterations': ['Does the host limit the iteration counts of a .p12?', 'any', 'limited'],
  'tenant-config': [
    'Does /Core/GetTenantConfig show push settings?',
    'known',
    'unknown',
    'refused',
  ],
  'advanced-config': ['Does /TenantConfig/GetAdvancedConfig show them?', 'open', 'silent', 'shut'],
  'device-forms': ['Must device calls have the form of their own SDK?', 'lenient', 'strict'],
  'device-names': ['Does letter case matter in names of device calls?', 'any', 'exact'],
  'otp-algorithm': ['Which hash do one-time passwords use?', 'sha1', 'sha256', 'sha512', 'md5'],
  'token-answer': ['What does registering a push token return?', 'status', 'envelope'],
  'push-denied': ['Does a sign-in distinguish a denied push from a failure?', 'silent', 'said'],
  'push-options': ["Does an iPhone's push also have Android's options?", 'usual', 'all'],
  'app-id-case': ['Does letter case matter in the application ID?', 'insensitive', 'sensitive'],
  'client-id-case': ['Does letter case matter in the client ID?', 'insensitive', 'sensitive'],
  'scope-case': ['Does letter case matter in a scope?', 'insensitive', 'sensitive'],
  'redirect-any-port': ['May a loopback redirect use another port?', 'no', 'yes'],
  'redirect-localhost': ['Are localhost and 127.0.0.1 equal in a redirect?', 'no', 'yes'],
  'authorization-iss': ['Does an authorization response name the issuer?', 'absent', 'present'],
  'failed-exchange': ['Is a code still valid after a failed exchange?', 'burned', 'kept'],
  'basic-credentials': [
    'Does the tenant URL-decode the client ID and secret of Basic authentication?',
    'raw',
    'decoded',
  ],
  'access-token': ['Which form does an access token have?', 'jwt', 'opaque'],
  'refresh-token': ['Does a refresh return a new refresh token?', 'rotated', 'kept'],
  'revoke-public-client': ['May a client without a secret revoke tokens?', 'accepted', 'refused'],
  discovery: ['Does the application publish an OpenID document?', 'published', 'absent'],
  'session-bearer': [
    'How does a sign-in without an application return its session?',
    'token',
    'cookie',
  ],
  'session-mobile': ['May a session or platform token call /Mobile?', 'allowed', 'refused'],
  'device-right': ['Is there one right to manage devices, or two?', 'one', 'all-and-limited'],
  'role-grant': ["Does a role's permission name its directory?", 'plain', 'directory'],
  'application-update': ['What happens to members that an update leaves out?', 'replace', 'merge'],
  'absent-name': ['What does looking up an unknown name return?', 'nothing', 'refused'],
} as const satisfies Readonly<
  Record<string, readonly [question: string, string, string, ...string[]]>
>;

type ValuesOf<Row> = Row extends readonly [string, ...infer Values extends readonly string[]]
  ? Values[number]
  : never;

export type AssumptionName = keyof typeof table;

/** One value for each assumption. */
export type Assumptions = { readonly [Name in AssumptionName]: ValuesOf<(typeof table)[Name]> };

const names = Object.keys(table) as AssumptionName[];

export interface Assumption {
  readonly question: string;
  /** The likelier one first. */
  readonly values: readonly [string, string, ...string[]];
}

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
  return Object.hasOwn(table, text);
}

/** Each assumption with its values and its question, for the help of `emulator`. */
export const assumptionEntries: readonly Entry[] = names.map((name) => [
  `${name}=${assumptions[name].values.join('|')}`,
  assumptions[name].question,
]);
