import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  constants,
  existsSync,
  mkdirSync,
  openSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import {
  isOpened,
  nameOf,
  readFileInChunks,
  readSecret,
  readWhole,
  requireOneStdin,
  secretLimit,
  tooLarge,
} from '../../src/files/read.ts';
import { expectNothingOpen } from '../support/open-files.ts';
import { patience } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** A file whose name says with which error of the system it does not open. */
vi.mock('node:fs', async (original) => {
  const real = await original<typeof import('node:fs')>();
  const openSync: typeof real.openSync = (path, ...rest) => {
    const [, code] = /\.(E[A-Z]+)$/.exec(String(path)) ?? [];
    if (code !== undefined) throw Object.assign(new Error(code), { code });
    return real.openSync(path, ...rest);
  };
  return { ...real, openSync };
});

let directory: string;
let path: string;
beforeEach(() => {
  directory = temporaryDirectory();
  path = join(directory, 'file');
});

const reading = (
  stdin = '',
  more: { signal?: AbortSignal; pipeTimeout?: number; regular?: boolean } = {},
) => ({
  terminal: { streams: { stdin: Readable.from(stdin === '' ? [] : [stdin]) } } as never,
  signal: new AbortController().signal,
  pipeTimeout: 30_000 * patience,
  ...more,
});
const whole = async (source: string, limit = 1024 * 1024, how = reading()) =>
  Buffer.from(await readWhole(source, limit, how)).toString();

test('a file is read whole, whatever its length', async () => {
  for (const length of [0, 1, 65_536, 65_537, 200_000]) {
    const content = Array.from({ length }, (_, index) => index % 10).join('');
    writeFileSync(path, content);
    expect([length, (await whole(path)) === content]).toEqual([length, true]);
  }
});

test.each(['-', '/dev/stdin', '/dev/fd/0'])('%s is stdin', async (name) => {
  expect(await whole(name, 1024, reading('from stdin'))).toBe('from stdin');
  expect(nameOf(name)).toBe('stdin');
  await expect(whole(name, 3, reading('from stdin'))).rejects.toMatchObject({
    message: 'stdin is larger than 0.0029296875 KiB',
  });
  expect(() => requireOneStdin([name, undefined, path])).not.toThrow();
  expect(() => requireOneStdin([name, path, '-'])).toThrow(
    expect.objectContaining({ code: 'usage', message: 'Only one option can read stdin (-)' }),
  );
});

test('the limit is the last byte that is read', async () => {
  writeFileSync(path, 'x'.repeat(2048));
  expect(await whole(path, 2048)).toHaveLength(2048);
  appendFileSync(path, 'x');
  const facts = { input: 'p12' } as const;
  await expect(readWhole(path, 2048, reading(), { facts })).rejects.toMatchObject({
    code: 'file-too-large',
    message: `${path} is larger than 2 KiB`,
    facts,
  });
  expect(tooLarge('x', 1024 * 1024 - 1024).message).toBe('x is larger than 1023 KiB');
  expect(tooLarge('x', 1024 * 1024).message).toBe('x is larger than 1 MiB');
});

test('a file that is rejected after it was opened is reported by the check that rejects it', async () => {
  writeFileSync(path, '');
  const rejected = new CliError('usage', 'x');
  const judge = () => {
    throw rejected;
  };
  await expect(readWhole(path, 1024, { ...reading(), judge })).rejects.toBe(rejected);
});

const base64 = `MII${'A'.repeat(300)}`;
test.each<[string, string, string, string]>([
  ['nothing', 'x', 'file-not-found', 'does not exist'],
  ['something below a file', 'file/x', 'file-not-found', 'does not exist'],
  ['a directory', '.', 'file-unreadable', 'is a directory'],
  [
    'a file that nobody may open',
    'x.EACCES',
    'file-unreadable',
    'cannot be read: permission denied',
  ],
  [
    'a file that the system keeps',
    'x.EPERM',
    'file-unreadable',
    'cannot be read: permission denied',
  ],
  ['a broken disk', 'x.EIO', 'file-unreadable', 'cannot be read'],
])('%s cannot be read', async (_case, name, code, why) => {
  writeFileSync(path, '');
  const source = join(directory, name);
  const facts = { input: 'p12' } as const;
  const error = await readWhole(source, 1024, reading(), { facts }).catch(
    (reason: unknown) => reason,
  );
  expect(error).toMatchObject({
    code,
    message: `${source} ${why}`,
    facts,
    cause: { code: expect.anything() },
  });
  const secret = await readSecret(source, 'The file', reading()).catch((reason: unknown) => reason);
  expect(secret).toMatchObject({ code, message: `The file ${why}` });
  expect(secret).not.toHaveProperty('cause.code');
});

