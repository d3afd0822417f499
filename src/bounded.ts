import { setImmediate } from 'node:timers/promises';
import { Script } from 'node:vm';
import { type CliError, systemCode } from './errors.ts';
import type { Pace } from './pace.ts';

/** What bounds the reading of a file. */
export interface Bound {
  readonly milliseconds: number;
  /** What the work ends with when the time is over. */
  readonly late: CliError;
  /** How much there is to read. */
  readonly bytes: number;
}

/** What so short a file may cost is judged whatever it holds, and each piece of it takes less time than a watchdog for it. */
const shortFile = 16_384;

/**
 * Ends what a stranger's file keeps busy: when the time is over, and at once on a signal, whatever synchronous work is
 * being done.
 *
 * While the work waits for something, a timer and the handlers of the signals do that. A piece that keeps the event loop
 * lets neither run. Then the signals have the effect that the system gives them, so that the process dies of one (130 or
 * 143 to a shell); nothing has been written or locked yet that would have to be put back. And a watchdog stops the
 * JavaScript: that of `vm`, a thread that Node.js starts in 0.15 ms, and in some more where the machine is busy. A worker
 * as the watchdog, or for the whole of the work, takes 12 to 20 ms, a third of what `apns inspect` takes; and no worker
 * can end the process with an exit code. A call into OpenSSL is stopped by a signal only; what such calls may cost is
 * judged before them.
 */
export async function bounded<T>(
  interrupt: AbortSignal,
  { milliseconds, late, bytes }: Bound,
  work: (pace: Pace) => Promise<T>,
): Promise<T> {
  const end = performance.now() + milliseconds;
  const controller = new AbortController();
  const { signal } = controller;
  const onInterrupt = (): void => controller.abort(interrupt.reason);
  interrupt.addEventListener('abort', onInterrupt);
  const timer = setTimeout(() => controller.abort(late), milliseconds);
  const inOneGo: Pace['inOneGo'] = async (piece) => {
    // A signal that has come already is told to its handler, as long as there is one, in the next turn of the event loop;
    // the first of these may still be of this turn.
    await setImmediate();
    await setImmediate();
    signal.throwIfAborted();
    return underTheSystem(bytes > shortFile ? () => watched(piece, end - performance.now(), late) : piece);
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

function watched<T>(piece: () => T, milliseconds: number, late: CliError): T {
  const global = globalThis as Record<string, unknown>;
  global[place] = piece;
  try {
    const timeout = Math.max(1, Math.ceil(milliseconds));
    return script.runInThisContext({ timeout, displayErrors: false });
  } catch (error) {
    throw systemCode(error) === 'ERR_SCRIPT_EXECUTION_TIMEOUT' ? late : error;
  } finally {
    delete global[place];
  }
}
