import { randomBytes } from 'node:crypto';
import { opendirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { systemCode } from '../errors/cli-error.ts';

/** Entries of a directory to look at; with more, what a killed process left there stays. */
const mostEntries = 10_000;

const name = /^\.mfa-cli-(\d{1,10})-(\d*)-[0-9a-f]{16}\.tmp$/;

/** What versions before 0.2 left says no process. */
const nameless = /^\.[0-9a-f]{16}\.tmp$/;

/** A new path beside another, for a file that takes its place once it is whole; it says whose it is. */
export function temporaryBeside(path: string): string {
  const { pid } = process;
  const unique = randomBytes(8).toString('hex');
  return join(dirname(path), `.mfa-cli-${pid}-${startOf(pid)}-${unique}.tmp`);
}

/**
 * Removes, as far as it may, what killed processes left under such names.
 * @param alone whether nobody else writes into this directory now, so that what says no process goes, too
 */
export function removeTemporaries(directory: string, alone = false): void {
  try {
    const entries = opendirSync(directory);
    try {
      for (let looked = 0; looked < mostEntries; looked++) {
        const entry = entries.readSync();
        if (entry === null) return;
        const [, pid, start = ''] = name.exec(entry.name) ?? [];
        const isLeft = pid === undefined ? alone && nameless.test(entry.name) : !isAlive(Number(pid), start);
        if (isLeft) rmSync(join(directory, entry.name), { force: true });
      }
    } finally {
      entries.closeSync();
    }
  } catch {
    // Whoever reads or writes there next tells what is wrong with it.
  }
}

/** Whether a process of this machine still runs. @param start when it began; empty where nobody knows */
export function isAlive(pid: number, start: string): boolean {
  const found = startOf(pid);
  if (start !== '' && found !== '' && start !== found) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}

/**
 * When a process began, as the system counts it: ids are used again, in containers each time. Field 22 of
 * `/proc/PID/stat` (proc(5)), after a name that may hold anything; empty on other systems.
 */
export function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
