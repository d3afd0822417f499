import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { changeableByOthers, hostOf } from '../../src/files/others.ts';
import { bundlePrograms } from '../support/bundle.ts';
import { patience } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const programs = temporaryDirectory();
beforeAll(async () => {
  const paths = [
    new URL('processes/others.ts', import.meta.url),
    new URL('processes/replace.ts', import.meta.url),
  ].map((url) => fileURLToPath(url));
  await bundlePrograms(paths, programs);
  chmodSync(programs, 0o755);
});

const isRoot = process.getuid?.() === 0;
const stranger = 12_345;

/** A user of /etc/passwd whose group has nobody else in it. */
function lonely(): { readonly uid: number; readonly gid: number } | undefined {
  const [users, groups] = ['/etc/passwd', '/etc/group'].map((path) =>
    readFileSync(path, 'utf8')
      .split('\n')
      .map((line) => line.split(':')),
  ) as [string[][], string[][]];
  const found = users.find(
    ([, , uid, gid]) =>
      Number(uid) > 0 &&
      users.filter(([, , , other]) => other === gid).length === 1 &&
      groups.some(([, , id, members]) => id === gid && members === ''),
  );
  return found && { uid: Number(found[2]), gid: Number(found[3]) };
}

/** Who looks: whoever runs the tests, and where that is root an ordinary user, too. */
const users = [
  ['this user', process.getuid?.() ?? 0],
  ...(isRoot ? [['nobody', 65_534] as const] : []),
] as const;

/** What `user` is told of each path; another user asks in a process of its own. */
function told(
  user: number,
  group: number,
  ...paths: readonly string[]
): readonly (string | null)[] {
  const isElsewhere = user !== process.getuid?.() || paths.some((path) => !path.startsWith('/'));
  if (!isElsewhere) return paths.map((path) => changeableByOthers(path)?.sentence ?? null);
  const words = [join(programs, 'others.mjs'), JSON.stringify(paths)];
  const { stdout } = spawnSync(process.execPath, words, {
    encoding: 'utf8',
    timeout: 60_000 * patience,
    cwd: '/',
    ...(isRoot ? { uid: user, gid: group } : {}),
  });
  return JSON.parse(stdout);
}

/** `above/own/file` of that user, closed to others, in a folder of his. */
function tree(user: number, group = user) {
  const directory = realpathSync(temporaryDirectory());
  const own = join(directory, 'above', 'own');
  mkdirSync(own, { recursive: true, mode: 0o755 });
  const file = join(own, 'file');
  writeFileSync(file, '', { mode: 0o644 });
  for (const path of [directory, join(directory, 'above'), own, file])
    if (isRoot) chownSync(path, user, group);
  return { directory, above: join(directory, 'above'), own, file };
}

/**
 * What is done to a tree, step by step below the folder around all, which is DIR; the path that is asked about; and what is
 * told of it. `give` gives it to a stranger.
 */
const cases = `
nothing: ask above/own/file
by a longer way: ask above/./own//file
there and back: mkdir aside/deep; ask aside/deep/../../above/own/file
a file that is missing: ask above/own/none
a file that all may write to: chmod 646 above/own/file; ask above/own/file → DIR/above/own/file is writable by other users
its folder: chmod 777 above/own; ask above/own/file → DIR/above/own is writable by other users
its folder, with a sticky bit: chmod 1777 above/own; ask above/own/file → DIR/above/own is writable by other users
its folder, without it: chmod 1777 above/own; ask above/own/none → DIR/above/own is writable by other users
the folder above: chmod 777 above; ask above/own/file → DIR/above is writable by other users
the folder above, with a sticky bit: chmod 1777 above; ask above/own/file
a link in a sticky folder: chmod 1777 above; link above/link DIR/above/own; ask above/link/file → DIR/above is writable by other users
a link to it: link link DIR/above/own/file; ask link
a link from an open folder: mkdir open; chmod 777 open; link open/link DIR/above/own/file; ask open/link → DIR/open is writable by other users
a link into such a folder: mkdir open; chmod 777 open; touch open/file; link link open/file; ask link → DIR/open is writable by other users
a way through such a folder and back: mkdir open/deep; chmod 777 open; ask open/deep/../../above/own/file → DIR/open is writable by other users
a way back from where a link leads: chmod 777 above; mkdir aside; link aside/link DIR/above/own; ask aside/link/../own/file → DIR/above is writable by other users
links that lead to one another: link two link; link link two; ask link → The links of DIR/link form a loop`;

