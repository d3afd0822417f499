import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A small disk of its own, where this user may mount one. */
export function mountDisk(): string | null {
  const directory = mkdtempSync(join(tmpdir(), 'mfa-cli-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory], {
      stdio: 'ignore',
    });
    return directory;
  } catch {
    rmdirSync(directory);
    return null;
  }
}

export function unmount(disk: string): void {
  execFileSync('umount', [disk]);
  rmdirSync(disk);
}

export function fill(disk: string): void {
  try {
    for (let size = 64 * 1024; size > 0; size >>= 1)
      for (let index = 0; ; index++) {
        try {
          writeFileSync(join(disk, `full-${size}-${index}`), Buffer.alloc(size, 1), { flag: 'wx' });
        } catch {
          break;
        }
      }
  } catch {
    // Full.
  }
}

/** Whether this user may mount one. */
export function isMountable(): boolean {
  const trial = mountDisk();
  if (trial !== null) unmount(trial);
  return trial !== null;
}
