import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { prepareDirectory } from '../../auth/profile-file.ts';
import type { Context } from '../../context.ts';
import { CliError, type FactsOf } from '../../errors/cli-error.ts';
import { isThere, realPathOf, type Stats } from '../../files/directory.ts';
import { waitForLock } from '../../files/lock-file.ts';
import { changeableByOthers, type Doubt } from '../../files/others.ts';
import { readOwnFile } from '../../files/own-file.ts';
import { nameOf } from '../../files/read.ts';
import { replaceFile, unwritable } from '../../files/write.ts';
import { variable } from '../../settings/variable.ts';
import { manyTenants, type ReadBy, readJson } from '../../text/json.ts';
import { count } from '../../text/phrasing.ts';
import { onOneLine } from '../../text/printable.ts';
import { shellWord } from '../../text/shell.ts';
import { type Fleet, fleetCommand, type P12Source, type SecretSource, type SignIn } from './file/fleet.ts';
import { grouped } from './report.ts';

/** Whether a fleet file may be used: it decides which programs run and where secrets go. */
export interface FleetTrust {
  /** `sha256:` and the lower-case hex hash of everything to confirm, for the whole file regardless of the selection. */
  readonly hash: string;
  /** Whether `--trust` or the variable confirms exactly this, whoever owns the files. */
  readonly isGiven: boolean;
  /** Asks the user, if there is a terminal, about anything not confirmed. @returns why it may not be used; null: it may */
  refusal(): Promise<CliError | null>;
}

const pin = 'MFA_CLI_TRUST_FLEET';

/**
 * The trust in a fleet file.
 * @param doubt why others may have changed it; undefined: it is not a file
 * @throws {CliError} usage: the variable holds no hash
 */
export function openTrust(
  fleet: Fleet,
  directory: string,
  doubt: Doubt | null | undefined,
  isTrusted: boolean,
  context: Context,
): FleetTrust {
  const parts = partsOf(fleet);
  const hash = hashOf(parts);
  const pinned = variable(context.env, pin);
  if (pinned !== undefined && !/^sha256:[0-9a-f]{64}$/.test(pinned))
    throw new CliError(
      'usage',
      `${pin} must be sha256: and 64 hex digits in lower case, as fleet plan reports them`,
    );
  const isGiven = isTrusted || pinned === hash;
  const name = onOneLine(nameOf(fleet.file));
  const refused = (sentence: string, facts: FactsOf<'fleet-untrusted'> = {}): CliError =>
    new CliError('fleet-untrusted', `${name} is not trusted: ${sentence}`, {
      facts,
      lines: facts.declined === true ? [] : [...shortened(parts), pinLine(hash)],
    });
  return {
    hash,
    isGiven,
    async refusal() {
      if (isGiven) return null;
      if (pinned !== undefined) return refused(`its hash does not match ${pin}`);
      if (doubt === undefined) return refused('it comes from standard input');
      if (doubt !== null) return refused(doubt.sentence, remedyOf(doubt));
      if (parts.length === 0) return null;
      const path = realPathOf(fleet.file);
      const known = readStore(await storePathOf(context))[path];
      if (known?.hash === hash && known.directory === directory) return null;
      const agreed = known?.directory === directory ? known.parts : [];
      const sentence = 'you have not confirmed its programs, files and hosts';
      if (!context.terminal.interactive)
        return refused(sentence, { review: fleetCommand('plan', fleet.file) });
      present(name, agreed, parts, context);
      const message = `Trust ${name} with ${agreed.length === 0 ? 'this' : 'these changes'}?`;
      if (!(await context.prompt.confirm({ message, unavailable: sentence })))
        return refused(sentence, { declined: true });
      await remember(path, directory, parts, context);
      return null;
    },
  };
}

function remedyOf({ remedy }: Doubt): FactsOf<'fleet-untrusted'> {
  return remedy === undefined ? {} : { remedy };
}

/** @throws {CliError} fleet-untrusted; interrupted, if the user says no */
export async function requireTrust(trust: FleetTrust): Promise<void> {
  const refusal = await trust.refusal();
  if (refusal?.facts.declined === true) throw new CliError('interrupted', 'Nothing was sent');
  if (refusal !== null) throw refusal;
}

