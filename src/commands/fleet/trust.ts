import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { prepareDirectory } from '../../auth/profile-file.ts';
import type { Context } from '../../context.ts';
import { CliError, type FactsOf } from '../../errors/cli-error.ts';
import { isThere, realPathOf, type Stats } from '../../files/directory.ts';
import { waitForLock } from '../../files/lock-file.ts';
import { changeableByOthers, type Doubt, linkBelow } from '../../files/others.ts';
import { readOwnFile } from '../../files/own-file.ts';
import { nameOf } from '../../files/read.ts';
import { replaceFile, unwritable } from '../../files/write.ts';
import { variable } from '../../settings/values.ts';
import { manyTenants, type ReadBy, readJson } from '../../text/json.ts';
import { onOneLine } from '../../text/printable.ts';
import {
  confirmable,
  differences,
  formatSource,
  hashOf,
  type Source,
  shortened,
  source,
} from './confirmed-words.ts';
import { type Fleet, fleetCommand } from './file/fleet.ts';

/**
 * Whether a fleet file may be used: it decides which programs run and where secrets go.
 */
export interface FleetTrust {
  /**
   * `sha256:` and the lower-case hex hash of everything to confirm, for the whole file
   * regardless of the selection.
   */
  readonly hash: string;
  /**
   * The folder of the fleet file: in a clone, a link there is the word of whoever wrote
   * the repository.
   */
  readonly folder: string;
  /** The command that plans the fleet. */
  readonly plan: readonly string[];
  /** Whether `--trust` or the variable confirms exactly this, whoever owns the files. */
  readonly isGiven: boolean;
  /**
   * Asks the user, if there is a terminal, about anything not trusted yet.
   * @returns why it may not be used; null: it may
   */
  confirm(): Promise<CliError<'fleet-untrusted'> | null>;
}

const pin = 'MFA_CLI_TRUST_FLEET';

interface FleetOrigin {
  readonly directory: string;
  /** Why others may have changed the file; undefined: it is not a file. */
  readonly doubt: Doubt | null | undefined;
  /** Whether `--trust` confirms it. */
  readonly isTrusted: boolean;
}

/**
 * The trust in a fleet file.
 * @throws {CliError} usage: the variable holds no hash
 */
export function openTrust(
  fleet: Fleet,
  { directory, doubt, isTrusted }: FleetOrigin,
  context: Context,
): FleetTrust {
  const sources = confirmable(fleet);
  const hash = hashOf(sources);
  const pinned = variable(context.env, pin);
  if (pinned !== undefined && !/^sha256:[0-9a-f]{64}$/.test(pinned))
    throw new CliError(
      'usage',
      `${pin} must be sha256: and 64 hex digits in lower case, as fleet plan reports them`,
    );
  const isGiven = isTrusted || pinned === hash;
  const name = onOneLine(nameOf(fleet.file));
  const plan = fleetCommand('plan', fleet.file);
  const refused = (sentence: string, facts: FactsOf<'fleet-untrusted'> = {}) =>
    new CliError('fleet-untrusted', `${name} is not trusted: ${sentence}`, {
      facts: { plan, ...facts },
      lines:
        facts.declined === true ? [] : [...shortened(sources.map(formatSource)), pinLine(hash)],
    });
  /** The refusal without a question, by what changed if something was trusted before. */
  const unasked = (agreed: readonly Source[], sentence: string, facts = {}) =>
    agreed.length === 0
      ? refused(sentence, facts)
      : new CliError('fleet-untrusted', `${name} is not trusted: ${sentence}`, {
          facts: { plan, ...facts, changed: true },
          lines: [...shortened(differences(name, agreed, sources)), pinLine(hash)],
        });
  const agreedSources = async (): Promise<readonly Source[]> => {
    const known = readStore(await storePathOf(context))[realPathOf(fleet.file)];
    return known?.directory === directory ? known.sources : [];
  };
  return {
    hash,
    folder: directory,
    plan,
    isGiven,
    async confirm() {
      if (isGiven) return null;
      if (pinned !== undefined) {
        const before = doubt === undefined ? [] : await agreedSources();
        return unasked(before, `its hash does not match ${pin}`);
      }
      if (doubt === undefined) return refused('its source is unknown');
      if (doubt !== null) {
        const { sentence, ...facts } = doubt;
        return refused(sentence, facts);
      }
      if (sources.length === 0) return null;
      const agreed = await agreedSources();
      if (hashOf(agreed) === hash) return null;
      const sentence =
        agreed.length === 0
          ? 'you have not trusted its programs, files, keys and hosts'
          : 'it has changed since you last trusted it';
      if (!context.terminal.interactive) return unasked(agreed, sentence, { review: true });
      for (const line of differences(name, agreed, sources)) context.terminal.show(line);
      const message = `Trust ${name} with ${agreed.length === 0 ? 'this' : 'these changes'}?`;
      if (!(await context.prompt.confirm({ message, unavailable: sentence })))
        return refused(sentence, { declined: true });
      await remember(realPathOf(fleet.file), directory, sources, context);
      return null;
    },
  };
}