test.each([
  [
    base64,
    `${base64.slice(0, 40)}… is not a file: it looks like base64, which MFA_CLI_P12_BASE64 accepts`,
  ],
  [`x${base64}`, `x${base64.slice(0, 39)}… does not exist`],
  ['MII'.padEnd(200, 'A'), `${'MII'.padEnd(200, 'A')} does not exist`],
])('content in the place of a path is not told whole', async (name, message) => {
  await expect(whole(name)).rejects.toMatchObject({ code: 'file-not-found', message });
});

test.each([
  ['a b', 'a b'],
  ['a b\n', 'a b'],
  ['a b\r\n', 'a b'],
  ['a b\n\n', 'a b\n'],
  ['a b\r', 'a b\r'],
  ['\n', ''],
  ['', ''],
])('of %j the secret is %j', async (content, secret) => {
  writeFileSync(path, content);
  expect((await readSecret(path, 'The file', reading())).reveal()).toBe(secret);
  expect((await readSecret('-', 'The file', reading(content))).reveal()).toBe(secret);
});

/** A user may give the secret itself as the file: the error repeats it only if it looks like a file name. */
test.each([
  ['key.txt', true],
  ['a b-c.1/key.PASSWORD', true],
  ['key.txt.x', false],
  ['hunter2!.txt', false],
  ['hunter2', false],
  [`${'x'.repeat(195)}/.txt`, true],
  [`${'x'.repeat(196)}/.txt`, false],
])('%s is told where it is not found: %s', async (name, isTold) => {
  await expect(readSecret(name, 'The file', reading())).rejects.toThrow(
    isTold ? `The file, ${name}, does not exist` : /^The file does not exist$/,
  );
});

test('a secret has 64 KiB at most', async () => {
  writeFileSync(path, 'x'.repeat(secretLimit));
  expect((await readSecret(path, 'The file', reading())).reveal()).toHaveLength(64 * 1024);
  appendFileSync(path, 'x');
  await expect(readSecret(path, 'The file', reading())).rejects.toThrow(
    'The file is larger than 64 KiB',
  );
});

test('an interrupt stops the reading and is the reason of the error', async () => {
  writeFileSync(path, 'content');
  const why = new Error('interrupted');
  const interrupted = reading('content', { signal: AbortSignal.abort(why) });
  for (const source of [path, '-', join(directory, 'x')]) {
    await expect(readWhole(source, 1024, interrupted)).rejects.toBe(why);
    await expect(readSecret(source, 'The file', interrupted)).rejects.toBe(why);
  }
});

test.runIf(existsSync('/dev/zero'))(
  'a device is read like a file, as far as the limit',
  async () => {
    expect(await whole('/dev/null')).toBe('');
    await expect(whole('/dev/zero', 100_000)).rejects.toMatchObject({ code: 'file-too-large' });
    for (const device of ['/dev/null', '/dev/zero'])
      await expect(whole(device, 1024, reading('', { regular: true }))).rejects.toMatchObject({
        message: `${device} is not a regular file`,
      });
    await expect(whole(directory, 1024, reading('', { regular: true }))).rejects.toThrow(
      'is a directory',
    );
  },
);

test.runIf(existsSync('/dev/zero'))('no file stays open', async () => {
  writeFileSync(path, 'content');
  await expectNothingOpen(async () => {
    await whole(path);
    await whole(path, 1).catch(() => undefined);
    await whole('/dev/zero', 1).catch(() => undefined);
  });
});