function pinLine(hash: string): string {
  return `  ${pin}=${hash}`;
}

/** Throws if others may change a file that a fleet keeps. @param opened its stats when opened @throws {CliError} fleet-untrusted */
export function requireHeld(path: string, { hash, isGiven }: FleetTrust, opened?: Stats): void {
  const doubt = isGiven ? null : changeableByOthers(path, opened);
  if (doubt !== null)
    throw new CliError('fleet-untrusted', `The record ${onOneLine(path)} is not trusted: ${doubt.sentence}`, {
      facts: remedyOf(doubt),
      lines: [pinLine(hash)],
    });
}

/** Saves that a file just written is trusted. If that fails, the user is asked later. */
export async function trustWritten(fleet: Fleet, context: Context): Promise<void> {
  await remember(realPathOf(fleet.file), realPathOf(dirname(fleet.file)), partsOf(fleet), context);
}

/**
 * Everything to confirm, sorted: each source as the JSON of its kind, its words as written in the file, and the host that gets
 * the result. Other words for a path may mean another file, as `./op` is not `op`.
 */
function partsOf({ file, tenants }: Fleet): readonly string[] {
  const parts = new Map<string, string>();
  /** The beginnings for sources that many tenants share. */
  const beginnings = new Map<object, string>();
  let length = 0;
  for (const { tenant, certificate, signIn } of tenants) {
    const session = 'token' in signIn ? signIn.token : 'profile' in signIn ? signIn : signIn.clientSecret;
    for (const source of [certificate?.p12, certificate?.password, session]) {
      if (source == null) continue;
      const beginning = beginnings.get(source) ?? JSON.stringify(wordsOf(source)).slice(0, -1);
      beginnings.set(source, beginning);
      const part = `${beginning},${JSON.stringify(tenant)}]`;
      length += part.length;
      if (length > longestParts) throw tooLong(onOneLine(nameOf(file)));
      parts.set(keyOf(part), part);
    }
  }
  return [...parts.values()].sort();
}

/** The key of a text in a map: V8 hashes long texts by their length only, and compares them unit by unit. */
function keyOf(text: string): string {
  return text.length < 1000 ? text : createHash('sha256').update(text).digest('hex');
}

/** In UTF-16 units: 200,000 tenants with three sources each have some 50 million. */
const longestParts = 64 * 1024 * 1024;

function tooLong(file: string): CliError {
  const sentence =
    'what all tenants together run and read is too long to confirm: move long commands into a program';
  return new CliError('fleet-file-invalid', `${file} has 1 fault`, { lines: [`${file}:1:1: ${sentence}`] });
}

function wordsOf(
  source: P12Source | SecretSource | Extract<SignIn, { profile: string }>,
): readonly [Kind, ...string[]] {
  if ('env' in source) return ['variable', source.env];
  if ('profile' in source) return ['profile', source.profile];
  return 'command' in source
    ? ['program', source.written, ...source.command.slice(1)]
    : ['file', source.written];
}

/** The value of `MFA_CLI_TRUST_FLEET` that trusts a fleet. */
export function trustHashOf(fleet: Fleet): string {
  return hashOf(partsOf(fleet));
}

function hashOf(parts: readonly string[]): string {
  return `sha256:${createHash('sha256').update(parts.join('\n')).digest('hex')}`;
}

/** In display order: programs come last, next to the question. */
const verbs: Readonly<Record<Kind, string>> = {
  file: 'reads the file',
  variable: 'reads the variable',
  profile: 'signs in with the profile',
  program: 'runs the program',
};

const kind = v.picklist(['program', 'profile', 'variable', 'file']);
type Kind = v.InferOutput<typeof kind>;
const partWords = v.tupleWithRest([kind], v.string());

