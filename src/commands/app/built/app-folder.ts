import { setImmediate } from 'node:timers/promises';
import type { LargeFile } from '../../../files/regular-file.ts';

/** The file is no built app, or is damaged. The message completes a sentence about it. */
export class Unreadable extends Error {}

/** The files that stand right in the folder of a built app. */
export interface AppFolder {
  /**
   * The folder within the archive that was given, with a slash at its end; empty: it was
   * given itself.
   */
  readonly place: string;
  /**
   * In bytes; null: there is no such file.
   * @throws {Unreadable} it is a link that leads out
   */
  sizeOf(name: string): number | null;
  /** Throws Unreadable where they are damaged. */
  chunksOf(name: string): AsyncIterable<Buffer>;
}

/**
 * The bytes of a file, or null if there is none.
 * @throws {Unreadable} also if it has more than the limit
 */
export async function contentOf(
  folder: AppFolder,
  name: string,
  limit: number,
): Promise<Buffer | null> {
  const size = folder.sizeOf(name);
  if (size === null) return null;
  if (size > limit) throw new Unreadable(`has a ${name} of more than ${limit / 1024 / 1024} MiB`);
  const chunks: Buffer[] = [];
  for await (const chunk of folder.chunksOf(name)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

const chunkSize = 256 * 1024;

/** The bytes of a part of a file. A signal may come between two chunks. */
export async function* chunksIn(file: LargeFile, from: number, to: number): AsyncGenerator<Buffer> {
  for (let position = from; position < to; ) {
    const chunk = file.readAt(position, Math.min(chunkSize, to - position));
    if (chunk.length === 0) return;
    position += chunk.length;
    await setImmediate();
    yield chunk;
  }
}