describe.skipIf(process.platform === 'win32')('a pipe', () => {
  beforeEach(() => {
    execFileSync('mkfifo', [path]);
  });
  /** Runs a shell command whose output goes into the pipe. */
  const feed = (command: string) => {
    const child = spawn('sh', ['-c', `{ ${command}; } > "$0"`, path], { stdio: 'ignore' });
    onTestFinished(() => void child.kill('SIGKILL'));
  };

  test('is read to the end of its writer, however long that pauses', async () => {
    const writer = openSync(path, constants.O_RDWR);
    writeSync(writer, 'one');
    const read = whole(path, 1024, reading('', { pipeTimeout: 50 }));
    await setTimeout(150);
    writeSync(writer, 'two');
    closeSync(writer);
    expect(await read).toBe('onetwo');
  });

  test('is read as it comes, more than a piece of it at once, as far as the limit', async () => {
    feed('head -c 150000 /dev/zero');
    expect(await whole(path)).toHaveLength(150_000);
    feed('head -c 150000 /dev/zero');
    await expect(whole(path, 100_000)).rejects.toMatchObject({ code: 'file-too-large' });
  });

  test('whose writer closes it without a word is empty, with any time limit if a shell names it', async () => {
    feed('sleep 0.2');
    expect(await whole(path)).toBe('');
    if (!existsSync('/proc/self/fd')) return;
    for (const [writer, content] of [
      ['sleep 0.2', ''],
      ['sleep 0.3; printf one', 'one'],
    ] as const) {
      feed(writer);
      const file = openSync(path, 'r');
      expect(await whole(`/proc/self/fd/${file}`, 1024, reading('', { pipeTimeout: 1 }))).toBe(
        content,
      );
      closeSync(file);
    }
  });

  test('leaves no timer once it is read', async () => {
    const timers = () =>
      process.getActiveResourcesInfo().filter((what) => what === 'Timeout').length;
    const before = timers();
    feed('printf one');
    expect(await whole(path)).toBe('one');
    // One of another test may end meanwhile.
    expect(timers()).toBeLessThanOrEqual(before);
  });

  test('without a writer, or whose writer is silent, is given up, also below a directory named like one of the system', async () => {
    const silent = {
      code: 'file-unreadable',
      message: `${path} is a pipe that delivered nothing in time`,
    };
    feed('sleep 5');
    await expect(whole(path, 1024, reading('', { pipeTimeout: 100 }))).rejects.toMatchObject(
      silent,
    );
    mkdirSync(join(directory, 'dev'));
    const moved = join(directory, 'dev', 'pipe');
    renameSync(path, moved);
    await expect(readSecret(moved, 'The file', reading('', { pipeTimeout: 100 }))).rejects.toThrow(
      'The file is a pipe that delivered nothing in time',
    );
  });

  test('is left at once on an interrupt, before and within its content', async () => {
    const why = new Error('interrupted');
    const [before, within] = [new AbortController(), new AbortController()];
    const silent = whole(path, 1024, reading('', { signal: before.signal }));
    await setTimeout(20);
    before.abort(why);
    await expect(silent).rejects.toBe(why);
    feed('printf one; sleep 5');
    const chunks = readFileInChunks(path, reading('', { signal: within.signal }));
    expect(String((await chunks.next()).value)).toBe('one');
    within.abort(why);
    await expect(chunks.next()).rejects.toBe(why);
  });

  test('of this user gives a secret, and one that others may write to gives none', async () => {
    chmodSync(path, 0o600);
    feed('printf hidden');
    expect((await readSecret(path, 'The file', reading())).reveal()).toBe('hidden');
    for (const mode of [0o602, 0o666]) {
      chmodSync(path, mode);
      await expect(
        readSecret(path, 'The file', reading('', { pipeTimeout: 100 })),
      ).rejects.toMatchObject({
        code: 'file-unreadable',
        message: expect.stringContaining('The file is not used: '),
      });
    }
  });

  test('is not read as a file of the program', async () => {
    await expect(whole(path, 1024, reading('', { regular: true }))).rejects.toMatchObject({
      message: `${path} is not a regular file`,
    });
  });
});

test('only what the parent process opened is read and written without a look at its owner', () => {
  const paths = [
    '/dev/stdout',
    '/dev/fd/63',
    '/proc/self/fd/1',
    '/dev/shm/pipe',
    '/dev/null',
    '/tmp/dev/fd/1',
    '/proc/self/root/tmp/secret',
    '/dev/fd/../../tmp/secret',
  ];
  expect(paths.filter((path) => isOpened(path))).toEqual(paths.slice(0, 3));
});
