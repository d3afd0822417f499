import { resolve } from 'node:path';
import { CliError, unlessInterrupted } from '../errors/cli-error.ts';
import { statsOf } from '../files/directory.ts';
import { type AppendOptions, type LedgerAppender, openAppender } from './ledger-append.ts';
import {
  type LedgerContents,
  type LedgerMark,
  type LedgerPlace,
  machineLedger,
  otherLedger,
  readLedger,
} from './ledger-file.ts';
import { readTenants } from './ledger-index.ts';
import type { LedgerFacts, LedgerLine } from './ledger-line.ts';
import { notedLedgers, noteLedger } from './used-ledgers.ts';

/** The lines of several ledgers as one. */
export interface KnownLines {
  /** By `at`, then `id`; a line that stands in several counts once. */
  readonly lines: readonly LedgerLine[];
  /** The lines of each ledger that was read, in the order of its file, by its path. */
  readonly byLedger: ReadonlyMap<string, readonly LedgerLine[]>;
  /** Of each ledger that was read, by its path: the appender resumes there. */
  readonly marks: ReadonlyMap<string, LedgerMark>;
  /** The moment of the last line about a tenant that was read, in milliseconds. */
  latestOf(tenant: string): number | undefined;
  /** Sentences without a period: half a line, a ledger that is gone. */
  readonly warnings: readonly string[];
}

/** The tenants that a reader of the machine's ledger needs. */
export interface MachineReading {
  /** Null: all of them. */
  readonly tenants: ReadonlySet<string> | null;
  /** Other ledgers to read with it, which have to be readable. */
  readonly also?: readonly LedgerPlace[];
}

/**
 * Reads the machine's ledger, and every other that was used on it. One of those that is
 * gone, or cannot be read, is a warning: what this machine did stands in its own.
 * @param directory the configuration directory; it may be missing
 * @throws {CliError} file-unreadable, file-too-large: the machine's, or one of `also`
 */
export async function readMachine(
  directory: string,
  { tenants, also = [] }: MachineReading,
): Promise<KnownLines> {
  const read = (place: LedgerPlace): Promise<LedgerContents> =>
    tenants === null ? readLedger(place) : readTenants(place, directory, tenants);
  const contents = [await read(machineLedger(directory))];
  for (const place of also) contents.push(await read(place));
  const named = new Set(contents.map(({ path }) => resolve(path)));
  const warnings: string[] = [];
  for (const path of notedLedgers(directory)) {
    if (named.has(path)) continue;
    const found = await read(otherLedger(path)).catch(
      unlessInterrupted(({ lines: [sentence] }) => {
        warnings.push(sentence);
        return null;
      }),
    );
    if (found === null) continue;
    if (found.isThere) contents.push(found);
    else warnings.push(`The record ${path}, which was used on this machine, is gone`);
  }
  const known = together(contents);
  return { ...known, warnings: [...known.warnings, ...warnings] };
}

/**
 * Reads ledgers without the machine's: those of a fleet's shards, or a committed one.
 * @throws {CliError} as `readLedger`
 */
export async function readLedgers(places: readonly LedgerPlace[]): Promise<KnownLines> {
  const contents: LedgerContents[] = [];
  for (const place of places) contents.push(await readLedger(place));
  return together(contents);
}

function together(contents: readonly LedgerContents[]): KnownLines {
  const lines = mergedLines(contents.map((each) => each.lines));
  const latest = new Map<string, number>();
  for (const { tenant, at } of lines) latest.set(tenant, Date.parse(at));
  return {
    lines,
    byLedger: new Map(contents.map((each) => [each.path, each.lines])),
    marks: new Map(contents.map(({ path, mark }) => [path, mark])),
    latestOf: (tenant) => latest.get(tenant),
    warnings: contents.flatMap(({ warnings }) => warnings),
  };
}

/**
 * The lines of several ledgers as one: by `at`, then `id`, each id once. Of two lines
 * with one id, that which tells who was signed in.
 */
export function mergedLines(ledgers: readonly (readonly LedgerLine[])[]): readonly LedgerLine[] {
  const byId = new Map<string, LedgerLine>();
  for (const lines of ledgers)
    for (const line of lines) {
      const known = byId.get(line.id);
      if (known === undefined || (known.by === null && line.by !== null)) byId.set(line.id, line);
    }
  const timed = [...byId.values()].map((line) => ({ line, at: Date.parse(line.at) }));
  timed.sort((one, other) => one.at - other.at || (one.line.id < other.line.id ? -1 : 1));
  return timed.map(({ line }) => line);
}

