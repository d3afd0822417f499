import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmdirSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { noProfiles, profileNamed } from '../../src/auth/profiles.ts';
import { openStore, sessionAt, withSession } from './examples.ts';

/** A small disk of its own, where this user may mount one. */
function mountDisk(): string | null {
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

const trial = mountDisk();
if (trial !== null) unmount(trial);

function unmount(disk: string): void {
  execFileSync('umount', [disk]);
  rmdirSync(disk);
}

function fill(disk: string): void {
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

test.runIf(trial !== null)(
  'a disk that is filled meanwhile has the room that was taken',
  async () => {
    const disk = mountDisk() ?? '';
    onTestFinished(() => unmount(disk));
    const store = openStore(disk, expect.fail);
    await store.update(() => withSession(noProfiles, 'default', sessionAt('https://acme')));
    const change = (profiles: Parameters<typeof withSession>[0]) => {
      fill(disk);
      return withSession(
        profiles,
        'default',
        sessionAt('https://acme', { refreshToken: 'refresh-1' }),
      );
    };
    await store.update(change, { irreplaceable: true });
    const { session } = profileNamed(await store.read(), 'default');
    expect(session).toMatchObject({ refreshToken: 'refresh-1' });
    expect((statSync(store.path).mode & 0o777).toString(8)).toBe('600');
    expect(readdirSync(disk).filter((name) => !name.startsWith('full-'))).toEqual(['config.json']);
  },
);
