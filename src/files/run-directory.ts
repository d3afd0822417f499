import { join } from 'node:path';
import { orNull } from '../errors/cli-error.ts';
import { entriesIn, removeDirectory } from './directory.ts';
import { Refusal } from './held-target.ts';
import { changeableByOthers } from './others.ts';
import { makePrivateDirectory } from './private-directory.ts';
import { isAlive, machine, startOf } from './temporary.ts';
import { unwritable } from './write.ts';

const maxEntries = 10_000;
/**
 * The process, its start and its machine, in few characters: a person reads and pastes
 * the path.
 */
const name = /^run-(\d{1,10})-([0-9a-z]*)-([0-9a-z]{1,7})$/;

/**
 * Makes the directory of this process, for the owner alone, for what nobody else may read
 * or change while it runs. It is removed on the signal and at every end of the process.
 * @param parent absolute; made if it is missing
 * @throws {CliError} file-unwritable: also if others could replace the directory or
 *   anything on the way to it
 */
export function makeRunDirectory(parent: string, signal: AbortSignal): string {
  const { pid } = process;
  const path = join(parent, `run-${pid}-${short(startOf(pid), 10)}-${short(machine(), 16)}`);
  try {
    makePrivateDirectory(parent);
    requirePrivate(parent);
    makePrivateDirectory(path);
    requirePrivate(path);
  } catch (cause) {
    throw unwritable(`${path} cannot be written`, cause);
  }
  const remove = (): void => {
    process.removeListener('exit', remove);
    removeDirectory(path);
  };
  process.once('exit', remove);
  signal.addEventListener('abort', remove, { once: true });
  return path;
}

function short(number: string, base: 10 | 16): string {
  return number && Number.parseInt(number, base).toString(36);
}

function long(number: string): string {
  return number && `${Number.parseInt(number, 36)}`;
}

function requirePrivate(path: string): void {
  const doubt = changeableByOthers(path);
  if (doubt !== null) throw new Refusal(doubt.sentence);
}

/**
 * Removes the directories of this machine's dead processes, where nobody else can lead
 * the removal to other files.
 */
export function removeRunDirectories(parent: string): void {
  if (changeableByOthers(parent) !== null) return;
  for (const { name: entry } of orNull(() => entriesIn(parent, maxEntries)) ?? []) {
    const [, pid, start = '', there] = name.exec(entry) ?? [];
    if (there === short(machine(), 16) && !isAlive(Number(pid), long(start)))
      removeDirectory(join(parent, entry));
  }
}