const foreign = `
the file: give above/own/file; ask above/own/file → DIR/above/own/file belongs to another user
its folder: give above/own; ask above/own/file → DIR/above/own belongs to another user
the folder above: give above; ask above/own/file → DIR/above belongs to another user
the folder above, with a sticky bit: give above; chmod 1777 above; ask above/own/file → DIR/above belongs to another user
a link to it: link link DIR/above/own/file; give link; ask link → DIR/link belongs to another user`;

const steps: Readonly<Record<string, (directory: string, ...words: readonly string[]) => void>> = {
  chmod: (directory, mode = '', path = '') =>
    chmodSync(join(directory, path), Number.parseInt(mode, 8)),
  give: (directory, path = '') => lchownSync(join(directory, path), stranger, stranger),
  link: (directory, path = '', to = '') =>
    symlinkSync(to.replace('DIR', directory), join(directory, path)),
  mkdir: (directory, path = '') => mkdirSync(join(directory, path), { recursive: true }),
  touch: (directory, path = '') => writeFileSync(join(directory, path), ''),
  ask: () => {},
};

describe.skipIf(process.platform === 'win32').each(users)('for %s', (_who, user) => {
  /** The lines of the cases, with what is told of a tree for each. */
  const outcomes = (some: string, finish: (directory: string) => void = () => {}) => {
    const trees = some
      .trim()
      .split('\n')
      .map((line) => {
        const [, given = '', work = ''] = /^(.*?: (.*?))(?: → .*)?$/.exec(line) ?? [];
        const { directory } = tree(user);
        const words = work.split('; ').map((step) => step.split(' '));
        for (const [step = '', ...more] of words) steps[step]?.(directory, ...more);
        finish(directory);
        // As it is named, since a way back is part of it.
        return { given, directory, path: `${directory}/${words.at(-1)?.[1]}` };
      });
    const found = told(user, user, ...trees.map(({ path }) => path));
    return trees.map(({ given, directory }, index) => {
      const sentence = found[index]?.replaceAll(directory, 'DIR');
      return sentence === undefined ? given : `${given} → ${sentence}`;
    });
  };

  test('nobody else may write to the file, to a folder on the way, or to one that a link leads through', () => {
    const own = (directory: string): void => {
      if (isRoot) execFileSync('chown', ['-hR', `${user}:${user}`, directory]);
    };
    expect(outcomes(cases, own)).toEqual(cases.trim().split('\n'));
  });

  test.skipIf(!isRoot)('nothing on the way belongs to a stranger', () => {
    expect(outcomes(foreign)).toEqual(foreign.trim().split('\n'));
  });

  test('a relative path is one from the working directory, which is looked at, too', () => {
    expect(told(user, user, 'etc/passwd', 'etc/../etc/passwd')).toEqual([null, null]);
  });
});

describe.skipIf(process.platform === 'win32')('what was opened', () => {
  test('is what is looked at, and not what took its place', () => {
    const { own, file } = tree(process.getuid?.() ?? 0);
    const opened = statSync(file);
    expect(changeableByOthers(file, opened)).toBeNull();
    // Its number on another file system is that of another file.
    const elsewhere = Object.assign(statSync(file), { dev: opened.dev + 1 });
    expect(changeableByOthers(file, elsewhere)).not.toBeNull();
    renameSync(file, join(own, 'before'));
    writeFileSync(file, '');
    expect(changeableByOthers(file, opened)?.sentence).toBe(
      `${file} was replaced while it was read`,
    );
    renameSync(file, join(own, 'after'));
    expect(changeableByOthers(file, opened)?.sentence).toBe(`${file} is a pipe, or was removed`);
  });

  test('is told with what mends it', () => {
    const { own, file } = tree(process.getuid?.() ?? 0);
    chmodSync(own, 0o777);
    expect(changeableByOthers(file)?.remedy).toEqual(['chmod', 'go-w', own]);
  });
});

