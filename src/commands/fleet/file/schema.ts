import * as v from 'valibot';
import { isObject } from '../../../text/json.ts';
import { nearestName } from '../../../text/nearest-name.ts';
import { longestNote, oneLine } from '../../../text/note.ts';
import { type Faults, guess, type Path, quoted } from './faults.ts';

/**
 * A name of a tenant, a certificate or a label. The three excluded names are special in
 * JavaScript, and some parsers lose them.
 */
const name = v.pipe(v.string(), v.regex(/^(?!(__proto__|constructor|prototype)$)[A-Za-z0-9._-]+$/));

const nameRule = 'use letters, digits, . _ and - only';

export function isName(word: string): boolean {
  return v.is(name, word);
}

const text = v.pipe(v.string(), v.nonEmpty());
const note = v.pipe(text, v.maxLength(longestNote), v.regex(oneLine));
const variable = v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/));

function described<const Schema extends v.GenericSchema>(schema: Schema, description: string) {
  return v.pipe(schema, v.description(description));
}

/** The places of a secret, by key. The file never holds the secret itself. */
const secretKinds = {
  env: v.strictObject({ env: described(variable, 'Variable that holds it') }),
  file: v.strictObject({ file: described(text, 'File that holds it, relative to this one') }),
  command: v.strictObject({
    command: described(
      v.tupleWithRest([text], v.string()),
      'Program and arguments, run without a shell; its stdout is the secret',
    ),
  }),
};

const secret = v.union([secretKinds.env, secretKinds.file, secretKinds.command]);

const p12Variable = v.strictObject({
  env: described(variable, 'Variable that holds the .p12 in base64'),
});

/** The ways to sign in, by key. */
const signInKinds = {
  profile: v.strictObject({
    profile: described(text, 'Profile of this machine that is signed in'),
  }),
  'client-id': v.strictObject({
    'client-id': described(text, 'OAuth client ID: the name of the service user'),
    'client-secret': described(secret, 'Password of the service user'),
    'app-id': v.exactOptional(described(text, 'Application ID of the OAuth app')),
    scope: v.exactOptional(described(text, 'OAuth scope')),
    'platform-token': v.exactOptional(
      described(v.boolean(), 'Client credentials at /OAuth2/PlatformToken'),
    ),
  }),
  token: v.strictObject({ token: described(secret, 'Access token') }),
};

const environment = described(
  v.picklist(['production', 'sandbox']),
  'Environment that a certificate must serve',
);

export const defaultsSchema = v.strictObject({
  environment: v.exactOptional(environment),
  'warn-days': v.exactOptional(
    described(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(99_999)),
      'A certificate with this many days left, or fewer, expires soon',
    ),
  ),
});

export const certificateSchema = v.strictObject({
  p12: described(
    v.union([text, p12Variable]),
    'Path of the .p12, relative to this file, or the variable with its base64',
  ),
  password: v.exactOptional(
    described(secret, 'Password of the .p12; leave it out if the .p12 has none'),
  ),
  topic: v.exactOptional(described(text, 'Topic to set; default: the bundle ID')),
  fingerprint: v.exactOptional(
    described(
      v.pipe(v.string(), v.regex(/^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/)),
      'SHA-256 of the certificate, 64 hex digits: apply refuses any other, and plan needs no key if there is a topic as well',
    ),
  ),
  environment: v.exactOptional(environment),
  owner: v.exactOptional(described(note, 'Whose certificate it is, in free text')),
  ticket: v.exactOptional(described(note, 'Ticket of the change, in free text')),
});

const labelValue = v.union([v.string(), v.number(), v.boolean()]);

export const tenantSchema = v.strictObject({
  tenant: described(text, 'Address of the tenant: abc1234.id.cyberark.cloud'),
  certificate: described(
    v.nullable(text),
    'Name of one of the certificates; null: the tenant must have none',
  ),
  'client-app-key': v.exactOptional(described(text, 'Key of the client app; default: the topic')),
  'sign-in': described(
    v.union([signInKinds.profile, signInKinds['client-id'], signInKinds.token]),
    'Session that calls the tenant',
  ),
  labels: v.exactOptional(described(v.record(name, labelValue), 'Labels for --label to select by')),
});

