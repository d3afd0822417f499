import { randomBytes } from 'node:crypto';
import { readdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A new path beside another, for a file that takes its place once it is whole. */
export function temporaryBeside(path: string): string {
  return join(dirname(path), `.${randomBytes(8).toString('hex')}.tmp`);
}

/** Removes, as far as it may, what killed processes left under such names: for whoever alone writes there. */
export function removeTemporaries(directory: string): void {
  try {
    for (const name of readdirSync(directory))
      if (/^\.[0-9a-f]{16}\.tmp$/.test(name)) rmSync(join(directory, name), { force: true });
  } catch {
    // Whoever reads or writes there next tells what is wrong with it.
  }
}