const user = lonely();
test.skipIf(!isRoot || user === undefined)(
  'a group whose only member is the user is nobody else',
  () => {
    const { uid = 0, gid = 0 } = user ?? {};
    const [alone, shared] = [tree(uid, gid), tree(uid, 65_534)];
    for (const { own, file } of [alone, shared])
      for (const path of [own, file]) chmodSync(path, 0o775);
    expect(told(uid, gid, alone.file, shared.file)).toEqual([
      null,
      `${shared.own} is writable by other users`,
    ]);
    chmodSync(shared.own, 0o755);
    expect(told(uid, gid, shared.file)).toEqual([`${shared.file} is writable by other users`]);
  },
);

test.skipIf(!isRoot)(
  'root does not trust the file of another user, nor a user what root lets others write',
  () => {
    const at = tree(65_534);
    expect(told(0, 0, at.file)).toEqual([`${at.directory} belongs to another user`]);
    const ofRoot = tree(0);
    expect(told(65_534, 65_534, ofRoot.file)).toEqual([
      `${ofRoot.file} cannot be checked: permission denied`,
    ]);
    chmodSync(ofRoot.directory, 0o755);
    expect(told(65_534, 65_534, ofRoot.file)).toEqual([null]);
  },
);

/** Folders, links and a file in every combination of owners and modes, with the entries that lead to the file. */
function* everyTree(): Generator<{ path: string; file: string; entries: readonly string[] }> {
  const all = realpathSync(temporaryDirectory());
  chmodSync(all, 0o755);
  const foreigner = [0o755, stranger] as const;
  const folders = [[0o755, 0], [0o777, 0], [0o1777, 0], foreigner] as const;
  const files = [[0o644, 0], [0o666, 0], foreigner] as const;
  let number = 0;
  for (const above of folders)
    for (const own of folders)
      for (const file of files)
        for (const [way, linker] of [
          ['direct', 0],
          ['folder link', 0],
          ['folder link', stranger],
          ['file link', 0],
          ['file link', stranger],
        ] as const) {
          const top = join(all, `${number++}`);
          const [outer, inner] = [join(top, 'above'), join(top, 'above', 'own')];
          const real = join(inner, 'file');
          const link = join(outer, way === 'file link' ? 'file-link' : 'folder-link');
          mkdirSync(inner, { recursive: true });
          writeFileSync(real, 'precious');
          if (way !== 'direct') {
            symlinkSync(way === 'file link' ? real : inner, link);
            lchownSync(link, linker, linker);
          }
          for (const [at, [mode, owner]] of [
            [outer, above],
            [inner, own],
            [real, file],
          ] as const) {
            chownSync(at, owner, owner);
            chmodSync(at, mode);
          }
          const path = { direct: real, 'file link': link, 'folder link': join(link, 'file') }[way];
          yield {
            path,
            file: real,
            entries: way === 'direct' ? [outer, inner] : [outer, inner, link],
          };
        }
}

test.skipIf(!isRoot)('whatever is said to be safe, no neighbour can change', () => {
  const trees = [...everyTree()];
  const safe = told(0, 0, ...trees.map(({ path }) => path)).map((doubt) => doubt === null);
  execFileSync(process.execPath, [join(programs, 'replace.mjs')], {
    input: JSON.stringify(trees),
    uid: stranger,
    gid: stranger,
    cwd: '/',
  });
  const read = (path: string): string => {
    try {
      return readFileSync(path, 'utf8');
    } catch {
      return 'gone';
    }
  };
  const changed = trees.map(
    ({ path, file }) => read(path) !== 'precious' || existsSync(join(dirname(file), 'beside')),
  );
  expect(trees.filter((_, index) => safe[index] && changed[index])).toEqual([]);
  // Straight on, with a sticky folder above, and by either link of root.
  const count = (wanted: (index: number) => boolean) =>
    trees.filter((_, index) => wanted(index)).length;
  expect(count((index) => safe[index] === true)).toBe(4);
  expect(count((index) => changed[index] === true)).toBeGreaterThan(100);
});

/**
 * A secret `mount/..data/key`, as Kubernetes mounts it: `key` and `..data` are links in a sticky folder. Then who does what to
 * it, and what the user is told. The owner of it all is root, and `OWNER` another user.
 */
