import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { noProfiles, profileNamed } from '../../src/auth/profiles.ts';
import { eventually } from '../support/patience.ts';
import { openStore, openStored, sessionAt, withSession } from './examples.ts';
import { startScriptedTenant } from './scripted-tenant.ts';

/** A small disk of its own, where this user may mount one. */
function mountDisk(): string | null {
  const directory = mkdtempSync(join(tmpdir(), 'mfa-cli-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory], { stdio: 'ignore' });
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

function remount(disk: string, mode: 'ro' | 'rw'): void {
  execFileSync('mount', ['-o', `remount,${mode}`, disk]);
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

function empty(disk: string): void {
  for (const name of readdirSync(disk)) if (name.startsWith('full-')) rmSync(join(disk, name));
}

/** A store on a disk of its own, with an expired session at a tenant. */
async function expiredSession() {
  const disk = mountDisk() ?? '';
  onTestFinished(() => unmount(disk));
  const tenant = await startScriptedTenant();
  onTestFinished(() => tenant.close());
  const warnings: string[] = [];
  const store = openStore(disk, (text) => warnings.push(text));
  await store.update(() => withSession(noProfiles, 'default', sessionAt(tenant.url)));
  const open = () => openStored(tenant.url, store);
  const kept = async () => {
    const { session } = profileNamed(await store.read(), 'default');
    return session === null ? null : (await store.reveal(session))?.refreshToken;
  };
  return { disk, tenant, store, warnings, open, kept };
}

const onDisk = test.runIf(trial !== null);

onDisk('a full disk is noticed before the refresh token is used up', async () => {
  const { disk, tenant, open, kept } = await expiredSession();
  fill(disk);
  await expect(open()).rejects.toMatchObject({
    code: 'file-unwritable',
    message: `Cannot lock ${join(disk, 'config.json')}: no space left on device`,
  });
  expect([tenant.forms, await kept()]).toEqual([[], 'refresh-0']);
  empty(disk);
  await open();
  expect([tenant.forms.length, await kept()]).toEqual([1, 'refresh-1']);
});

onDisk('a disk that is filled meanwhile has the room that was taken', async () => {
  const { disk, store, warnings, kept } = await expiredSession();
  const change = (profiles: Parameters<typeof withSession>[0]) => {
    fill(disk);
    return withSession(profiles, 'default', sessionAt('https://acme', { refreshToken: 'refresh-1' }));
  };
  await store.update(change, { irreplaceable: true });
  expect([await kept(), warnings]).toEqual(['refresh-1', []]);
  expect((statSync(store.path).mode & 0o777).toString(8)).toBe('600');
  expect(readdirSync(disk).filter((name) => !name.startsWith('full-'))).toEqual(['config.json']);
});

onDisk('a session that cannot be written is used, said, and written as soon as it can be', async () => {
  const { disk, store, warnings, kept } = await expiredSession();
  const change = (profiles: Parameters<typeof withSession>[0]) => {
    remount(disk, 'ro');
    return withSession(profiles, 'default', sessionAt('https://acme', { refreshToken: 'refresh-1' }));
  };
  const after = await store.update(change, { irreplaceable: true });
  expect(profileNamed(after, 'default').session).toMatchObject({ refreshToken: 'refresh-1' });
  expect(await kept()).toBe('refresh-0');
  expect(warnings).toEqual([
    expect.stringMatching(/^The renewed session is not saved yet: Cannot write .*read-only file system; /),
  ]);
  remount(disk, 'rw');
  await vi.waitUntil(async () => (await kept()) === 'refresh-1', eventually);
  // The lock was kept until then, and is free now.
  await store.update((profiles) => ({ ...profiles, current: 'x' }));
});
