import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { openToAppend } from '../../../src/files/appended.ts';
import { lockFile, waitForLock } from '../../../src/files/lock-file.ts';
import { readOwnFile } from '../../../src/files/own-file.ts';
import { readWhole } from '../../../src/files/read.ts';
import {
  replaceFile,
  requireReplaceable,
  requireRoomFor,
  unwritable,
  writePrivateFile,
  writeSharedFile,
} from '../../../src/files/write.ts';

export type Attempts = readonly (readonly [operation: string, path: string])[];
const { signal } = new AbortController();
const words = { unlockable: 'unlockable', held: (holder: string) => `held${holder}` };
const terminal = null as never;

const operations: Readonly<Record<string, (path: string) => unknown>> = {
  'read own': (path) => readOwnFile(path),
  'read regular': async (path) =>
    Buffer.from(
      await readWhole(path, 1024, { terminal, signal, pipeTimeout: 5000, regular: true }),
    ).toString(),
  new: (path) => writePrivateFile(path, 'written', false, signal),
  'replace private': (path) => writePrivateFile(path, 'written', true, signal),
  'replace shared': (path) => writeSharedFile(path, 'written', signal),
  'replace state': (path) => {
    try {
      replaceFile(path, 'written', 0o600);
    } catch (error) {
      throw unwritable('unwritable', error);
    }
  },
  replaceable: (path) => requireReplaceable(path, 'unwritable'),
  room: (path) => requireRoomFor(path),
  append: async (path) => {
    try {
      const file = openToAppend(path, 0o666, () => {});
      await file.append('written');
      file.close();
    } catch (error) {
      throw unwritable('unwritable', error);
    }
  },
  lock: (path) => lockFile(path, words)(),
  wait: async (path) => (await waitForLock(path, words, AbortSignal.timeout(300)))(),
  'die replacing': (path) => {
    Object.assign(fs, { renameSync: die, linkSync: die });
    syncBuiltinESMExports();
    return writePrivateFile(path, 'written', true, signal);
  },
  'die creating': (path) => {
    Object.assign(fs, { linkSync: die });
    syncBuiltinESMExports();
    return writePrivateFile(path, 'written', false, signal);
  },
  'die locking': (path) => {
    Object.assign(fs, { linkSync: die });
    syncBuiltinESMExports();
    return lockFile(path, words);
  },
};

function die(): void {
  process.kill(process.pid, 'SIGKILL');
  // The signal may take its time.
  for (;;);
}

async function outcomeOf(operation: string, path: string): Promise<string> {
  try {
    const result = await operations[operation]?.(path);
    return `ok ${typeof result === 'string' ? result : ''}`.trim();
  } catch (error) {
    const { code, message } = error as { code?: string; message: string };
    return `${code ?? 'bug'}: ${message.replaceAll(path, 'PATH')}`;
  }
}

/** Does things with paths. What came of each is `ok …` with what was read, or the code and message of the error. */
export async function outcomesOf(attempts: Attempts): Promise<string[]> {
  const outcomes: string[] = [];
  for (const [operation, path] of attempts) outcomes.push(await outcomeOf(operation, path));
  return outcomes;
}

// As a program: of the attempts on its command line.
if (process.argv[1]?.endsWith('attempt.mjs'))
  process.stdout.write(JSON.stringify(await outcomesOf(JSON.parse(process.argv[2] ?? '[]'))));
