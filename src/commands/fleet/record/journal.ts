import { closeSync, fdatasync, ftruncateSync, openSync, rmSync, write } from 'node:fs';
import { promisify } from 'node:util';
import { CliError } from '../../../errors/cli-error.ts';
import { unwritable } from '../../../files/unwritable.ts';
import { membersOf, parseJson } from '../../../text/json.ts';
import { changeIn, type RecordChange } from './record.ts';

// node:fs/promises has them too, but takes longer to load.
const [writeChunk, syncData] = [promisify(write), promisify(fdatasync)];

/**
 * What an `apply` did since the record was written: one line a change, appended, so that each costs the same however large
 * the fleet is. It is taken into the record at the end, or by the next `apply`.
 */
export interface Journal {
  /** Resolves once the change survives the end of the process, and of the machine. @throws {CliError} file-unwritable */
  append(change: RecordChange): Promise<void>;
  close(): void;
}

/** Beside the record. */
export function journalOf(record: string): string {
  return `${record}.journal`;
}

export function removeJournal(record: string): void {
  rmSync(journalOf(record), { force: true });
}

const version = 1;

/** Begins a journal, in place of an earlier one. @throws {CliError} file-unwritable */
export function openJournal(record: string): Journal {
  const path = journalOf(record);
  const failed = (cause: unknown): CliError => unwritable(`The record ${path} cannot be written`, cause);
  let file: number;
  try {
    file = openSync(path, 'w', 0o666);
  } catch (cause) {
    throw failed(cause);
  }
  let waiting: Waiting[] = [];
  let busy = false;
  let end = 0;
  let header = `${JSON.stringify({ version })}\n`;

  /** Whatever came while the disk was busy goes to it together: many tenants share one wait. */
  async function drain(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        const bytes = Buffer.from(header + batch.map(({ line }) => line).join(''));
        for (let written = 0; written < bytes.length; ) {
          const { bytesWritten } = await writeChunk(
            file,
            bytes,
            written,
            bytes.length - written,
            end + written,
          );
          written += bytesWritten;
        }
        await syncData(file);
        end += bytes.length;
        header = '';
        for (const { resolve } of batch) resolve();
      } catch (cause) {
        cutTo(file, end);
        for (const { reject } of batch) reject(failed(cause));
      }
    }
    busy = false;
  }

  return {
    append: (change) =>
      new Promise((resolve, reject) => {
        waiting.push({ line: `${JSON.stringify(change)}\n`, resolve, reject });
        if (!busy) void drain();
      }),
    close: () => closeSync(file),
  };
}

interface Waiting {
  readonly line: string;
  resolve(): void;
  reject(error: CliError): void;
}

/** Takes back half a line, which a full disk leaves. */
function cutTo(file: number, length: number): void {
  try {
    ftruncateSync(file, length);
  } catch {
    // Then the half line stays the last one, or the next write covers it.
  }
}

/**
 * The changes in the text of a journal, in order. A process that is killed may leave half a line at the end, which is
 * passed over: nothing was sent for it. @throws {CliError} file-unreadable
 */
export function journaled(text: string, path: string): readonly RecordChange[] {
  const [first, ...lines] = text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .slice(0, -1);
  if (first === undefined) return [];
  const { version: found } = membersOf(parseJson(first)) ?? {};
  if (typeof found === 'number' && found > version)
    throw new CliError('file-unreadable', `${path} was written by a newer mfa-cli`);
  if (found !== version)
    throw new CliError('file-unreadable', `${path} is not the journal of a fleet's record`);
  return lines.map((line, index) => {
    const change = changeIn(parseJson(line));
    if (change === null) throw new CliError('file-unreadable', `${path} is broken in line ${index + 2}`);
    return change;
  });
}
