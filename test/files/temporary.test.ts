import {
  chownSync,
  existsSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import {
  isAlive,
  namespace,
  removeTemporaries,
  startOf,
  temporaryBeside,
} from '../../src/files/temporary.ts';
import { expectNothingOpen } from '../support/open-files.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const isRoot = process.getuid?.() === 0;
const [, , , , here = ''] =
  /^\.(mfa)-(cli)-(\d+)-\d*-([0-9a-f]{8})-/.exec(basename(temporaryBeside('x'))) ?? [];
/** No process has this id, and one of this machine that began then. */
const gone = '4194305';
const nameOf = (machine: string, { pid = gone, start = '1', unique = '0'.repeat(16) } = {}) =>
  `.mfa-cli-${pid}-${start}-${machine}-${unique}.tmp`;

let directory: string;
beforeEach(() => {
  directory = temporaryDirectory();
});

/** Whether a file of that name stays. */
function stays(name: string, age = 0): boolean {
  const path = join(directory, name);
  writeFileSync(path, 'left');
  const then = Date.now() / 1000 - age;
  utimesSync(path, then, then);
  // By the directory's own time: it changed last when something was made in it.
  const now = Date.now() / 1000;
  utimesSync(directory, now, now);
  removeTemporaries(directory);
  return existsSync(path);
}

const { pid } = process;
const own = basename(temporaryBeside('x'));
const hour = 3600;
const unknown = { pid: `${pid}`, start: '' };
test.each<[string, string, boolean, age?: number]>([
  ['of a process that is gone goes', nameOf(here), false],
  ['of one that runs stays', own, true],
  ['of one that runs stays, however old', own, true, 2 * hour],
  ['of one that had the same id goes', nameOf(here, { pid: `${pid}` }), startOf(pid) === ''],
  ['of one whose start nobody knew, with an id that runs, stays', nameOf(here, unknown), true],
  ['of one whose start nobody knew, with no such id, goes', nameOf(here, { start: '' }), false],
  ['of another machine stays while somebody may write it', nameOf('00000000'), true, hour - 60],
  ['of another machine goes an hour later', nameOf('00000000'), false, hour + 1],
  ['that says less stays', '.mfa-cli-1.tmp', true],
  ['of a user stays, however old', 'cert.p12', true, 2 * hour],
  ['that begins otherwise stays', `x${nameOf(here)}`, true],
  ['that ends otherwise stays', `${nameOf(here)}x`, true],
])('a file by the name %s (%s): %s', (_case, name, expected, age) => {
  expect(stays(name, age)).toBe(expected);
});

test('what is a directory keeps no other from being removed', () => {
  for (const last of ['0', '1', '2'])
    mkdirSync(join(directory, nameOf(here, { unique: last.repeat(16) })));
  for (const last of ['7', '8', '9'])
    writeFileSync(join(directory, nameOf(here, { unique: last.repeat(16) })), '');
  removeTemporaries(directory);
  expect(readdirSync(directory).sort()).toEqual(
    ['0', '1', '2'].map((last) => nameOf(here, { unique: last.repeat(16) })),
  );
});

test('a link goes, and not what it leads to', () => {
  writeFileSync(join(directory, 'victim'), 'precious');
  symlinkSync(join(directory, 'victim'), join(directory, nameOf(here)));
  removeTemporaries(directory);
  expect(readdirSync(directory)).toEqual(['victim']);
});

test.runIf(isRoot)('what another user made stays', () => {
  const path = join(directory, nameOf(here));
  writeFileSync(path, 'another');
  chownSync(path, 12_345, 12_345);
  removeTemporaries(directory);
  expect(existsSync(path)).toBe(true);
});

test('of a directory with many files the first ten thousand are looked at', () => {
  for (let index = 0; index < 30; index++) writeFileSync(join(directory, `other-${index}`), '');
  expect(stays(nameOf(here))).toBe(false);
});

test('of another user nothing goes by default', () => {
  writeFileSync(join(directory, nameOf(here)), '');
  vi.spyOn(process, 'getuid').mockReturnValue(12_345);
  removeTemporaries(directory);
  expect(readdirSync(directory)).toHaveLength(1);
});

test('a process that may not be asked runs', () => {
  vi.spyOn(process, 'kill').mockImplementation(() => {
    throw Object.assign(new Error('no'), { code: 'EPERM' });
  });
  expect(isAlive(1, '')).toBe(true);
});

test('no directory stays open, and one that cannot be read is left at that', () =>
  expectNothingOpen(() => {
    removeTemporaries(directory);
    removeTemporaries(join(directory, 'nowhere'));
  }));

test('a new name is beside the other, says its process, and comes once', () => {
  const names = [1, 2].map(() => temporaryBeside(join(directory, 'file')));
  expect(new Set(names).size).toBe(2);
  for (const name of names)
    expect(name).toMatch(
      new RegExp(`^${directory}/\\.mfa-cli-${pid}-${startOf(pid)}-[0-9a-f]{8}-[0-9a-f]{16}\\.tmp$`),
    );
});

describe.runIf(existsSync('/proc/self/stat'))('where the system tells', () => {
  test('a process is known by its start', () => {
    expect(startOf(pid)).toMatch(/^\d+$/);
    expect(startOf(pid)).not.toBe(startOf(1));
    expect(startOf(Number(gone))).toBe('');
    expect([isAlive(pid, startOf(pid)), isAlive(pid, ''), isAlive(pid, '1')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([isAlive(Number(gone), ''), isAlive(1, '')]).toEqual([false, true]);
    expect(namespace()).toMatch(/^pid:\[\d+\]$/);
  });
});
