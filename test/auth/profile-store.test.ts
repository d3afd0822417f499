import { execFileSync } from 'node:child_process';
import {
  chmod,
  chown,
  mkdir,
  readdir,
  readFile,
  stat,
  truncate,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import type { Profiles } from '../../src/auth/profile.ts';
import { noProfiles, profileNamed, withSetting } from '../../src/auth/profiles.ts';
import { patience } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { openStore, sessionAt, withSession } from './examples.ts';

let parent: string;
let directory: string;
let warnings: string[];

beforeEach(async () => {
  parent = temporaryDirectory();
  directory = join(parent, 'a', 'mfa-cli');
  warnings = [];
});

const open = (signal?: AbortSignal) =>
  openStore(directory, (text) => warnings.push(text), signal ? { signal } : {});
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

const named = withSetting(noProfiles, 'a.b.c', 'tenant', 'https://a.b.c');
const atAcme = sessionAt('https://acme.my.idaptive.app');
const example: Profiles = {
  ...withSession(named, 'acme.my.idaptive.app', atAcme),
  current: 'a.b.c',
};

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

  test('is replaced and not written into, in the terminal of a snap too', async () => {
    await open().update(() => example);
    const { ino } = await stat(join(directory, 'config.json'));
    vi.stubEnv('SNAP', '/snap/editor/1');
    onTestFinished(() => void vi.unstubAllEnvs());
    await open().update((profiles) => ({ ...profiles, current: 'default' }));
    expect(process.env.SNAP).toBe('/snap/editor/1');
    expect((await stat(join(directory, 'config.json'))).ino).not.toBe(ino);
  });

  test('is kept without a hook on signals, which would end the process before it can say what happened', async () => {
    await open().update(() => example);
    const listeners = (['SIGINT', 'SIGTERM'] as const).flatMap((signal) =>
      process.listeners(signal),
    );
    expect(listeners.map(String).filter((source) => source.includes('exit(signal)'))).toEqual([]);
  });

  test('an update sees what the one before it wrote', async () => {
    await open().update((profiles) => withSetting(profiles, '__proto__', 'scope', 's'));
    await open().update((profiles) => withSetting(profiles, 'constructor', 'port', '1'));
    expect(Object.entries((await open().read()).profiles)).toEqual([
      ['__proto__', { settings: { scope: 's' }, session: null }],
      ['constructor', { settings: { port: '1' }, session: null }],
    ]);
  });

  test('twenty updates at once all count', async () => {
    const set = (_: unknown, i: number) =>
      open().update(async (profiles) => withSetting(profiles, `p${i}`, 'port', `${i}`));
    await Promise.all(Array.from({ length: 20 }, set));
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
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const path = join(directory, 'config.json');
    const later = '{"later":1,"profiles":{"p":{"newer":[2],"settings":{"new-one":"x"}}}}';
    await writeFile(path, later, { mode: 0o600 });
    await open().update((profiles) => withSetting(profiles, 'p', 'port', '1'));
    const p = {
      newer: [2],
      settings: { 'new-one': 'x', port: '1' },
      session: null,
    };
    const kept = { later: 1, current: null, profiles: { p } };
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(kept);
  });
});

describe('modes', () => {
  // A worker thread, in which Stryker runs the tests, has no umask of its own to set.
  test.runIf(isMainThread)('0600 in 0700, whatever the umask', async () => {
    const umask = process.umask(0);
    await open()
      .update(() => example)
      .finally(() => process.umask(umask));
    const modes = [join(parent, 'a'), directory, join(directory, 'config.json')].map(modeOf);
    expect(await Promise.all(modes)).toEqual(['700', '700', '600']);
  });

  test('a looser file and a looser directory of ours are closed on a write', async () => {
    await open().update(() => example);
    await writeFile(join(directory, 'config.json.broken-x'), '');
    await chmod(directory, 0o755);
    await chmod(join(directory, 'config.json'), 0o644);
    await open().update((profiles) => ({ ...profiles, current: 'x' }));
    expect([await modeOf(directory), await modeOf(join(directory, 'config.json'))]).toEqual([
      '700',
      '600',
    ]);
  });
});

