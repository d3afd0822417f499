import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { CliError, systemCode } from '../errors.ts';

/**
 * Keeps a second emulator from using the state file, which would overwrite the first one's. The lock names its process; a
 * lock whose process is gone does not count.
 * @returns what releases it, which also happens when the process ends
 * @throws {CliError} file-unwritable
 */
export function lockState(file: string): () => void {
  const lock = `${file}.lock`;
  const release = (): void => {
    process.removeListener('exit', release);
    rmSync(lock, { force: true });
  };
  for (let attempt = 0; ; attempt++) {
    try {
      const descriptor = openSync(lock, 'wx', 0o600);
      writeSync(descriptor, `${process.pid}\n`);
      closeSync(descriptor);
      process.once('exit', release);
      return release;
    } catch (cause) {
      if (systemCode(cause) !== 'EEXIST')
        throw new CliError('file-unwritable', `The state file ${file} cannot be locked`, { cause });
    }
    const holder = holderOf(lock);
    if (attempt > 0 || holder === null || isRunning(holder))
      throw new CliError(
        'file-unwritable',
        `Another emulator${holder === null ? '' : ` (process ${holder})`} keeps its state in ${file}: ${lock} is there`,
      );
    rmSync(lock, { force: true });
  }
}

/** The process that the lock names, or null. */
function holderOf(lock: string): number | null {
  try {
    const text = readFileSync(lock, 'utf8').trim();
    return /^\d{1,10}$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) !== 'ESRCH';
  }
}
