import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  lchownSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { temporaryBeside } from '../../src/files/temporary.ts';
import { bundlePrograms } from '../support/bundle.ts';
import { patience } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { type Attempts, outcomesOf } from './processes/attempt.ts';

const programs = temporaryDirectory();
beforeAll(async () => {
  await bundlePrograms([fileURLToPath(new URL('processes/attempt.ts', import.meta.url))], programs);
  chmodSync(programs, 0o755);
});

const self = process.getuid?.() ?? 0;
const isRoot = process.getuid?.() === 0;
const [nobody, stranger] = [65_534, 12_345];
/** Mutants are in this process alone. */
const isMutated = process.env.MUTATION_TESTS !== undefined;
/** Who attempts it: whoever runs the tests, and where that is root an ordinary user, too. */
const users = [
  ['this user', self],
  ...(isRoot && !isMutated ? [['nobody', nobody] as const] : []),
] as const;

/** A directory of that user, with `victim` in it, which is read as `precious`. */
function directoryOf(user: number): string {
  const directory = temporaryDirectory();
  const victim = join(directory, 'victim');
  writeFileSync(victim, 'precious', { mode: 0o600 });
  for (const path of [directory, victim]) if (isRoot) chownSync(path, user, user);
  return directory;
}

/** What came of each, of another user in a process of his; one that hangs or is killed says its signal. */
async function attempt(user: number, ...attempts: Attempts): Promise<string[]> {
  const dies = attempts.some(([operation]) => operation.startsWith('die'));
  if (user === self && !dies) return outcomesOf(attempts);
  const words = [join(programs, 'attempt.mjs'), JSON.stringify(attempts)];
  const { stdout, signal } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    timeout: 60_000 * patience,
    cwd: '/',
    ...(isRoot ? { uid: user, gid: user } : {}),
  });
  return signal === null ? JSON.parse(stdout) : [signal];
}

/** What an attacker puts where one of our files is to be. */
const plants: Readonly<Record<string, (path: string) => void>> = {
  'a dangling link': (path) => symlinkSync(join(dirname(path), 'nowhere'), path),
  'a named pipe': (path) => execFileSync('mkfifo', ['-m', '600', path]),
  'a link to /dev/zero': (path) => symlinkSync('/dev/zero', path),
  'a file of a stranger': (path) => {
    writeFileSync(path, 'planted', { mode: 0o644 });
    chmodSync(path, 0o644);
    chownSync(path, stranger, stranger);
  },
  'a link of a stranger': (path) => {
    symlinkSync(join(dirname(path), 'victim'), path);
    lchownSync(path, stranger, stranger);
  },
  'a link of a stranger to a device': (path) => {
    symlinkSync('/dev/null', path);
    lchownSync(path, stranger, stranger);
  },
};

const irregular = 'is not a regular file';
const interrupted = 'interrupted: Interrupted while waiting for another process';
const taken = 'file-exists: PATH already exists';
const notReplaced = (why: string) => ({
  'replace private': `file-unwritable: PATH cannot be written: ${why}`,
  'replace shared': `file-unwritable: PATH cannot be written: ${why}`,
  'replace state': `file-unwritable: unwritable: ${why}`,
});
const notReplaceable = (why: string) => ({ replaceable: `file-unwritable: unwritable: ${why}` });
const noRoom = (why: string) => ({ room: `file-unwritable: PATH cannot be written: ${why}` });
const link = 'PATH is a link of another user';
const foreign = 'it belongs to another user';
const device = {
  'read own': `file-unreadable: PATH ${irregular}`,
  'read regular': `file-unreadable: PATH ${irregular}`,
  new: taken,
  'replace state': `file-unwritable: unwritable: it ${irregular}`,
  ...notReplaceable(`it ${irregular}`),
};

const appended = (reason: string) => ({ append: `file-unwritable: unwritable: ${reason}` });

/** By what is planted: what each attempt comes to. */
const outcomes: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  'a dangling link': {
    ...{ 'read own': 'ok', 'read regular': 'file-not-found: PATH does not exist' },
    ...{ new: taken, replaceable: 'ok', ...appended('it is a link') },
  },
  'a named pipe': { ...device, ...appended(`it ${irregular}`) },
  'a link to /dev/zero': { ...device, ...appended('it is a link') },
  'a file of a stranger': {
    ...{ 'read own': 'file-unreadable: PATH belongs to another user', new: taken },
    ...{ ...notReplaced(foreign), ...notReplaceable(foreign), ...noRoom(foreign) },
  },
  'a link of a stranger': {
    ...{ new: taken, ...notReplaced(link), ...notReplaceable(link), ...noRoom(link) },
    ...appended('it is a link'),
  },
  'a link of a stranger to a device': { ...notReplaced(link), ...noRoom(link) },
};

describe.each(users)('for %s', (_name, user) => {
  describe.each(Object.keys(outcomes).filter((what) => isRoot || !what.includes('stranger')))(
    '%s',
    (what) => {
      test('is no file of ours', async () => {
        const expected = Object.entries(outcomes[what] ?? {});
        const attempts = expected.map(([operation]) => {
          const path = join(directoryOf(user), 'file');
          plants[what]?.(path);
          if (isRoot && !what.includes('stranger')) lchownSync(path, user, user);
          return [operation, path] as const;
        });
        const found = await attempt(user, ...attempts);
        expect(found.map((outcome, index) => [attempts[index]?.[0], outcome])).toEqual(expected);
        for (const [index, [, path]] of attempts.entries()) {
          expect(readFileSync(join(dirname(path), 'victim'), 'utf8')).toBe('precious');
          expect(readdirSync(dirname(path)).sort()).toEqual(['file', 'victim']);
          if (found[index]?.startsWith('file-unwritable'))
            expect(lstatSync(path).isFile()).toBe(what.startsWith('a file'));
        }
        expect(lstatSync('/dev/zero').isCharacterDevice()).toBe(true);
      });

      test('as a lock is waited for, and not followed', async () => {
        const path = join(directoryOf(user), 'file');
        plants[what]?.(`${path}.lock`);
        // However long the attempt takes to begin, it is fresh.
        const soon = Date.now() / 1000 + 3600;
        lutimesSync(`${path}.lock`, soon, soon);
        expect(await attempt(user, ['lock', path], ['wait', path])).toEqual([
          'file-unwritable: held',
          interrupted,
        ]);
        expect(readdirSync(dirname(path)).sort()).toEqual(['file.lock', 'victim']);
      });
    },
  );
});