describe.skipIf(process.platform === 'win32')('a looser directory with another file', () => {
  const zeros = '0'.repeat(16);
  test.each<[string, string]>([
    ...[
      'fleets.json',
      'alerts.json',
      'ledgers.json',
      'ledger.jsonl',
      'ledger.index',
      `ledger-${zeros}.jsonl`,
      `ledger-${zeros}.index`,
      'emulator',
    ].map((name): [string, string] => [name, '700']),
    ...['ledger-x.jsonl', `ledger-${zeros}0.jsonl`, 'emulator2', 'my-config.json'].map(
      (name): [string, string] => [name, '755'],
    ),
  ])('such as %s has mode %s after a write', async (name, mode) => {
    await open().update(() => example);
    await writeFile(join(directory, name), '');
    await chmod(directory, 0o755);
    await open().update((profiles) => ({ ...profiles, current: 'x' }));
    expect(await modeOf(directory)).toBe(mode);
  });
});

test.runIf(process.getuid?.() === 0)(
  'nothing is kept in a directory of another user, whatever its mode',
  async () => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await chown(directory, 12_345, 12_345);
    for (const mode of [0o700, 0o755, 0o777]) {
      await chmod(directory, mode);
      await expect(open().update(() => example)).rejects.toMatchObject({
        code: 'file-unwritable',
        message: `${directory} belongs to another user: no session is stored there`,
        facts: { store: 'shared' },
      });
      expect([await modeOf(directory), await readdir(directory)]).toEqual([mode.toString(8), []]);
    }
  },
);

test('nothing is kept in a directory with other files that others may write', async () => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await writeFile(join(directory, 'other'), '');
  await chmod(directory, 0o770);
  await expect(open().update(() => example)).rejects.toMatchObject({
    code: 'file-unwritable',
    message: `${directory} is writable by other users: no session is stored there`,
  });
  expect(await readdir(directory)).toEqual(['other']);
});

describe('a damaged file', () => {
  const secret = 'eyJ-a-token';
  test.each([
    ['cut off', `{"profiles":{"p":{"session":{"accessToken":"${secret}`],
    ['empty', ''],
    ['deeper than anybody writes', `{"profiles":{"p":${'['.repeat(5000)}${']'.repeat(5000)}}}`],
    ['no object', '[]'],
    ['profiles of another shape', '{"profiles":[]}'],
    ['a current profile that is no name', '{"current":7}'],
  ])('%s: said, set aside whole, and gone on without', async (_, content) => {
    await mkdir(directory, { recursive: true, mode: 0o755 });
    const path = join(directory, 'config.json');
    await writeFile(path, content, { mode: 0o644 });
    const aside = `${path}.broken-2030-01-01T12-00-00.000Z`;

    expect(await open().read()).toEqual(noProfiles);
    expect(await readFile(aside, 'utf8')).toBe(content);
    expect(await modeOf(aside)).toBe('600');
    expect(warnings).toEqual([
      `${path} is damaged; it was renamed to ${aside}, and its profiles and sessions are not used`,
    ]);
    expect(await readdir(directory)).toEqual(['config.json.broken-2030-01-01T12-00-00.000Z']);

    await writeFile(path, content, { mode: 0o644 });
    expect(await open().update(() => example)).toEqual(example);
    expect(await readFile(`${aside}~`, 'utf8')).toBe(content);
    expect(await open().read()).toEqual(example);
  });
});

