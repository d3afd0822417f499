import { dirname, join } from 'node:path';
import * as v from 'valibot';
import { prepareDirectory } from '../../auth/profile-file.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { isThere, realPathOf } from '../../files/directory.ts';
import { waitForLock } from '../../files/lock-file.ts';
import { readOwnFile } from '../../files/own-file.ts';
import { replaceFile, unwritable } from '../../files/write.ts';
import { manyTenants, type ReadBy, readJson } from '../../text/json.ts';
import { source } from './confirmed-words.ts';

/** The sources that the user confirmed in a fleet file, and the folder of it then. */
const agreement = v.object({ directory: v.string(), sources: v.array(source) });
export type Agreement = ReadBy<typeof agreement>;

/** The agreements by the real path of the fleet file. */
const store = v.object({
  version: v.literal(1),
  fleets: v.record(v.string(), agreement),
});

/** Next to the profiles. */
async function storePathOf(context: Context): Promise<string> {
  return join(dirname((await context.profiles()).path), 'fleets.json');
}

/**
 * A damaged store is dropped, and the user is asked again.
 * @throws {CliError} file-unreadable
 */
function readStore(path: string): Readonly<Record<string, Agreement | undefined>> {
  const text = readOwnFile(path);
  return text === null ? {} : (readJson(store, text, manyTenants)?.fleets ?? {});
}

/**
 * The agreement about a fleet file; null: the user confirmed nothing.
 * @throws {CliError} file-unreadable
 */
export async function readAgreement(file: string, context: Context): Promise<Agreement | null> {
  const agreements = readStore(await storePathOf(context));
  return agreements[realPathOf(file)] ?? null;
}

/**
 * Saves what the user confirmed. If that fails, the user is asked later.
 * @throws {CliError} interrupted
 */
export async function saveAgreement(
  fleetFile: string,
  given: Agreement,
  context: Context,
): Promise<void> {
  const path = realPathOf(fleetFile);
  const file = await storePathOf(context);
  const sentence = `The trust in ${path} cannot be saved in ${file}`;
  try {
    prepareDirectory(dirname(file));
    const release = await waitForLock(
      file,
      {
        unlockable: sentence,
        held: (holder) => `${sentence}: another process${holder} keeps it locked`,
      },
      context.signal,
    );
    try {
      const others = Object.entries(readStore(file)).filter(([other]) => isThere(other));
      const fleets = { ...Object.fromEntries(others), [path]: given };
      replaceFile(file, `${JSON.stringify({ version: 1, fleets })}\n`, 0o600);
    } finally {
      release();
    }
  } catch (error) {
    if (error instanceof CliError && error.code === 'interrupted') throw error;
    context.terminal.warn(
      error instanceof CliError ? error.message : unwritable(sentence, error).message,
    );
  }
}
