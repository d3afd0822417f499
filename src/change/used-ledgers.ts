import { dirname, join, resolve } from 'node:path';
import * as v from 'valibot';
import { prepareDirectory } from '../auth/profile-file.ts';
import { CliError } from '../errors/cli-error.ts';
import { waitForLock } from '../files/lock-file.ts';
import { readOwnFile } from '../files/own-file.ts';
import { replaceFile, unwritable } from '../files/write.ts';
import { members, readJson } from '../text/json.ts';

const noted = members({
  version: v.literal(1),
  /** Absolute; each once, in the order of their first use. */
  ledgers: v.array(v.string()),
});

/** The most ledgers that are followed: the ones used last. */
const most = 1_000;

function fileIn(directory: string): string {
  return join(directory, 'ledgers.json');
}

/**
 * The ledgers beside the machine's that were used on it, by their paths. A damaged file
 * has none.
 * @throws {CliError} file-unreadable: others may change the file
 */
export function notedLedgers(directory: string): readonly string[] {
  const text = readOwnFile(fileIn(directory));
  return text === null ? [] : (readJson(noted, text)?.ledgers ?? []);
}

/**
 * Notes a ledger that is used, once.
 * @throws {CliError} file-unwritable, file-unreadable
 */
export async function noteLedger(directory: string, path: string): Promise<void> {
  const absolute = resolve(path);
  if (notedLedgers(directory).includes(absolute)) return;
  const file = fileIn(directory);
  const sentence = `The use of ${path} cannot be noted in ${file}`;
  try {
    prepareDirectory(dirname(file));
    const held = (holder: string): string =>
      `${sentence}: another process${holder} keeps it locked`;
    const release = await waitForLock(file, { unlockable: sentence, held });
    try {
      const others = notedLedgers(directory).filter((each) => each !== absolute);
      const ledgers = [...others, absolute].slice(-most);
      replaceFile(file, `${JSON.stringify({ version: 1, ledgers }, null, 2)}\n`, 0o600);
    } finally {
      release();
    }
  } catch (cause) {
    if (cause instanceof CliError) throw cause;
    throw unwritable(sentence, cause);
  }
}