/** A fleet file. Its JSON Schema is made from this. */
export const fleetSchema = v.strictObject({
  version: described(v.literal(1), 'Version of the format'),
  defaults: v.exactOptional(defaultsSchema),
  certificates: v.exactOptional(v.record(name, certificateSchema)),
  tenants: v.record(name, tenantSchema),
});

const mapping = v.custom<Record<string, unknown>>(isObject);

/** The top of a fleet file, whose parts are checked one by one. */
export const topShape = v.strictObject({
  ...fleetSchema.entries,
  defaults: v.exactOptional(mapping),
  certificates: v.exactOptional(mapping),
  tenants: mapping,
});

export type DeclaredCertificate = v.InferOutput<typeof certificateSchema>;
export type DeclaredTenant = v.InferOutput<typeof tenantSchema>;
export type DeclaredSecret = v.InferOutput<typeof secret>;
export type Environment = v.InferOutput<typeof environment>;

type Shape = v.StrictObjectSchema<v.ObjectEntries, undefined>;

/** The valid values of each key, after `warn-days must be`; `text` for any other. */
const takes: Readonly<Record<string, string>> = {
  version: '1',
  defaults: 'a mapping of defaults',
  certificates: 'a mapping of names to certificates',
  tenants: 'a mapping of names to tenants, or {} for none',
  environment: 'production or sandbox',
  owner: 'one line of at most 200 characters',
  ticket: 'one line of at most 200 characters',
  fingerprint: 'the SHA-256 of the certificate, 64 hex digits',
  'warn-days': 'a whole number of days, 0 to 99999',
  p12: 'the path of a .p12, or { env: VARIABLE } with its base64',
  tenant: 'the address of a tenant, such as abc1234.id.cyberark.cloud',
  certificate: 'the name of a certificate, or null if the tenant must have none',
  labels: 'a mapping of names to texts',
  profile: 'the name of a profile',
  'platform-token': 'true or false',
  env: 'the name of a variable: letters, digits and _',
  file: 'the path of a file',
  command: 'a list of the program and its arguments, such as [op, read, NAME]',
};

/** The shapes of a value that has several, by their key and in words. */
interface Choice {
  readonly kinds: Readonly<Record<string, Shape>>;
  readonly ways: string;
}

const secretChoice: Choice = {
  kinds: secretKinds,
  ways: '{ env: VARIABLE }, { file: PATH } or { command: [PROGRAM, ARGUMENT] }',
};
const choices: Readonly<Record<string, Choice>> = {
  password: secretChoice,
  'client-secret': secretChoice,
  token: secretChoice,
  p12: { kinds: { env: p12Variable }, ways: takes.p12 ?? '' },
  'sign-in': {
    kinds: signInKinds,
    ways: '{ profile: NAME }, { client-id: NAME, client-secret: … } or { token: … }',
  },
};

/**
 * Whether a value has the shape; reports each fault. No sentence quotes a value, which
 * may be a secret.
 * @param called the mapping's name in sentences: `tenant "acme"`
 */
export function judgeShape<Kind extends Shape>(
  shape: Kind,
  value: unknown,
  path: Path,
  called: string,
  faults: Faults,
): value is v.InferOutput<Kind> {
  if (!isObject(value)) {
    faults.add({ path, at: 'value' }, `${called} must contain key: value pairs`);
    return false;
  }
  const unknown = Object.keys(value).filter((key) => !isKnown(key, shape));
  for (const key of unknown)
    faults.add({ path: [...path, key], at: 'key' }, unknownKey(key, shape, called));
  const { issues = [] } = v.safeParse(shape, value);
  const meant = new Set<string | null | undefined>(unknown.map((key) => meantKey(key, shape)));
  for (const issue of issues)
    if (!meant.has(missingKey(issue))) judgeIssue(issue, path, called, faults);
  const areLabels =
    !Object.hasOwn(value, 'labels') || judgeLabels(value.labels, [...path, 'labels'], faults);
  return unknown.length === 0 && issues.length === 0 && areLabels;
}

/** Whether a certificate or a tenant has a valid name and the shape. */
export function judgeNamed<Kind extends Shape>(
  shape: Kind,
  what: 'certificate' | 'tenant',
  name: string,
  declaration: unknown,
  faults: Faults,
): declaration is v.InferOutput<Kind> {
  const path = [`${what}s`, name];
  if (!isName(name))
    faults.add({ path, at: 'key' }, `${quoted(name)} is not a valid ${what} name: ${nameRule}`);
  return judgeShape(shape, declaration, path, `${what} ${quoted(name)}`, faults);
}

