import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ProfileStore } from '../../src/auth/profile.ts';
import { noProfiles } from '../../src/auth/profiles.ts';
import { eventually } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openStore } from './examples.ts';

/** `full`: new files find no room; `broken`: nor can the room be used that was taken. */
const disk = vi.hoisted(() => ({ state: 'good' as 'good' | 'full' | 'broken' }));
const noSpace = vi.hoisted(
  () => () => Object.assign(new Error('no space'), { code: 'ENOSPC', errno: -constants.errno.ENOSPC }),
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
let others: readonly unknown[];
beforeEach(async () => {
  disk.state = 'good';
  directory = temporaryDirectory();
  warnings = [];
  store = openStore(directory, (text) => warnings.push(text));
  await store.update(() => ({ ...noProfiles, current: 'before' }));
  others = process.listeners('exit');
});
afterEach(() => {
  for (const end of ends()) process.removeListener('exit', end);
});

/** What the store does at the end of the process. */
const ends = () => process.listeners('exit').filter((listener) => !others.includes(listener));
const endProcess = () => {
  for (const end of ends()) end(0);
};
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
const unsaved = `The renewed session is not saved yet: Cannot write {path}: no space left on device; mfa-cli keeps trying until the command ends`;
const said = () => warnings.map((warning) => warning.replace(store.path, '{path}'));

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
  expect([await current(), warnings, readdirSync(directory)]).toEqual(['after', [], ['config.json']]);
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
  expect([await current(), ends(), readdirSync(directory)]).toEqual(['before', [], ['config.json']]);
});

test('what cannot be saved is used, kept trying, and the lock is kept until then', async () => {
  expect(await update('broken')).toMatchObject({ current: 'after' });
  expect([await current(), said()]).toEqual(['before', [unsaved]]);
  expect(readdirSync(directory)).toContain('config.json.lock');
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(await current()).toBe('before');
  disk.state = 'good';
  await vi.waitUntil(async () => (await current()) === 'after', eventually);
  await vi.waitUntil(() => readdirSync(directory).length === 1, eventually);
  expect([said(), ends()]).toEqual([[unsaved], []]);
});

test('what could not be saved takes the room once that can be used again', async () => {
  await update('broken');
  disk.state = 'full';
  await vi.waitUntil(() => readdirSync(directory).length === 1, eventually);
  expect(await current()).toBe('after');
});

test('the end of the process is the last try', async () => {
  await update('broken');
  disk.state = 'good';
  endProcess();
  expect([await current(), said()]).toEqual(['after', [unsaved]]);
});

test('what the last try cannot save is lost, and said', async () => {
  await update('broken');
  endProcess();
  expect([await current(), said()]).toEqual([
    'before',
    [unsaved, 'The renewed session could not be saved: sign in again with `mfa-cli login`'],
  ]);
  disk.state = 'good';
  await vi.waitUntil(() => readdirSync(directory).length === 1, eventually);
});
