import { existsSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Profiles } from '../../src/auth/profile.ts';
import { noProfiles, withCurrent, withSession, withSetting } from '../../src/auth/profile-changes.ts';
import { openProfileStore } from '../../src/auth/profile-store.ts';
import { noon, sessionAt } from './examples.ts';

let parent: string;
let directory: string;
let warnings: string[];

beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'mfa-cli-store-'));
  directory = join(parent, 'a', 'mfa-cli');
  warnings = [];
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const open = (signal?: AbortSignal) =>
  openProfileStore({
    directory,
    warn: (text) => warnings.push(text),
    now: () => noon,
    ...(signal ? { signal } : {}),
  });
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

const example: Profiles = withCurrent(
  withSetting(
    withSession(noProfiles, 'acme.my.idaptive.app', sessionAt('https://acme.my.idaptive.app')),
    'a.b.c',
    'tenant',
    'https://a.b.c',
  ),
  'a.b.c',
);

describe('what is kept', () => {
  test('nothing at first, and reading makes nothing', async () => {
    expect(await open().read()).toEqual(noProfiles);
    expect(await readdir(parent)).toEqual([]);
  });

  test('comes back whole, hosts and names with dots too', async () => {
    expect(await open().update(() => example)).toEqual(example);
    expect(await open().read()).toEqual(example);
    expect(await readdir(directory)).toEqual(['config.json']);
  });

  test('an update sees what the one before it wrote', async () => {
    await open().update((profiles) => withSetting(profiles, '__proto__', 'scope', 's'));
    await open().update((profiles) => withSetting(profiles, 'constructor', 'port', '1'));
    expect(Object.entries((await open().read()).profiles)).toEqual([
      ['__proto__', { settings: { scope: 's' }, session: null, certificates: [] }],
      ['constructor', { settings: { port: '1' }, session: null, certificates: [] }],
    ]);
  });

  test('twenty updates at once all count', async () => {
    await Promise.all(
      Array.from({ length: 20 }, (_, i) =>
        open().update(async (profiles) => withSetting(profiles, `p${i}`, 'port', `${i}`)),
      ),
    );
    expect(Object.keys((await open().read()).profiles)).toHaveLength(20);
  });

  test('an update that changes nothing writes nothing', async () => {
    await open().update((profiles) => profiles);
    expect(await readdir(directory)).toEqual([]);
  });

  test('what a change throws leaves the file as it was, and the lock free', async () => {
    await open().update(() => example);
    const failed = open().update(() => {
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await open().update((profiles) => profiles)).toEqual(example);
  });

  test('members that this version does not know survive', async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(
      join(directory, 'config.json'),
      '{"later":1,"profiles":{"p":{"newer":[2],"settings":{"new-one":"x"}}}}',
    );
    await open().update((profiles) => withSetting(profiles, 'p', 'port', '1'));
    expect(JSON.parse(await readFile(join(directory, 'config.json'), 'utf8'))).toEqual({
      later: 1,
      current: null,
      profiles: {
        p: { newer: [2], settings: { 'new-one': 'x', port: '1' }, session: null, certificates: [] },
      },
    });
  });
});

describe('modes', () => {
  test('0600 in 0700, whatever the umask', async () => {
    const umask = process.umask(0);
    await open()
      .update(() => example)
      .finally(() => process.umask(umask));
    const modes = [join(parent, 'a'), directory, join(directory, 'config.json')].map(modeOf);
    expect(await Promise.all(modes)).toEqual(['700', '700', '600']);
  });

  test('a looser file and a looser directory of ours are closed on a write', async () => {
    await open().update(() => example);
    await chmod(directory, 0o755);
    await chmod(join(directory, 'config.json'), 0o644);
    await open().update((profiles) => withCurrent(profiles, 'x'));
    expect([await modeOf(directory), await modeOf(join(directory, 'config.json'))]).toEqual(['700', '600']);
  });

  test('a directory that holds other files keeps its mode', async () => {
    await mkdir(directory, { recursive: true, mode: 0o755 });
    await writeFile(join(directory, 'other'), '');
    await open().update(() => example);
    expect([await modeOf(directory), await modeOf(join(directory, 'config.json'))]).toEqual(['755', '600']);
  });
});

