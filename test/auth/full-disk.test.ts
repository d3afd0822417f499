import { readdirSync, statSync } from 'node:fs';
import { expect, onTestFinished, test } from 'vitest';
import { noProfiles, profileNamed } from '../../src/auth/profiles.ts';
import { fill, isMountable, mountDisk, unmount } from '../support/small-disk.ts';
import { openStore, sessionAt, withSession } from './examples.ts';

test.runIf(isMountable())(
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