const secrets = `
as it is mounted:
of another user as a whole: chown OWNER mount mount/..data mount/key mount/..v1 mount/..v1/key
a file of another user: chown OWNER mount/..v1/key
a file of another user in the user’s own folder: chown OWNER mount/..v1/key; chown USER mount/..v1
a file that all may write to: chmod 666 mount/..v1/key → DIR/mount/..v1/key is writable by other users
a folder that all may write to: chmod 777 mount/..v1 → DIR/mount/..v1 is writable by other users
the folder of the links, without its sticky bit: chmod 777 mount → DIR/mount is writable by other users
a sticky folder: chmod 1777 mount/..v1
a sticky folder of another user: chown OWNER mount → DIR/mount belongs to another user
a link of another user: chown OWNER mount/..data → DIR/mount/..data belongs to another user
a link of the owner: chown OWNER mount/..data; chown OWNER mount/..v1/key
a folder of another user: chown OWNER mount/..v1 → DIR/mount/..v1 belongs to another user
a file of another user behind a link of a third: chown OWNER mount/..v1/key; chown THIRD mount/key → DIR/mount/key belongs to another user`;

test.skipIf(!isRoot)('a secret may be changed by the user, root and its owner alone', () => {
  const [user, owner, third] = [65_534, stranger, stranger + 1];
  const people: Readonly<Record<string, number>> = { USER: user, OWNER: owner, THIRD: third };
  const lines = secrets.trim().split('\n');
  const trees = lines.map((line) => {
    const directory = realpathSync(temporaryDirectory());
    chmodSync(directory, 0o755);
    const at = (name: string): string => join(directory, name);
    mkdirSync(at('mount'));
    mkdirSync(at('mount/..v1'));
    writeFileSync(at('mount/..v1/key'), 'secret');
    chmodSync(at('mount'), 0o1777);
    symlinkSync('..v1', at('mount/..data'));
    symlinkSync('..data/key', at('mount/key'));
    const [, work = ''] = /^.*?:(.*?)(?: → .*)?$/.exec(line) ?? [];
    for (const step of work.split(';').map((each) => each.trim().split(' '))) {
      const [verb, value = '', ...names] = step;
      for (const name of names)
        if (verb === 'chmod') chmodSync(at(name), Number.parseInt(value, 8));
        else lchownSync(at(name), people[value] ?? 0, people[value] ?? 0);
    }
    return directory;
  });
  const found = told(user, user, ...trees.map((directory) => `secret ${directory}/mount/key`));
  const outcomes = lines.map((line, index) => {
    const sentence = found[index]?.replaceAll(trees[index] ?? '', 'DIR');
    return `${line.replace(/ → .*/, '')}${sentence === undefined ? '' : ` → ${sentence}`}`;
  });
  expect(outcomes).toEqual(lines);
});

describe.skipIf(process.platform === 'win32')('MFA_CLI_TRUST_DIR', () => {
  test('answers for a directory and what is in it, not for one whose name begins so', () => {
    const folder = realpathSync(temporaryDirectory());
    const [own, open] = [join(folder, 'ci'), join(folder, 'ci-public')];
    for (const each of [own, open]) {
      mkdirSync(join(each, 'below'), { recursive: true });
      writeFileSync(join(each, 'below', 'file'), '');
      chmodSync(each, 0o777);
    }
    const areDoubted = (trusted: string) => {
      vi.stubEnv('MFA_CLI_TRUST_DIR', trusted);
      return [own, open].map((each) => changeableByOthers(join(each, 'below', 'file')) !== null);
    };
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(areDoubted('')).toEqual([true, true]);
    expect(areDoubted(own)).toEqual([false, true]);
    expect(areDoubted(`/nowhere:${open}`)).toEqual([true, false]);
    expect(areDoubted('ci')).toEqual([true, true]);
  });

  test.runIf(isRoot)('makes root nobody’s guest there', () => {
    const folder = realpathSync(temporaryDirectory());
    const [home, above] = [join(folder, 'host', 'home'), join(folder, 'host')];
    mkdirSync(join(home, 'cfg'), { recursive: true });
    for (const each of [home, above]) chownSync(each, stranger, stranger);
    const path = join(home, 'cfg', 'file');
    const hostBy = (trusted: string) => {
      vi.stubEnv('MFA_CLI_TRUST_DIR', trusted);
      return hostOf(path);
    };
    onTestFinished(() => void vi.unstubAllEnvs());
    expect(hostBy('')).toBe(stranger);
    expect(hostBy(above)).toBeNull();
    // What is above the place is not vouched for.
    expect(hostBy(home)).toBe(stranger);
  });
});
