import { randomUUID } from 'node:crypto';
import { dirname } from 'node:path';
import { prepareDirectory } from '../auth/profile-file.ts';
import { CliError, systemReason } from '../errors/cli-error.ts';
import { type AppendedFile, type OpenFile, openToAppend } from '../files/appended.ts';
import { Refusal } from '../files/held-target.ts';
import { waitForLock } from '../files/lock-file.ts';
import { monotonicTime } from '../files/monotonic-time.ts';
import { unwritable } from '../files/write.ts';
import {
  emptyMark,
  isAsMarked,
  type LedgerMark,
  type LedgerPlace,
  laterOf,
} from './ledger-file.ts';
import {
  encodeLine,
  isLine,
  type LedgerFacts,
  type LedgerLine,
  longestLine,
  momentAfter,
} from './ledger-line.ts';
import { hashOf, scanLines } from './ledger-scan.ts';

/** An appender's clock, and its knowledge from an earlier reading. */
export interface AppendOptions {
  now(): Date;
  /** Of a reader of the same file, so that it is not read again. */
  readonly mark?: LedgerMark;
  /** The moment of the last line about a tenant in any other ledger, in milliseconds. */
  latestElsewhere?(tenant: string): number | undefined;
  /** Ends a wait for another process, unless an outcome must be written. */
  readonly signal?: AbortSignal;
}

/** A ledger that is open to append lines. Its file is locked only while it is written. */
export interface LedgerAppender {
  /**
   * Resolves to the line once it survives a crash of the machine; lines that wait
   * together share one sync. After a failure the file is as before, and the next line is
   * tried again.
   * @throws {CliError} file-unwritable; file-unreadable, file-too-large (what is in it is
   * damaged, or too much); interrupted
   */
  append(facts: LedgerFacts): Promise<LedgerLine>;
  /** Appends a line of another ledger as it stands. @throws {CliError} as `append` */
  repeat(line: LedgerLine): Promise<LedgerLine>;
  /** Resolves when nothing waits to be written. */
  close(): Promise<void>;
}

/**
 * A line to write: one of another ledger, or one that gets its id and time when written.
 */
interface Waiting {
  readonly facts: LedgerFacts;
  readonly repeated: LedgerLine | null;
}

interface Batch {
  readonly waiting: Waiting[];
  readonly written: Promise<readonly LedgerLine[]>;
}

/**
 * Milliseconds for which the lock is kept while one batch follows another: taking it
 * costs as much as writing.
 */
const longestHold = 100;

interface HeldLock {
  /** By `monotonicTime`. */
  readonly since: number;
  release(): void;
}

/** Opens a ledger to append to it. Touches nothing before the first line. */
export function openAppender(place: LedgerPlace, options: AppendOptions): LedgerAppender {
  const writer = createWriter(place, knowledgeOf(place, options));
  let batch: Batch | null = null;
  let last: Promise<unknown> = Promise.resolve();
  let held: HeldLock | null = null;

  const writeBatch = async (waiting: readonly Waiting[]): Promise<readonly LedgerLine[]> => {
    batch = null;
    const hasOutcome = waiting.some(({ facts }) => facts.of !== null);
    held ??= await lock(place, hasOutcome ? undefined : options.signal);
    try {
      return await writer.write(waiting);
    } finally {
      // Lines that came meanwhile have begun the next batch, which keeps the lock.
      const isDue = monotonicTime() - held.since > longestHold;
      if (batch === null || isDue) {
        held.release();
        held = null;
      }
    }
  };

  const enqueue = async (each: Waiting): Promise<LedgerLine> => {
    requireReadable(each, place);
    if (batch === null) {
      const waiting: Waiting[] = [];
      const written = last.then(() => writeBatch(waiting));
      batch = { waiting, written };
      last = written.catch(() => undefined);
    }
    const index = batch.waiting.push(each) - 1;
    const lines = await batch.written;
    return lines[index] as LedgerLine;
  };

  return {
    append: (facts) => enqueue({ facts, repeated: null }),
    repeat: (line) => enqueue({ facts: line, repeated: line }),
    async close() {
      await last;
      writer.close();
    },
  };
}

/** As long as those that a line gets when it is written. */
const anyId = '00000000-0000-4000-8000-000000000000';
const anyTime = '1970-01-01T00:00:00.000Z';

/**
 * A line that no reader takes would make the whole ledger useless. One of another ledger
 * has been read.
 * @throws {CliError}
 */
function requireReadable({ facts, repeated }: Waiting, { path }: LedgerPlace): void {
  if (repeated !== null) return;
  const line = { ...facts, id: anyId, at: anyTime };
  const isTooLong = Buffer.byteLength(encodeLine(line)) > longestLine;
  // A later line about a request has the facts of the first, which was readable.
  const isReadable = facts.of !== null || isLine(line);
  if (!isTooLong && isReadable) return;
  const why = isTooLong ? 'a line would be too long' : 'a line would not be readable';
  throw new CliError('file-unwritable', `The record ${path} cannot be written: ${why}`);
}

