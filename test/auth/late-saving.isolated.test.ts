import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ProfileStore } from '../../src/auth/profile.ts';
import { noProfiles } from '../../src/auth/profiles.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openStore } from './examples.ts';

/** `full`: new files find no room; `broken`: nor can the room be used that was taken. */
const disk = vi.hoisted(() => ({ state: 'good' as 'good' | 'full' | 'broken' }));
const noSpace = vi.hoisted(
  () => () =>
    Object.assign(new Error('no space'), { code: 'ENOSPC', errno: -constants.errno.ENOSPC }),
);
vi.mock('conf', async (original) => {
  const { default: Conf } = await original<typeof import('conf')>();
  return {
    default: class extends Conf {
      override set store(content: Record<string, unknown>) {
        if (disk.state !== 'good') throw noSpace();
        super.store = content;
      }
    },
  };
});
vi.mock('../../src/files/durable.ts', async (original) => {
  const { reserveRoom, ...others } = await original<typeof import('../../src/files/durable.ts')>();
  return {
    ...others,
    reserveRoom: (path: string, size: number) => {
      const room = reserveRoom(path, size);
      const use = (text: string) => {
        if (disk.state === 'broken') throw noSpace();
        room.use(text);
      };
      return { ...room, use };
    },
  };
});

let directory: string;
let store: ProfileStore;
let warnings: string[];
beforeEach(async () => {
  disk.state = 'good';
  directory = temporaryDirectory();
  warnings = [];
  store = openStore(directory, (text) => warnings.push(text));
  await store.update(() => ({ ...noProfiles, current: 'before' }));
});

const current = async () => (await store.read()).current;

/** Updates what cannot be had again on a disk that comes to be so meanwhile. */
const update = (state: typeof disk.state, irreplaceable = true) =>
  store.update(
    (profiles) => {
      disk.state = state;
      return { ...profiles, current: 'after' };
    },
    { irreplaceable },
  );

test('room is taken for what cannot be had again, and given back', async () => {
  const size = statSync(store.path).size;
  await store.update(
    (profiles) => {
      const [, , room = ''] = readdirSync(directory);
      expect([room, statSync(join(directory, room)).size]).toEqual([
        expect.stringMatching(/^config\.json\.tmp-reserved-/),
        size + 64 * 1024,
      ]);
      return profiles;
    },
    { irreplaceable: true },
  );
  expect(readdirSync(directory)).toEqual(['config.json']);
});

test('no room is taken for what can be had again', async () => {
  await store.update((profiles) => {
    expect(readdirSync(directory)).toEqual(['config.json', 'config.json.lock']);
    return profiles;
  });
});

test('where a disk is full the room that was taken is used', async () => {
  await update('full');
  expect([await current(), warnings, readdirSync(directory)]).toEqual([
    'after',
    [],
    ['config.json'],
  ]);
  const written = readFileSync(store.path, 'utf8');
  disk.state = 'good';
  await store.update((profiles) => ({ ...profiles, current: 'x' }));
  await update('good');
  expect(readFileSync(store.path, 'utf8')).toBe(written);
});

test('room is taken where there is no file yet', async () => {
  rmSync(store.path);
  await update('full');
  expect([await current(), warnings]).toEqual(['after', []]);
});

test('what can be had again fails at once', async () => {
  await expect(update('full', false)).rejects.toMatchObject({
    code: 'file-unwritable',
    message: `Cannot write ${store.path}: no space left on device`,
  });
  expect([await current(), readdirSync(directory)]).toEqual(['before', ['config.json']]);
});

test('what cannot be saved is used, and said', async () => {
  expect(await update('broken')).toMatchObject({ current: 'after' });
  expect([await current(), warnings]).toEqual([
    'before',
    [
      `The renewed session could not be saved: Cannot write ${store.path}: no space left on device; sign in again with \`mfa-cli login\``,
    ],
  ]);
  expect(readdirSync(directory)).toEqual(['config.json']);
});