/** The ledger in use, and the clock. */
export interface LedgerOptions extends Omit<AppendOptions, 'mark' | 'latestElsewhere'> {
  /** The configuration directory. */
  readonly directory: string;
  /** The ledger that was named, or that of the fleet; null: the machine's alone. */
  readonly named: LedgerPlace | null;
  /** The lines read before; without them the ledgers are read at the first line. */
  readonly known?: KnownLines;
}

/** The ledger that a command writes to. */
export interface OpenLedger {
  /** The path of the ledger in use. */
  readonly path: string;
  /** As that of `openLedger`. @throws {CliError} */
  append(facts: LedgerFacts): Promise<LedgerLine>;
  /**
   * Resolves when all is written, to the error that kept lines from the machine's own
   * copy of another ledger, or null.
   */
  close(): Promise<CliError | null>;
}

/**
 * Opens the ledger in use. A line of another ledger than the machine's is also copied
 * into the machine's, which keeps who signed in. Nothing waits for that copy.
 */
export function openLedger(options: LedgerOptions): OpenLedger {
  const { directory, named, known } = options;
  const place = machineLedger(directory);
  const isMachineAlone = named === null || isSameFile(named.path, place.path);
  if (isMachineAlone) return openAlone(place, options);
  const inUse = openAppender(named, appendOptions(named.path, options));
  // The copy keeps nobody waiting, so nobody interrupts it.
  const machine = openAppender(place, appendOptions(place.path, { now: options.now, known }));
  const copies = openCopies(machine, () => noteLedger(directory, named.path));
  return {
    path: named.path,
    async append(facts) {
      const line = await inUse.append({ ...facts, by: null }).catch(async (error: unknown) => {
        // This machine at least remembers what it did.
        if (facts.outcome !== 'sending') {
          // The first line, which may still wait to be copied, stands before its outcome.
          copies.flush();
          await machine.append(facts).catch(() => {});
        }
        throw error;
      });
      const signed = { ...line, by: facts.by };
      copies.add(signed);
      return signed;
    },
    async close() {
      await inUse.close();
      return copies.close();
    },
  };
}

/** Whether two paths name one file, by whatever links. */
function isSameFile(one: string, other: string): boolean {
  if (resolve(one) === resolve(other)) return true;
  const first = statsOf(one);
  const second = statsOf(other);
  if (first === null || second === null) return false;
  return first.dev === second.dev && first.ino === second.ino;
}

function openAlone(place: LedgerPlace, options: LedgerOptions): OpenLedger {
  const machine = openAppender(place, appendOptions(place.path, options));
  return {
    path: place.path,
    append: machine.append,
    async close() {
      await machine.close();
      return null;
    },
  };
}

interface AppendSources {
  now(): Date;
  readonly known?: KnownLines | undefined;
  readonly signal?: AbortSignal;
}

function appendOptions(path: string, { now, known, signal }: AppendSources): AppendOptions {
  const mark = known?.marks.get(path);
  return {
    now,
    latestElsewhere: (tenant) => known?.latestOf(tenant),
    ...(mark === undefined ? {} : { mark }),
    ...(signal === undefined ? {} : { signal }),
  };
}

interface Copies {
  add(line: LedgerLine): void;
  /** Begins to write what was added. */
  flush(): void;
  /** The first error, or null. */
  close(): Promise<CliError | null>;
}

/** Milliseconds in which copies are gathered: they share one lock and one sync. */
const gathering = 200;

/**
 * The machine's copy of what another ledger got. A kill may lose the last of them:
 * readers of the machine's follow that ledger.
 * @param note tells the machine of that ledger, once
 */
function openCopies(machine: LedgerAppender, note: () => Promise<void>): Copies {
  const failures: unknown[] = [];
  const pending = new Set<Promise<void>>();
  let gathered: LedgerLine[] = [];
  let timer: NodeJS.Timeout | null = null;
  const keep = (work: Promise<unknown>): void => {
    const kept = work.then(
      () => undefined,
      (error: unknown) => {
        failures.push(error);
      },
    );
    pending.add(kept);
    kept.then(() => pending.delete(kept));
  };
  const flush = (): void => {
    if (timer !== null) clearTimeout(timer);
    timer = null;
    const lines = gathered;
    gathered = [];
    for (const line of lines) keep(machine.repeat(line));
  };
  let isNoted = false;
  return {
    add(line) {
      if (!isNoted) keep(note());
      isNoted = true;
      gathered.push(line);
      timer ??= setTimeout(flush, gathering);
    },
    flush,
    async close() {
      flush();
      await Promise.all(pending);
      await machine.close();
      const [first = null] = failures;
      if (first === null || first instanceof CliError) return first;
      throw first;
    },
  };
}