test('a profile that this version cannot read hides itself alone, and is kept', async () => {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'config.json');
  const good = { settings: { port: '1' }, session: null };
  const newer = { session: { ...sessionAt('https://a'), grant: 'magic' } };
  await writeFile(path, JSON.stringify({ current: 'good', profiles: { newer, good } }), {
    mode: 0o600,
  });
  const read = await open().read();
  expect([read.profiles, warnings]).toEqual([{ good }, []]);
  expect(() => profileNamed(read, 'newer')).toThrow(
    'This version of mfa-cli cannot read the profile "newer"',
  );
  await open().update((profiles) => withSetting(profiles, 'good', 'port', '2'));
  const kept = { newer, good: { ...good, settings: { port: '2' } } };
  expect(JSON.parse(await readFile(path, 'utf8')).profiles).toEqual(kept);
  const lost = open().update((profiles) => withSetting(profiles, 'newer', 'port', '2'));
  await expect(lost).rejects.toMatchObject({ code: 'file-unreadable' });
});

test.each<[string, string, number]>([
  ['a file that its group can write', 'config.json', 0o660],
  ['a file that all can write', 'config.json', 0o602],
  ['a directory that all can write', '', 0o777],
])('%s is not read', async (_case, name, mode) => {
  await open().update(() => example);
  const target = join(directory, name);
  await chmod(target, mode);
  await expect(open().read()).rejects.toMatchObject({
    code: 'file-unreadable',
    message: `${target} is writable by other users`,
    facts: { remedy: ['chmod', 'go-w', target] },
  });
});

describe('what cannot be read or written', () => {
  const path = () => join(directory, 'config.json');

  const large = () => writeFile(path(), '').then(() => truncate(path(), 32 * 1024 * 1024 + 1));
  test.each<[string, () => unknown, string]>([
    ['a directory in the file’s place', () => mkdir(path()), 'is not a regular file'],
    ['a named pipe, at once', () => execFileSync('mkfifo', [path()]), 'is not a regular file'],
    ['more than 32 MiB, at once', large, 'is larger than 32 MiB'],
  ])('%s', async (_case, place, words) => {
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await place();
    const unreadable = { code: 'file-unreadable', message: `${path()} ${words}` };
    await expect(open().read()).rejects.toMatchObject(unreadable);
    await expect(open().update(() => example)).rejects.toMatchObject(unreadable);
    expect(await readdir(directory)).toEqual(['config.json']);
  });

  test('a file in the directory’s place', async () => {
    await mkdir(join(parent, 'a'));
    await writeFile(directory, '');
    const message = `${directory} is not a directory`;
    await expect(open().read()).rejects.toMatchObject({ code: 'file-unreadable', message });
    await expect(open().update(() => example)).rejects.toMatchObject({
      code: 'file-unwritable',
      message,
    });
  });

  test('a file that somebody edits during an update is not overwritten', async () => {
    await open().update(() => example);
    const lost = open().update(async (profiles) => {
      await writeFile(path(), '{}');
      return { ...profiles, current: 'x' };
    });
    const message = `Another process changed ${path()}`;
    await expect(lost).rejects.toMatchObject({ code: 'file-unwritable', message });
    expect(await readFile(path(), 'utf8')).toBe('{}');
  });
});

describe('the lock', () => {
  test('of a process killed long ago is taken over at once, by one of many', async () => {
    await open().update(() => example);
    const lock = join(directory, 'config.json.lock');
    await writeFile(lock, '');
    const hourAgo = Date.now() / 1000 - 3600;
    await utimes(lock, hourAgo, hourAgo);
    let inside = 0;
    const start = performance.now();
    const enter = async (profiles: Profiles, name: string): Promise<Profiles> => {
      expect(++inside).toBe(1);
      await new Promise((resolve) => setTimeout(resolve, 5));
      inside--;
      return withSetting(profiles, name, 'port', '1');
    };
    const names = Array.from({ length: 12 }, (_, i) => `p${i}`);
    await Promise.all(names.map((name) => open().update((profiles) => enter(profiles, name))));
    expect(performance.now() - start).toBeLessThan(9000 * patience);
    expect(Object.keys((await open().read()).profiles)).toEqual(expect.arrayContaining(names));
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
    await mkdir(directory, { recursive: true, mode: 0o700 });
    await writeFile(join(directory, 'config.json.tmp-1234567890abcdef'), 'secret');
    await open().update(() => example);
    expect(await readdir(directory)).toEqual(['config.json']);
  });
});
