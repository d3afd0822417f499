import { closeSync, fstatSync, openSync, type Stats, statSync } from 'node:fs';
import { Refusal } from './held-target.ts';
import { isOpened } from './read.ts';
import { O_WRONLY } from './regular-file.ts';

/**
 * Whether the parent process opened it, as `/dev/stdout`: it is written to, as a shell
 * would.
 */
export function isOpenedPipe(path: string): boolean {
  return isOpened(path) && statSync(path, { throwIfNoEntry: false })?.isFile() === false;
}

/** A directory cannot be opened for writing; a named pipe waits for a reader. */
export function requireOpenable(path: string, stats: Stats): void {
  if (!stats.isFIFO()) closeSync(openSync(path, O_WRONLY));
}

/** @param target what the way led to; null: the parent process opened it */
export async function writeInto(
  path: string,
  target: Stats | null,
  content: string | Uint8Array,
  signal: AbortSignal,
): Promise<void> {
  const { open } = await import('node:fs/promises');
  // A pipe without a reader keeps a thread waiting, until the process ends.
  const interrupted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true });
  });
  const file = await Promise.race([open(path, O_WRONLY), interrupted]);
  try {
    const { dev, ino } = fstatSync(file.fd);
    if (target !== null && (dev !== target.dev || ino !== target.ino))
      throw new Refusal('another file took its place');
    await Promise.race([file.writeFile(content), interrupted]);
  } finally {
    const closed = file.close();
    // After an interrupt it waits for a write that nobody reads.
    if (!signal.aborted) await closed;
  }
}
