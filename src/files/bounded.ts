import { setImmediate } from 'node:timers/promises';
import { Script } from 'node:vm';
import { type CliError, systemCode } from '../errors/cli-error.ts';
import type { Pace } from '../text/pace.ts';

/** What bounds the reading of a file. */
export interface Bound {
  readonly milliseconds: number;
  /**
   * Whether a user gave that time: then it is wall clock. Otherwise limits on counted work judge the file, and the time is
   * the last resort behind them: it is extended, up to eight times, where the machine was slow and not the file.
   */
  readonly given: boolean;
  /** The error that ends the work when time is up. */
  readonly late: CliError;
  /** How much there is to read. */
  readonly bytes: number;
}

/** How many times as long the work may take where other programs keep the processor. */
const patience = 8;
/** A file this short is judged by its possible cost up front, and each piece takes less time than a watchdog for it. */
const shortFile = 16_384;

/**
 * Ends the work on a stranger's file when time is up, and at once on a signal, whatever synchronous work is running. A timer
 * and the signal handlers do that while the work waits. During a piece that blocks the event loop signals have their default
 * effect (130 or 143 to a shell), since nothing has been written or locked yet, and the watchdog of `vm` stops the
 * JavaScript. Only a signal stops a call into OpenSSL, whose cost is judged before (docs/decisions/watchdog.md).
 */
export async function bounded<T>(
  interrupt: AbortSignal,
  bound: Bound,
  work: (pace: Pace) => Promise<T>,
): Promise<T> {
  const { milliseconds, given, late, bytes } = bound;
  const clocks = startClocks();
  const controller = new AbortController();
  const { signal } = controller;
  const onInterrupt = (): void => controller.abort(interrupt.reason);
  interrupt.addEventListener('abort', onInterrupt);
  const onTime = (): void => {
    if (!given && clocks.wasStarved() && clocks.elapsed() < patience * milliseconds)
      timer = setTimeout(onTime, milliseconds);
    else controller.abort(late);
  };
  let timer = setTimeout(onTime, milliseconds);
  const inOneGo: Pace['inOneGo'] = async (piece) => {
    // A signal that has come already is told to its handler, as long as there is one, in the next turn of the event loop;
    // the first of these may still be of this turn.
    await setImmediate();
    await setImmediate();
    signal.throwIfAborted();
    const left = given ? milliseconds - clocks.elapsed() : milliseconds;
    // A timer need not have fired yet, as in Bun.
    if (left <= 0) throw late;
    return underTheSystem(bytes > shortFile ? () => watched(piece, { ...bound, milliseconds: left }) : piece);
  };
  try {
    interrupt.throwIfAborted();
    return await work({ signal, inOneGo });
  } finally {
    clearTimeout(timer);
    interrupt.removeEventListener('abort', onInterrupt);
  }
}

/** Does the piece while the signals have no handlers. */
function underTheSystem<T>(piece: () => T): T {
  const handlers = (['SIGINT', 'SIGTERM'] as const).flatMap((signal) =>
    process.listeners(signal).map((handler) => ({ signal, handler })),
  );
  for (const { signal, handler } of handlers) process.removeListener(signal, handler);
  try {
    return piece();
  } finally {
    for (const { signal, handler } of handlers) process.on(signal, handler);
  }
}

/** Only a script is watched, and it sees nothing but what is global. */
const place = 'mfa-cli: the piece that is watched';
const script = new Script(`globalThis[${JSON.stringify(place)}]()`);

/** Does the piece, which changes nothing outside of itself: where the machine was slow, it is done once more. */
function watched<T>(piece: () => T, { milliseconds, given, late }: Bound): T {
  const clocks = startClocks();
  for (const time of [milliseconds, patience * milliseconds]) {
    try {
      return underWatchdog(piece, time);
    } catch (error) {
      if (systemCode(error) !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      if (given || !clocks.wasStarved()) throw late;
    }
  }
  throw late;
}

function underWatchdog<T>(piece: () => T, milliseconds: number): T {
  const global = globalThis as Record<string, unknown>;
  global[place] = piece;
  try {
    const timeout = Math.max(1, Math.ceil(milliseconds));
    return script.runInThisContext({ timeout, displayErrors: false });
  } finally {
    delete global[place];
  }
}

/** Wall clock and processor time from now on. */
function startClocks(): { elapsed(): number; wasStarved(): boolean } {
  const began = now();
  const before = process.cpuUsage();
  const elapsed = (): number => now() - began;
  return {
    elapsed,
    // All threads of this process together had less than half of one core.
    wasStarved() {
      const { user, system } = process.cpuUsage(before);
      return (user + system) / 1000 < elapsed() / 2;
    },
  };
}

/** Milliseconds of a clock that nobody sets. `performance` would be loaded for it, which takes some of them. */
function now(): number {
  return process.uptime() * 1000;
}
