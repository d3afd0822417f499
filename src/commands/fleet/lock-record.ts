import { dirname } from 'node:path';
import { lockFile } from '../../files/lock-file.ts';
import { requireReplaceable } from '../../files/write.ts';
import type { OpenedFleet } from './open-fleet.ts';
import { filesOfRecord } from './record-place.ts';
import { requireHeld, requireNoLink } from './trust.ts';

/**
 * Locks the record of a fleet for a whole apply, once nobody else may change it and it
 * can be written.
 * @returns a function that releases it
 * @throws {CliError} fleet-untrusted; file-unwritable, also if another apply has it
 */
export function lockRecord({ recordPath, trust }: OpenedFleet): () => void {
  for (const path of filesOfRecord(recordPath)) requireHeld(path, trust);
  requireNoLink(dirname(recordPath), trust.folder);
  const unlock = lockFile(recordPath, {
    unlockable: `The record ${recordPath} cannot be locked`,
    held: (holder) => `Another fleet apply${holder} is writing the record ${recordPath}`,
  });
  try {
    requireReplaceable(recordPath, `The record ${recordPath} cannot be written`);
  } catch (error) {
    unlock();
    throw error;
  }
  return unlock;
}
