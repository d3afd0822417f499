import { fstatSync, linkSync, lstatSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { CliError, type FactsOf, orNull, systemCode } from '../errors/cli-error.ts';
import { type HeldTarget, holdTarget } from './held-target.ts';
import { closing, O_NOFOLLOW, O_NONBLOCK, O_RDONLY, O_RDWR } from './regular-file.ts';
import { isAlive, namespace, removeTemporaries, startOf, temporaryBeside } from './temporary.ts';
import { newFile, unwritable, withoutLinks } from './write.ts';

type UnwritableFacts = FactsOf<'file-unwritable'>;

interface LockWords {
  /** `The state file tenant.json cannot be locked`. */
  readonly unlockable: string;
  /** @param holder ` (process 42)`, or nothing if the lock does not name it */
  held(holder: string): string;
  readonly facts?: { readonly held: UnwritableFacts; readonly unlockable: UnwritableFacts };
}

/**
 * Milliseconds between two signs of life of a waited-for lock, and until a lock without
 * any expires.
 */
const refreshInterval = 1_000;
const stale = 5_000;
/**
 * The most looks, of 25 to 50 ms each: more than a minute, twice the timeout of a token
 * request.
 */
const maxLooks = 2_000;
const longest = 1024;

/**
 * Keeps a second process from using a file and overwriting the first one's changes. The
 * lock next to it names its process and machine; a lock of an ended process does not
 * count.
 * @returns a function that releases it, which also happens when the process ends
 * @throws {CliError} file-unwritable, also if another process has it
 */
export function lockFile(file: string, words: LockWords): () => void {
  const lock = `${file}.lock`;
  const taking = take(lock, { words, isPatient: false });
  if (taking.kind === 'held') throw heldError(taking.found, lock, words);
  return hold(lock);
}

/**
 * Waits for the lock of a file, and keeps it alive. If this machine cannot tell whether
 * the lock's process runs (on another machine, in another container), the lock expires
 * five seconds after its last sign of life.
 * @returns a function that releases it, which also happens when the process ends
 * @throws {CliError} interrupted, file-unwritable (also if another process keeps it for
 *   more than a minute)
 */
export async function waitForLock(
  file: string,
  words: LockWords,
  signal?: AbortSignal,
): Promise<() => void> {
  const lock = `${file}.lock`;
  for (let looks = 1; ; looks++) {
    const taking = take(lock, { words, isPatient: true });
    if (taking.kind === 'taken') return keepAlive(lock);
    if (looks === maxLooks) throw heldError(taking.found, lock, words);
    await setTimeout(25 + Math.random() * 25, undefined, signal && { signal }).catch(() => {
      throw new CliError('interrupted', 'Interrupted while waiting for another process');
    });
  }
}

function keepAlive(lock: string): () => void {
  const timer = setInterval(() => {
    withContent(lock, O_RDWR, (content, file) => {
      if (content === ownMark()) writeSync(file, content, 0);
    });
  }, refreshInterval);
  timer.unref();
  const release = hold(lock);
  return () => {
    clearInterval(timer);
    release();
  };
}

/**
 * Releases the lock if this process still has it: another process may have taken it over
 * while this one was suspended.
 */
function hold(lock: string): () => void {
  let isHeld = true;
  const release = (): void => {
    if (!isHeld) return;
    isHeld = false;
    process.removeListener('exit', release);
    // Whether or not it can be removed: that of an ended process does not count.
    orNull(() => inItsFolder(lock, removeOwn));
  };
  process.once('exit', release);
  return release;
}

function heldError({ holder }: Found, lock: string, words: LockWords): CliError {
  if (holder === null || isHere(holder)) {
    const called = holder === null ? '' : ` (process ${holder.pid})`;
    const facts = words.facts?.held ?? (holder === null ? { lock, holder: 'that process' } : {});
    return new CliError('file-unwritable', words.held(called), { facts });
  }
  const { pid, machine } = holder;
  const place = machine === hostname() ? 'this machine, in a container' : machine;
  return new CliError('file-unwritable', words.held(` (process ${pid} on another machine)`), {
    facts: { lock, holder: `process ${pid} on ${place}` },
  });
}

interface Found {
  readonly content: string | null;
  readonly holder: Holder | null;
  /** Milliseconds since 1970. */
  readonly changed: number;
}

interface TakeTerms {
  readonly words: LockWords;
  /** Whether a lock of unknown state expires with time. */
  readonly isPatient: boolean;
}

/** `taken`: this process has the lock now; `held`: another one has it. */
type Taking = { readonly kind: 'taken' } | { readonly kind: 'held'; readonly found: Found };

/**
 * Takes a lock, even from an ended process.
 * @throws {CliError} file-unwritable
 */
function take(lock: string, terms: TakeTerms): Taking {
  const { words } = terms;
  try {
    for (let attempt = 0; ; attempt++) {
      const { isAcquired, checkedAt } = acquire(lock);
      if (isAcquired) return { kind: 'taken' };
      const seen = lookAt(lock);
      if (seen === null && attempt < 3) continue;
      const found = seen ?? { content: null, holder: null, changed: checkedAt };
      const isRemoved =
        attempt === 0 && isStale(found, checkedAt, terms) && removeStale(lock, terms);
      if (!isRemoved) return { kind: 'held', found };
    }
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw unwritable(words.unlockable, cause, words.facts?.unlockable);
  }
}

/**
 * Creates a lock in one step, so that a killed process leaves none without a name; fails
 * if one exists. Throws the system's error, and a Refusal.
 */
function acquire(lock: string): Attempt {
  const target = holdTarget(lock, 'kept');
  const temporary = temporaryBeside(target.path);
  try {
    const checkedAt = writeMark(temporary, target);
    try {
      linkSync(temporary, target.path);
    } catch (error) {
      if (systemCode(error) === 'EEXIST') return { isAcquired: false, checkedAt };
      if (!withoutLinks.includes(systemCode(error) ?? '')) throw error;
      if (lookAt(lock) !== null) return { isAcquired: false, checkedAt };
      writeMark(target.path, target);
    }
    removeTemporaries(dirname(target.path));
    return { isAcquired: true, checkedAt };
  } finally {
    rmSync(temporary, { force: true });
    target.close();
  }
}

interface Attempt {
  readonly isAcquired: boolean;
  /** By the file system's clock, in milliseconds. */
  readonly checkedAt: number;
}

function writeMark(path: string, { confirm }: HeldTarget): number {
  return closing(newFile(path, 0o600), (file) => {
    confirm(file, path);
    writeSync(file, ownMark());
    return fstatSync(file).mtimeMs;
  });
}

/**
 * Removes an abandoned lock under a lock of its own: of two processes, the slower would
 * otherwise remove the new lock of the faster. False if another process is doing it.
 * Throws the system's error.
 * @throws {CliError} file-unwritable
 */
function removeStale(lock: string, terms: TakeTerms): boolean {
  const guard = `${lock}.lock`;
  if (take(guard, terms).kind === 'held') return false;
  return inItsFolder(lock, (place) => {
    const again = lookAt(place);
    const own = lookAt(`${place}.lock`);
    // Another folder may have come in the place of the one with the guard.
    if (own?.content !== ownMark()) return false;
    try {
      if (again !== null && isStale(again, own.changed, terms)) rmSync(place, { force: true });
      return true;
    } finally {
      removeOwn(`${place}.lock`);
    }
  });
}

/** The result of `use` on a lock's place in its folder, which is held meanwhile. */
function inItsFolder<T>(lock: string, use: (place: string) => T): T {
  const target = holdTarget(lock, 'kept');
  try {
    return use(target.path);
  } finally {
    target.close();
  }
}

/** Another process may have its own there by now. */
function removeOwn(place: string): void {
  if (lookAt(place)?.content === ownMark()) rmSync(place, { force: true });
}

/** Null: no lock. Opens only a regular file and follows no link. */
function lookAt(lock: string): Found | null {
  const stats = lstatSync(lock, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  const content = stats.isFile() ? withContent(lock, O_RDONLY, (text) => text) : null;
  return { content, holder: holderIn(content), changed: stats.mtimeMs };
}

/**
 * The result of `use` on an open lock and its content; null if it does not open or is not
 * a regular file.
 */
function withContent<T>(
  lock: string,
  access: number,
  use: (content: string, file: number) => T,
): T | null {
  return orNull(() =>
    closing(openSync(lock, access | O_NOFOLLOW | O_NONBLOCK), (file) => {
      if (!fstatSync(file).isFile()) return null;
      const bytes = Buffer.alloc(longest);
      return use(bytes.toString('utf8', 0, readSync(file, bytes)), file);
    }),
  );
}

/** The holder of a lock. Containers reuse process ids, so the id alone is not enough. */
interface Holder {
  readonly pid: number;
  readonly machine: string;
  /** The start time of the process in the system's units; empty: unknown. */
  readonly start: string;
  /** The namespace of the id, such as a container's; empty: the system has none. */
  readonly namespace: string;
}

function ownMark(): string {
  const { pid } = process;
  return `${pid}\n${hostname()}\n${startOf(pid)}\n${namespace()}\n`;
}

function holderIn(content: string | null): Holder | null {
  const [pid = '', machine = '', start = '', namespace = ''] = (content ?? '').trim().split('\n');
  if (!/^\d{1,10}$/.test(pid) || machine === '') return null;
  return { pid: Number(pid), machine, start, namespace };
}

/** Whether this process could see the holder's process. */
function isHere({ machine, namespace: theirs }: Holder): boolean {
  return machine === hostname() && (theirs === '' || theirs === namespace());
}

function isStale({ holder, changed }: Found, now: number, { isPatient }: TakeTerms): boolean {
  if (holder !== null && isHere(holder)) {
    if (!isAlive(holder.pid, holder.start)) return true;
    // It runs, even if it is busy or suspended.
    if (holder.start !== '' && startOf(holder.pid) !== '') return false;
  }
  return isPatient && now - changed > stale;
}