describe.skipIf(process.platform === 'win32').each(users.filter(([, user]) => user !== 0))(
  'for %s',
  (_name, user) => {
    test('a directory that is write-protected has no room for a file', async () => {
      const directory = directoryOf(user);
      chmodSync(directory, 0o555);
      const [room, other] = await attempt(
        user,
        ['room', join(directory, 'report.json')],
        ['room', join(directory, 'victim')],
      );
      chmodSync(directory, 0o755);
      expect([room, other]).toEqual([
        'file-unwritable: PATH cannot be written: permission denied',
        'file-unwritable: PATH cannot be written: permission denied',
      ]);
      expect(await attempt(user, ['room', join(directory, 'report.json')])).toEqual(['ok']);
      expect(readdirSync(directory)).toEqual(['victim']);
    });
  },
);

describe.runIf(isRoot).each(users)('on the way, for %s', (_name, user) => {
  test('a link of his own that others may replace is not followed', async () => {
    const directory = directoryOf(user);
    const [open, theirs] = [temporaryDirectory(), temporaryDirectory()];
    chmodSync(open, 0o777);
    chmodSync(theirs, 0o1777);
    chownSync(theirs, stranger, stranger);
    for (const folder of [open, theirs]) {
      const link = join(folder, 'link');
      symlinkSync(directory, link);
      lchownSync(link, user, user);
      const found = await attempt(user, ['new', join(link, 'new')], ['append', join(link, 'new')]);
      const reason = `${link} is a link that other users may replace`;
      expect(found).toEqual([
        `file-unwritable: PATH cannot be written: ${reason}`,
        `file-unwritable: unwritable: ${reason}`,
      ]);
    }
    expect(readdirSync(directory)).toEqual(['victim']);
  });

  test.each<[string, number, number, boolean]>([
    ["a stranger's link in a folder that all may write to", 0o1777, stranger, false],
    ["a stranger's link in a folder of his own", 0o755, stranger, false],
    ['a link of his own in a sticky folder that all may write to', 0o1777, user, true],
  ])('%s', async (_case, mode, owner, leads) => {
    const directory = directoryOf(user);
    const shared = temporaryDirectory();
    chmodSync(shared, mode);
    symlinkSync(directory, join(shared, 'link'));
    lchownSync(join(shared, 'link'), owner, owner);
    const operations = ['new', 'replace private', 'replace shared', 'replace state'] as const;
    const found = await attempt(
      user,
      ...operations.map((each) => [each, join(shared, 'link', each)] as const),
    );
    const refused = expect.stringContaining(`: ${join(shared, 'link')} is a link of another user`);
    expect(found).toEqual(operations.map(() => (leads ? 'ok' : refused)));
    expect(readdirSync(directory).sort()).toEqual(
      leads ? [...operations, 'victim'].sort() : ['victim'],
    );
  });
});

test.runIf(isRoot)('a link of a stranger is followed where the user vouches for it', async () => {
  const directory = temporaryDirectory();
  mkdirSync(join(directory, 'real'));
  const link = join(directory, 'link');
  symlinkSync('real', link);
  lchownSync(link, stranger, stranger);
  const operations = [
    'new',
    'replace private',
    'replace shared',
    'replace state',
    'room',
    'append',
  ];
  const attempts = () =>
    attempt(self, ...operations.map((each) => [each, join(link, each)] as const));
  const refused = expect.stringContaining(`: ${link} is a link of another user`);
  expect(await attempts()).toEqual(operations.map(() => refused));
  vi.stubEnv('MFA_CLI_TRUST_DIR', directory);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(await attempts()).toEqual(operations.map(() => 'ok'));
  expect(readdirSync(join(directory, 'real')).sort()).toEqual(
    operations.filter((each) => each !== 'room').sort(),
  );
});

test.runIf(isRoot)('root writes in the folders of other users, as in a container', async () => {
  const directory = directoryOf(stranger);
  expect(await attempt(0, ['replace shared', join(directory, 'victim')])).toEqual(['ok']);
  expect(readFileSync(join(directory, 'victim'), 'utf8')).toBe('written');
});

describe.skipIf(isMutated).each([
  ['die replacing', 'replace private'],
  ['die creating', 'new'],
  ['die locking', 'lock'],
])('a process killed as it would %s', (death, next) => {
  test('leaves nothing that the next one does not remove', async () => {
    const [, user] = users[0];
    const directory = directoryOf(user);
    const path = join(directory, 'file');
    expect(await attempt(user, [death, path])).toEqual(['SIGKILL']);
    expect(readdirSync(directory)).toEqual([
      expect.stringMatching(/^\.mfa-cli-\d+-.*\.tmp$/),
      'victim',
    ]);
    const running = temporaryBeside(path);
    writeFileSync(running, 'of this process');
    expect(await attempt(user, [next, path])).toEqual(['ok']);
    expect(readdirSync(directory).filter((name) => name.endsWith('.tmp'))).toEqual([
      running.slice(directory.length + 1),
    ]);
  });
});
