import type { Readable } from 'node:stream';

/** A stream of keys, if it is a terminal. */
type Keys = Readable & {
  readonly isTTY?: boolean;
  setRawMode?(raw: boolean): unknown;
};

const signals = [
  ['\u0003', 'SIGINT'],
  ['\u001a', 'SIGTSTP'],
  ['\u001c', 'SIGQUIT'],
] as const;
const ending = ['SIGINT', 'SIGTERM'] as const;

/**
 * Keeps keys off the screen while something there is drawn again and again. Drops what is typed, except for the keys that
 * send a signal. After a stop the keyboard stays as it is, since `bg` may have continued the program.
 * @returns gives the keyboard back
 */
export function muteKeyboard(stdin: Keys): () => void {
  const isAsked = (): boolean => stdin.listenerCount('keypress') > 0;
  // A raw console of Windows does not always come back. A question has the keyboard for itself.
  if (process.platform === 'win32' || stdin.isTTY !== true || isAsked()) return () => {};
  const release = (): void => {
    stdin.off('data', read);
    for (const signal of ending) process.off(signal, release);
    if (isAsked()) return;
    stdin.setRawMode?.(false);
    stdin.pause();
  };
  const read = (chunk: Buffer | string): void => {
    const signal = signals.find(([key]) => chunk.includes(key))?.[1];
    if (signal === undefined || isAsked()) return;
    if (signal !== 'SIGINT') release();
    // As the terminal does: a script that started this program gets it as well.
    process.kill(0, signal);
  };
  stdin.setRawMode?.(true);
  stdin.on('data', read).resume();
  // The second signal kills the process, which would leave the terminal raw.
  for (const signal of ending) process.once(signal, release);
  return release;
}
