import { setImmediate } from 'node:timers/promises';
import { runInThisContext } from 'node:vm';
import { type CliError, systemCode } from '../errors/cli-error.ts';
import { endingSignals } from '../errors/entry.ts';
import type { Pace } from '../text/pace.ts';
import { monotonicTime } from './monotonic-time.ts';

export interface Bound {
  /**
   * Limits on counted work judge the file, and the time is only the last resort: it is
   * extended up to eight times if the machine, not the file, was slow.
   */
  readonly milliseconds: number;
  /** The error at the timeout. */
  readonly late: CliError;
  readonly bytes: number;
}

/** The most extensions while other programs use the processor. */
const patience = 8;
/**
 * Files this short are judged by their possible cost up front, and each piece takes less
 * time than a watchdog for it.
 */
const shortFile = 16_384;

/**
 * Ends the work on an untrusted file at the timeout or on a signal, even during
 * synchronous work. While the work waits, a timer and the signal handlers do that. A
 * piece of a long file may block the event loop. During it, signals have their default
 * effect (130 or 143 to a shell): nothing is written or locked yet. The watchdog of `vm`
 * stops JavaScript. Only a signal stops a call into OpenSSL, whose cost is judged before
 * (docs/decisions/watchdog.md).
 */
export async function bounded<T>(
  interrupt: AbortSignal,
  bound: Bound,
  work: (pace: Pace) => Promise<T>,
): Promise<T> {
  const { milliseconds, late, bytes } = bound;
  const clocks = startClocks();
  const controller = new AbortController();
  const { signal } = controller;
  const onInterrupt = (): void => controller.abort(interrupt.reason);
  interrupt.addEventListener('abort', onInterrupt);
  const onTime = (): void => {
    if (clocks.wasStarved() && clocks.elapsed() < patience * milliseconds)
      timer = setTimeout(onTime, milliseconds);
    else controller.abort(late);
  };
  let timer = setTimeout(onTime, milliseconds);
  const inOneGo: Pace['inOneGo'] = async (piece) => {
    // A pending signal reaches its handler in the next turn of the event loop; the first
    // of these may still belong to this turn.
    await setImmediate();
    await setImmediate();
    signal.throwIfAborted();
    return bytes > shortFile ? underTheSystem(() => watched(piece, bound)) : piece();
  };
  try {
    interrupt.throwIfAborted();
    return await work({ signal, inOneGo });
  } finally {
    clearTimeout(timer);
    interrupt.removeEventListener('abort', onInterrupt);
  }
}

function underTheSystem<T>(piece: () => T): T {
  const handlers = endingSignals.flatMap((signal) =>
    process.listeners(signal).map((handler) => ({ signal, handler })),
  );
  for (const { signal, handler } of handlers) process.removeListener(signal, handler);
  try {
    return piece();
  } finally {
    for (const { signal, handler } of handlers) process.on(signal, handler);
  }
}

/** The watchdog works only on a script, which sees only globals. */
const place = 'mfa-cli: the piece that is watched';

/** Runs the piece, which has no side effects, and repeats it if the machine was slow. */
function watched<T>(piece: () => T, { milliseconds, late }: Bound): T {
  const clocks = startClocks();
  for (const time of [milliseconds, patience * milliseconds]) {
    try {
      return underWatchdog(piece, time);
    } catch (error) {
      if (systemCode(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      if (!clocks.wasStarved()) throw late;
    }
  }
  throw late;
}

function underWatchdog<T>(piece: () => T, milliseconds: number): T {
  const global = globalThis as Record<string, unknown>;
  global[place] = piece;
  try {
    const timeout = Math.max(1, Math.ceil(milliseconds));
    return runInThisContext(`globalThis[${JSON.stringify(place)}]()`, {
      timeout,
      displayErrors: false,
    });
  } finally {
    delete global[place];
  }
}

function startClocks(): { elapsed(): number; wasStarved(): boolean } {
  const began = monotonicTime();
  const before = process.cpuUsage();
  const elapsed = (): number => monotonicTime() - began;
  return {
    elapsed,
    // This process got less than half a core for all its threads.
    wasStarved() {
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000 < elapsed() / 2;
    },
  };
}