describe('a damaged file', () => {
  const secret = 'eyJ-a-token';
  test.each([
    ['cut off', `{"profiles":{"p":{"session":{"accessToken":"${secret}`],
    ['empty', ''],
    ['no object', '[]'],
    ['profiles of another shape', '{"profiles":[]}'],
    ['a profile of another shape', '{"profiles":{"p":"x"}}'],
    ['settings of another shape', '{"profiles":{"p":{"settings":{"port":1}}}}'],
    [
      'a session without a tenant',
      `{"profiles":{"p":{"session":{"grant":"authorization-code","accessToken":"${secret}"}}}}`,
    ],
    [
      'a session of an unknown grant',
      JSON.stringify({ profiles: { p: { session: { ...sessionAt('https://a'), grant: 'magic' } } } }),
    ],
    [
      'a session until no date',
      JSON.stringify({ profiles: { p: { session: sessionAt('https://a', { expiresAt: 'soon' }) } } }),
    ],
    ['certificates of another shape', '{"profiles":{"p":{"certificates":{}}}}'],
    ['a certificate of another shape', '{"profiles":{"p":{"certificates":[{}]}}}'],
    ['a current profile that is no name', '{"current":7}'],
  ])('%s: said, set aside whole, and gone on without', async (_, content) => {
    await mkdir(directory, { recursive: true });
    const path = join(directory, 'config.json');
    await writeFile(path, content, { mode: 0o644 });
    const aside = `${path}.broken-2030-01-01T12-00-00.000Z`;

    expect(await open().read()).toEqual(noProfiles);
    expect(await readFile(aside, 'utf8')).toBe(content);
    expect(await modeOf(aside)).toBe('600');
    expect(warnings).toEqual([
      `${path} is damaged; it was set aside as ${aside}, and its profiles and sessions are not used`,
    ]);
    expect(await readdir(directory)).toEqual(['config.json.broken-2030-01-01T12-00-00.000Z']);

    await writeFile(path, content);
    expect(await open().update(() => example)).toEqual(example);
    expect(await readFile(`${aside}~`, 'utf8')).toBe(content);
    expect(await open().read()).toEqual(example);
  });
});

describe('what cannot be read or written', () => {
  test('a directory in the file’s place', async () => {
    await mkdir(join(directory, 'config.json'), { recursive: true });
    const path = join(directory, 'config.json');
    await expect(open().read()).rejects.toMatchObject({
      code: 'file-unreadable',
      message: `Cannot read ${path}`,
    });
    await expect(open().update(() => example)).rejects.toMatchObject({ code: 'file-unreadable' });
  });

  test('a file in the directory’s place', async () => {
    await mkdir(join(parent, 'a'));
    await writeFile(directory, '');
    const path = join(directory, 'config.json');
    expect(await open().read()).toEqual(noProfiles);
    await expect(open().update(() => example)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: `Cannot write ${path}`,
    });
  });

  test.runIf(existsSync('/proc/self'))(
    'a file system that says ENOENT where nothing can be made',
    async () => {
      directory = '/proc/mfa-cli/a/b';
      await expect(open().update(() => example)).rejects.toMatchObject({
        code: 'file-unwritable',
        message: 'Cannot write /proc/mfa-cli/a/b/config.json',
      });
    },
  );

  test.runIf(process.getuid?.() !== 0)('a directory without permission, with the reason', async () => {
    await mkdir(join(parent, 'a'), { mode: 0o500 });
    await expect(open().update(() => example)).rejects.toMatchObject({
      code: 'file-unwritable',
      message: `Cannot write ${join(directory, 'config.json')}: permission denied`,
    });
  });

  test('a file that somebody edits during an update is not overwritten', async () => {
    await open().update(() => example);
    const path = join(directory, 'config.json');
    const lost = open().update(async (profiles) => {
      await writeFile(path, '{}');
      return withCurrent(profiles, 'x');
    });
    await expect(lost).rejects.toMatchObject({
      code: 'file-unwritable',
      message: `${path} was changed meanwhile`,
    });
    expect(await readFile(path, 'utf8')).toBe('{}');
  });
});

describe('the lock', () => {
  test('of a process killed long ago is taken over at once, by one of many', async () => {
    await open().update(() => noProfiles);
    const lock = join(directory, 'config.json.lock');
    await mkdir(lock);
    const hourAgo = Date.now() / 1000 - 3600;
    await utimes(lock, hourAgo, hourAgo);
    let inside = 0;
    const start = performance.now();
    await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        open().update(async (profiles) => {
          expect(++inside).toBe(1);
          await new Promise((resolve) => setTimeout(resolve, 5));
          inside--;
          return withSetting(profiles, `p${i}`, 'port', '1');
        }),
      ),
    );
    expect(performance.now() - start).toBeLessThan(4000);
    expect(Object.keys((await open().read()).profiles)).toHaveLength(12);
  });

  test('is not waited for after Ctrl-C', async () => {
    await open().update(() => example);
    await mkdir(join(directory, 'config.json.lock'));
    const controller = new AbortController();
    const waiting = open(controller.signal).update(() => noProfiles);
    setTimeout(() => controller.abort(), 100);
    await expect(waiting).rejects.toMatchObject({ code: 'interrupted' });
    expect(await open().read()).toEqual(example);
  });

  test('leaves from a killed write, with tokens in them, are removed', async () => {
    await mkdir(directory, { recursive: true });
    await writeFile(join(directory, 'config.json.tmp-1234567890abcdef'), 'secret');
    await open().update(() => example);
    expect(await readdir(directory)).toEqual(['config.json']);
  });
});