/** At the top, keys that start with `x-` are free: a place for anchors. */
export function isKnown(key: string, shape: Shape): boolean {
  return (
    Object.hasOwn(shape.entries, key) ||
    (shape.entries === topShape.entries && key.startsWith('x-'))
  );
}

function judgeIssue(issue: v.BaseIssue<unknown>, path: Path, called: string, faults: Faults): void {
  const [first, second] = issue.path ?? [];
  const key = String(first?.key);
  const here = [...path, key];
  const choice = choices[key];
  if (issue.type === 'strict_object' && second === undefined) {
    if (issue.expected !== 'never') faults.add({ path, at: 'key' }, `${called} has no ${key}`);
  } else if (choice !== undefined) judgeChoice(key, choice, first?.value, here, called, faults);
  else if (key !== 'labels') {
    const at = second === undefined ? here : [...here, Number(second.key)];
    faults.add({ path: at, at: 'value' }, `${key} ${wrongValue(key, issue.input)}`);
  }
}

function wrongValue(key: string, value: unknown): string {
  const what = `must be ${takes[key] ?? 'text'}`;
  if (value === undefined) return `is empty, but ${what}`;
  return typeof value === 'number' && takes[key] === undefined
    ? `${what}: put quotes around a number`
    : what;
}

/** Checks by hand: the library's records accept lists, and skip some names. */
function judgeLabels(labels: unknown, path: Path, faults: Faults): boolean {
  if (!isObject(labels)) {
    faults.add({ path, at: 'value' }, `labels ${wrongValue('labels', labels)}`);
    return false;
  }
  let good = true;
  const add = (label: string, at: 'key' | 'value', sentence: string): void => {
    good = false;
    faults.add({ path: [...path, label], at }, sentence);
  };
  for (const [label, value] of Object.entries(labels)) {
    if (!isName(label))
      add(label, 'key', `${quoted(label)} is not a valid label name: ${nameRule}`);
    if (!v.is(labelValue, value)) add(label, 'value', `the label ${quoted(label)} must be text`);
  }
  return good;
}

function judgeChoice(
  key: string,
  { kinds, ways }: Choice,
  value: unknown,
  path: Path,
  called: string,
  faults: Faults,
): void {
  const meant = Object.entries(kinds).filter(
    ([kind]) => isObject(value) && Object.hasOwn(value, kind),
  );
  const [[kind, shape] = [], ...others] = meant;
  if (shape !== undefined && others.length === 0) {
    judgeShape(shape, value, path, `${key} by ${kind} of ${called}`, faults);
    return;
  }
  const given = isObject(value) ? Object.keys(value) : [];
  const near = given
    .flatMap((name) => nearestName(name.slice(0, 40), Object.keys(kinds)) ?? [])
    .at(0);
  const isPlain = kinds === secretKinds && value != null && typeof value !== 'object';
  const words = isPlain
    ? `is in plain text: a fleet file holds no secret, only ${ways}`
    : `must be ${ways}${meant.length === 0 ? guess(near) : ''}`;
  faults.add({ path, at: 'value' }, `${key} ${words}`);
}

/** The key that a mistyped one means. */
function meantKey(key: string, shape: Shape): string | undefined {
  return nearestName(key.slice(0, 40), Object.keys(shape.entries));
}

/** The key that is missing; null: the issue is another. */
function missingKey({ type, expected, path }: v.BaseIssue<unknown>): string | null {
  const [first, second] = path ?? [];
  const isMissing = type === 'strict_object' && second === undefined && expected !== 'never';
  return isMissing ? String(first?.key) : null;
}

function unknownKey(key: string, shape: Shape, called: string): string {
  const known = Object.keys(shape.entries);
  const near = meantKey(key, shape);
  const instead = near === undefined ? ` (keys: ${known.join(', ')})` : guess(near);
  // A key where a secret belongs may be that secret.
  const name = Object.values<Shape>(secretKinds).includes(shape) ? 'this' : quoted(key);
  return `${name} is not a key of ${called}${instead}`;
}