/** @throws {CliError} fleet-untrusted; interrupted, if the user says no */
export async function requireTrust(trust: FleetTrust): Promise<void> {
  const refusal = await trust.confirm();
  if (refusal?.facts.declined === true) throw new CliError('interrupted', 'Nothing was sent');
  if (refusal !== null) throw refusal;
}

function pinLine(hash: string): string {
  return `  ${pin}=${hash}`;
}

/**
 * @throws {CliError} file-unwritable: a link in the folder of a fleet leads to the file
 */
export function requireNoLink(file: string, folder: string): void {
  const link = linkBelow(folder, file);
  if (link === null) return;
  const sentence = `${file} is not written: ${link} is a link in the folder of the fleet file`;
  throw new CliError('file-unwritable', sentence, { facts: { link: true } });
}

/**
 * Throws if others may change a file that a fleet keeps.
 * @param opened its stats when opened
 * @throws {CliError} fleet-untrusted
 */
export function requireHeld(
  path: string,
  { hash, plan, isGiven }: FleetTrust,
  opened?: Stats,
): void {
  const doubt = isGiven ? null : changeableByOthers(path, opened);
  if (doubt === null) return;
  const { sentence, ...facts } = doubt;
  const message = `The record ${onOneLine(path)} is not trusted: ${sentence}`;
  throw new CliError('fleet-untrusted', message, {
    facts: { plan, ...facts },
    lines: [pinLine(hash)],
  });
}

/** Saves that a file just written is trusted. If that fails, the user is asked later. */
export async function trustWritten(fleet: Fleet, context: Context): Promise<void> {
  await remember(
    realPathOf(fleet.file),
    realPathOf(dirname(fleet.file)),
    confirmable(fleet),
    context,
  );
}

/** The value of `MFA_CLI_TRUST_FLEET` that trusts a fleet. */
export function trustHashOf(fleet: Fleet): string {
  return hashOf(confirmable(fleet));
}

const store = v.object({
  version: v.literal(1),
  fleets: v.record(v.string(), v.object({ directory: v.string(), sources: v.array(source) })),
});
type Remembered = ReadBy<typeof store>['fleets'];

/** Next to the profiles. */
async function storePathOf(context: Context): Promise<string> {
  return join(dirname((await context.profiles()).path), 'fleets.json');
}

/**
 * By the file's real path. A damaged store is dropped, and the user is asked again.
 * @throws {CliError} file-unreadable
 */
function readStore(path: string): Readonly<Record<string, Remembered[string] | undefined>> {
  const text = readOwnFile(path);
  return text === null ? {} : (readJson(store, text, manyTenants)?.fleets ?? {});
}

async function remember(
  path: string,
  directory: string,
  sources: readonly Source[],
  context: Context,
): Promise<void> {
  const file = await storePathOf(context);
  const sentence = `The trust in ${path} cannot be saved in ${file}`;
  try {
    prepareDirectory(dirname(file));
    const release = await waitForLock(
      file,
      {
        unlockable: sentence,
        held: (holder) => `${sentence}: another process${holder} keeps it locked`,
      },
      context.signal,
    );
    try {
      const others = Object.entries(readStore(file)).filter(([other]) => isThere(other));
      const fleets = { ...Object.fromEntries(others), [path]: { directory, sources } };
      replaceFile(file, `${JSON.stringify({ version: 1, fleets })}\n`, 0o600);
    } finally {
      release();
    }
  } catch (error) {
    if (error instanceof CliError && error.code === 'interrupted') throw error;
    context.terminal.warn(
      error instanceof CliError ? error.message : unwritable(sentence, error).message,
    );
  }
}
