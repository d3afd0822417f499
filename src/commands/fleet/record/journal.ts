import { CliError } from '../../../errors/cli-error.ts';
import { removeFile } from '../../../files/directory.ts';
import { createGrowingFile, type GrowingFile } from '../../../files/durable.ts';
import { unwritable } from '../../../files/write.ts';
import { membersOf, parseJson } from '../../../text/json.ts';
import { changeIn, type RecordChange } from './record.ts';

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
  removeFile(journalOf(record));
}

const version = 1;

/** Begins a journal, in place of an earlier one. @throws {CliError} file-unwritable */
export function openJournal(record: string): Journal {
  const path = journalOf(record);
  const failed = (cause: unknown): CliError => unwritable(`The record ${path} cannot be written`, cause);
  let file: GrowingFile;
  try {
    file = createGrowingFile(path);
  } catch (cause) {
    throw failed(cause);
  }
  let waiting: Waiting[] = [];
  let busy = false;
  let header = `${JSON.stringify({ version })}\n`;

  /** Whatever came while the disk was busy goes to it together: many tenants share one wait. */
  async function drain(): Promise<void> {
    busy = true;
    while (waiting.length > 0) {
      const batch = waiting;
      waiting = [];
      try {
        await file.append(header + batch.map(({ line }) => line).join(''));
        header = '';
        for (const { resolve } of batch) resolve();
      } catch (cause) {
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
    close: () => file.close(),
  };
}

interface Waiting {
  readonly line: string;
  resolve(): void;
  reject(error: CliError): void;
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
