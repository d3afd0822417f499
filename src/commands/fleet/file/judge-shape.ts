import * as v from 'valibot';
import { isObject } from '../../../text/json.ts';
import { nearestName } from '../../../text/nearest-name.ts';
import { type Faults, guess, type Path, quoted } from './faults.ts';
import {
  isName,
  labelValue,
  nameRule,
  p12Variable,
  secretKinds,
  signInKinds,
  topShape,
} from './schema.ts';

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

/** A part of a fleet file. */
interface FilePart {
  readonly value: unknown;
  readonly path: Path;
  /** Its name in sentences: `tenant "acme"`. */
  readonly called: string;
}

/**
 * The value if it has the shape, else null; reports each fault. No sentence quotes a
 * value, which may be a secret.
 */
export function judgeShape<Kind extends Shape>(
  shape: Kind,
  part: FilePart,
  faults: Faults,
): v.InferOutput<Kind> | null {
  const { value, path, called } = part;
  if (!isObject(value)) {
    faults.add({ path, at: 'value' }, `${called} must contain key: value pairs`);
    return null;
  }
  const unknown = Object.keys(value).filter((key) => !isKnown(key, shape));
  for (const key of unknown)
    faults.add({ path: [...path, key], at: 'key' }, unknownKey(key, shape, called));
  const { issues = [] } = v.safeParse(shape, value);
  const meant = new Set<string | null | undefined>(unknown.map((key) => meantKey(key, shape)));
  for (const issue of issues) if (!meant.has(missingKey(issue))) judgeIssue(issue, part, faults);
  const areLabels =
    !Object.hasOwn(value, 'labels') || judgeLabels(value.labels, [...path, 'labels'], faults);
  const isValid = unknown.length === 0 && issues.length === 0 && areLabels;
  return isValid ? (value as v.InferOutput<Kind>) : null;
}

interface Declaration {
  readonly kind: 'certificate' | 'tenant';
  readonly name: string;
  readonly value: unknown;
}

/** A certificate or a tenant with a valid name and the shape, else null. */
export function judgeNamed<Kind extends Shape>(
  shape: Kind,
  { kind, name, value }: Declaration,
  faults: Faults,
): v.InferOutput<Kind> | null {
  const path = [`${kind}s`, name];
  if (!isName(name))
    faults.add({ path, at: 'key' }, `${quoted(name)} is not a valid ${kind} name: ${nameRule}`);
  return judgeShape(shape, { value, path, called: `${kind} ${quoted(name)}` }, faults);
}

/** At the top, keys that start with `x-` are free: a place for anchors. */
export function isKnown(key: string, shape: Shape): boolean {
  return (
    Object.hasOwn(shape.entries, key) ||
    (shape.entries === topShape.entries && key.startsWith('x-'))
  );
}

function judgeIssue(issue: v.BaseIssue<unknown>, { path, called }: FilePart, faults: Faults): void {
  const [first, second] = issue.path ?? [];
  const key = String(first?.key);
  const here = [...path, key];
  const choice = choices[key];
  if (issue.type === 'strict_object' && second === undefined) {
    if (issue.expected !== 'never') faults.add({ path, at: 'key' }, `${called} has no ${key}`);
  } else if (choice !== undefined) {
    judgeChoice(key, choice, { value: first?.value, path: here, called }, faults);
  } else if (key !== 'labels') {
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

/** @param part `called`: the mapping that the value belongs to */
function judgeChoice(
  key: string,
  { kinds, ways }: Choice,
  { value, path, called }: FilePart,
  faults: Faults,
): void {
  const given = isObject(value) ? Object.keys(value) : [];
  const meant = Object.entries(kinds).filter(([kind]) => given.includes(kind));
  const [[kind, shape] = [], ...others] = meant;
  if (shape !== undefined && others.length === 0) {
    judgeShape(shape, { value, path, called: `${key} by ${kind} of ${called}` }, faults);
    return;
  }
  const near = given
    .flatMap((name) => nearestName(name.slice(0, 40), Object.keys(kinds)) ?? [])
    .at(0);
  const isPlain = kinds === secretKinds && value != null && typeof value !== 'object';
  const words = isPlain
    ? `is in plain text. Use ${ways}`
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