/**
 * The lock is one of writers alone, and no reader's. A fleet has another, for its whole
 * run.
 */
async function lock({ path, isMachine }: LedgerPlace, signal?: AbortSignal): Promise<HeldLock> {
  const unlockable = `The record ${path} cannot be written`;
  if (isMachine) prepareOwn(path, unlockable);
  const held = (holder: string): string =>
    `${unlockable}: another process${holder} keeps it locked`;
  const release = await waitForLock(`${path}.append`, { unlockable, held }, signal);
  return { release, since: monotonicTime() };
}

function prepareOwn(path: string, sentence: string): void {
  try {
    prepareDirectory(dirname(path));
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw unwritable(sentence, cause);
  }
}

/** The open file of an appender. */
interface Writer {
  /** Writes lines under the lock. @throws {CliError} */
  write(waiting: readonly Waiting[]): Promise<readonly LedgerLine[]>;
  close(): void;
}

function createWriter({ path, isMachine, judge }: LedgerPlace, known: Knowledge): Writer {
  let file: AppendedFile | null = null;
  const close = (): void => {
    file?.close();
    file = null;
  };
  /** The file that the path names now: a merge puts another in its place. */
  const present = (): AppendedFile => {
    if (file?.look() === true) return file;
    close();
    file = openToAppend(path, isMachine ? 0o600 : 0o666, judge);
    return file;
  };
  const write = async (waiting: readonly Waiting[]): Promise<readonly LedgerLine[]> => {
    const opened = present();
    const isUnended = known.catchUp(opened);
    const lines = waiting.map((each) => known.stamp(each, opened));
    const texts = lines.map(encodeLine);
    const text = `${isUnended ? '\n' : ''}${texts.join('')}`;
    await opened.append(text);
    known.add(Buffer.byteLength(text), texts);
    return lines;
  };
  return {
    close,
    async write(waiting) {
      try {
        return await write(waiting);
      } catch (cause) {
        close();
        if (cause instanceof CliError) throw cause;
        if (!(cause instanceof Refusal) && systemReason(cause) === undefined) throw cause;
        throw unwritable(`The record ${path} cannot be written`, cause);
      }
    },
  };
}

/** An appender's knowledge of its file, between two writes. */
interface Knowledge {
  /**
   * Reads what others wrote since, and cuts half a line. Returns whether the last line
   * lacks its break. Throws the system's error. @throws {CliError} those of scanLines
   */
  catchUp(file: AppendedFile): boolean;
  /** The line to write. */
  stamp(waiting: Waiting, file: OpenFile): LedgerLine;
  /** Takes note of what was written. */
  add(bytes: number, texts: readonly string[]): void;
}

function knowledgeOf({ path }: LedgerPlace, options: AppendOptions): Knowledge {
  let base = options.mark ?? emptyMark;
  let seen = base;
  let latest = new Map<string, number>();
  const latestOf = (tenant: string, file: OpenFile): number | undefined => {
    const own = laterOf(latest.get(tenant), base.latestOf(tenant, file));
    return laterOf(own, options.latestElsewhere?.(tenant));
  };
  const note = (tenant: string, at: number): void => {
    latest.set(tenant, laterOf(latest.get(tenant), at) ?? at);
  };
  const startOver = (): void => {
    base = emptyMark;
    seen = emptyMark;
    latest = new Map();
  };
  return {
    catchUp(file) {
      if (!isAsMarked(file, seen)) startOver();
      let { lastFrom } = seen;
      const scan = scanLines(file, path, seen, ({ line, from }) => {
        note(line.tenant, Date.parse(line.at));
        lastFrom = from;
      });
      if (scan.isHalf) file.cut(scan.end);
      const hash = hashOf(file.read(lastFrom, scan.end));
      seen = { ...seen, end: scan.end, lines: scan.lines, lastFrom, hash };
      return scan.isUnended;
    },
    stamp({ facts, repeated }, file) {
      const { tenant } = facts;
      if (repeated !== null) {
        note(tenant, Date.parse(repeated.at));
        return repeated;
      }
      const moment = momentAfter(options.now().getTime(), latestOf(tenant, file));
      note(tenant, moment);
      return { ...facts, id: randomUUID(), at: new Date(moment).toISOString() };
    },
    add(bytes, texts) {
      const lastText = texts.at(-1) ?? '';
      const end = seen.end + bytes;
      seen = {
        ...seen,
        end,
        lines: seen.lines + texts.length,
        lastFrom: end - Buffer.byteLength(lastText),
        hash: hashOf(Buffer.from(lastText)),
      };
    },
  };
}