/** Each source as the JSON of its kind and words, with all its hosts; programs last. */
function sourcesIn(
  parts: readonly string[],
): readonly (readonly [source: string, hosts: readonly string[]])[] {
  const order = Object.keys(verbs).map((kind) => `["${kind}"`);
  const rank = (source: string): number => order.findIndex((beginning) => source.startsWith(beginning));
  const split = parts.map((part) => {
    // An origin has no comma.
    const end = part.lastIndexOf(',');
    return { source: `${part.slice(0, end)}]`, host: part.slice(end + 2, -2).replace(/^https:\/\//, '') };
  });
  return [...grouped(split, ({ source }) => keyOf(source)).values()]
    .map((same) => [same[0]?.source ?? '', same.map(({ host }) => host)] as const)
    .sort(([one], [other]) => rank(one) - rank(other));
}

/** Shows a program as a program, however many words it has. */
function formatSource([source, hosts]: readonly [source: string, hosts: readonly string[]]): string {
  const [kind, ...words] = readJson(partWords, source, manyTenants) ?? ['file', source];
  return onOneLine(
    `  ${verbs[kind]} ${words.map((word) => shellWord(word)).join(' ')} for ${hosts.join(', ')}`,
  );
}

/** The most lines to show without a question. */
const shownLines = 20;

function shortened(parts: readonly string[]): readonly string[] {
  const sources = sourcesIn(parts);
  const more = sources.length - shownLines;
  const lines = sources.slice(-shownLines).map(formatSource);
  const shown = lines.map((line) => (line.length > 300 ? `${line.slice(0, 300)}…` : line));
  return more > 0 ? [`  … ${count(more, 'more source')}, and`, ...shown] : shown;
}

/** Shows everything to confirm, or only the changes since the last time. */
function present(
  name: string,
  agreed: readonly string[],
  parts: readonly string[],
  { terminal }: Context,
): void {
  const missing = (some: readonly string[], others: readonly string[]): readonly string[] => {
    const known = new Set(others.map(keyOf));
    return sourcesIn(some.filter((part) => !known.has(keyOf(part)))).map(formatSource);
  };
  const [added, gone] = [missing(parts, agreed), missing(agreed, parts)];
  if (agreed.length === 0) terminal.show(`${name} does this on this machine:`);
  else if (added.length > 0) terminal.show(`New in ${name} since you last confirmed it:`);
  for (const line of added) terminal.show(line);
  if (gone.length > 0) terminal.show('No longer in it:');
  for (const line of gone) terminal.show(line);
}

const store = v.object({
  version: v.literal(1),
  fleets: v.record(
    v.string(),
    v.object({ directory: v.string(), hash: v.string(), parts: v.array(v.string()) }),
  ),
});
type Remembered = ReadBy<typeof store>['fleets'];

/** With more parts, only the hash is kept, and a change shows all parts again. */
const keptParts = 50_000;

/** Next to the profiles. */
async function storePathOf(context: Context): Promise<string> {
  return join(dirname((await context.profiles()).path), 'fleets.json');
}

/** By the file's real path. A damaged store is dropped, and the user is asked again. @throws {CliError} file-unreadable */
function readStore(path: string): Readonly<Record<string, Remembered[string] | undefined>> {
  const text = readOwnFile(path);
  return text === null ? {} : (readJson(store, text, manyTenants)?.fleets ?? {});
}

async function remember(
  path: string,
  directory: string,
  parts: readonly string[],
  context: Context,
): Promise<void> {
  const file = await storePathOf(context);
  const sentence = `The trust in ${path} cannot be saved in ${file}`;
  try {
    prepareDirectory(dirname(file));
    const release = await waitForLock(
      file,
      { unlockable: sentence, held: (holder) => `${sentence}: another process${holder} keeps it locked` },
      context.signal,
    );
    try {
      const others = Object.entries(readStore(file)).filter(([other]) => isThere(other));
      const entry = { directory, hash: hashOf(parts), parts: parts.length > keptParts ? [] : parts };
      const fleets = { ...Object.fromEntries(others), [path]: entry };
      replaceFile(file, `${JSON.stringify({ version: 1, fleets })}\n`, 0o600);
    } finally {
      release();
    }
  } catch (error) {
    if (error instanceof CliError && error.code === 'interrupted') throw error;
    context.terminal.warn(error instanceof CliError ? error.message : unwritable(sentence, error).message);
  }
}
