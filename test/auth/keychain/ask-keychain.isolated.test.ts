import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, getEventListeners } from 'node:events';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { askKeychain } from '../../../src/auth/keychain/ask-keychain.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { noProgress } from '../../support/no-keychain.ts';
import { eventually, patience } from '../../support/patience.ts';

vi.mock('node:child_process', { spy: true });

beforeEach(() => {
  vi.restoreAllMocks();
  vi.mocked(spawn).mockClear();
});

/** The processes that were started. */
function started(): readonly ChildProcess[] {
  return vi.mocked(spawn).mock.results.map(({ value }) => value);
}

const wereKilled = () =>
  vi.waitFor(
    () => expect(new Set(started().map((child) => child.signalCode))).toEqual(new Set(['SIGKILL'])),
    eventually,
  );

/** A keychain behind a process that does this, and stays as long as its channel; `request` is what it was asked. */
function behind(
  script: string,
  { timeout = 30, signal = new AbortController().signal, progress = noProgress } = {},
) {
  const program = `process.on('message', (request) => { ${script} })`;
  return askKeychain({ command: [process.execPath, '-e', program], timeout, signal, progress });
}

const answer = (value: string) => `process.send(${value}, () => process.disconnect())`;

describe('the process that speaks with the keychain', () => {
  test('is told what to do, gives its answer, and keeps its words with an error', async () => {
    const keychain = behind(answer('{ text: JSON.stringify(request) }'));
    expect(JSON.parse((await keychain.read('a.0')) ?? '')).toEqual({ do: 'read', account: 'a.0' });
    const failing = behind(answer("{ failure: 'locked', words: JSON.stringify(request) }"));
    const words = (asked: Promise<unknown>) => asked.catch(({ cause }) => JSON.parse(cause));
    expect(
      await Promise.all([
        words(failing.check()),
        words(failing.write('a.0', 'x')),
        words(failing.remove('a.0')),
      ]),
    ).toEqual([
      { do: 'check' },
      { do: 'write', account: 'a.0', text: 'x' },
      { do: 'remove', account: 'a.0' },
    ]);
  });

  const none = 'The keychain gave no answer';
  const absent = 'The optional package that talks to the keychain is not installed';
  const told = (failure: string, words: string) => answer(JSON.stringify({ failure, words }));
  const unloaded = 'The library that talks to the keychain could not be loaded';
  test.each([
    ['package', told('package', 'no such module'), absent],
    [
      'library',
      told('library', '/tmp/x.node: failed to map'),
      `${unloaded} (/tmp/x.node: failed to map)`,
    ],
    ['locked', told('locked', 'prompt dismissed'), 'The keychain is locked'],
    ['none', told('none', 'no bus\nat all'), 'No usable keychain was found (no bus)'],
    ['none', 'process.exit(3)', `${none} (3)`],
    ['none', "process.kill(process.pid, 'SIGSEGV')", `${none} (SIGSEGV)`],
  ])('has the failure %s told: %s', async (keychain, script, message) => {
    const failure = { code: 'keychain-unavailable', message, facts: { keychain } };
    await expect(behind(script).read('a')).rejects.toMatchObject(failure);
  });
  test('whose library Windows does not load is told what that needs', async () => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('win32');
    await expect(behind(told('library', 'not found')).read('a')).rejects.toMatchObject({
      facts: { keychain: 'runtime' },
    });
  });
  test('is heard where it ends with its answer', async () => {
    const keychain = behind("process.send({ text: 'last words' }, () => process.exit(1))");
    expect(await keychain.read('a')).toBe('last words');
  });

  test('is waited for where a person sees it, opens no window, and gets no variable that loads another library', async () => {
    const shown: string[] = [];
    const progress = (text: string) => {
      shown.push(text);
      return { stop: () => void shown.push('stopped') };
    };
    process.env.NAPI_RS_NATIVE_LIBRARY_PATH = '/tmp/evil.node';
    try {
      const script = answer('{ text: String(process.env.NAPI_RS_NATIVE_LIBRARY_PATH) }');
      expect(await behind(script, { progress }).read('a')).toBe('undefined');
    } finally {
      delete process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
    }
    expect(shown).toEqual(['Waiting for the keychain', 'stopped']);
    expect(spawn).toHaveBeenCalledExactlyOnceWith(
      process.execPath,
      expect.anything(),
      expect.objectContaining({ windowsHide: true }),
    );
  });

  test.each([
    [undefined, 'undefined'],
    ['/srv/shared:/opt/a b', '/srv/shared:/opt/a b'],
  ])('gets the directories that its user answers for: %s', async (given, seen) => {
    vi.stubEnv('MFA_CLI_TRUST_DIR', given);
    try {
      const script = answer('{ text: String(process.env.MFA_CLI_TRUST_DIR) }');
      expect(await behind(script).read('a')).toBe(seen);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('that cannot be started is no answer, whether it has a channel or not', async () => {
    const { signal } = new AbortController();
    const keychain = askKeychain({
      command: ['/nonexistent'],
      timeout: 5,
      signal,
      progress: noProgress,
    });
    const message = 'The keychain gave no answer';
    const failed = { code: 'keychain-unavailable', message, facts: { keychain: 'none' } };
    // On a busy machine the channel may fail first.
    await expect(keychain.read('a')).rejects.toMatchObject({ ...failed, cause: expect.any(Error) });
    const cause = Object.assign(new Error('spawn EMFILE'), { code: 'EMFILE' });
    vi.mocked(spawn).mockImplementationOnce(() => {
      const child = Object.assign(new EventEmitter(), { kill: () => false, unref: () => {} });
      process.nextTick(() => child.emit('error', cause));
      return child as unknown as ChildProcess;
    });
    await expect(behind('').read('a')).rejects.toMatchObject({ ...failed, cause });
  });

  test('is waited for so long and no longer, and is gone then', async () => {
    const began = performance.now();
    const asked = behind('', { timeout: 0.5 }).write('a', 'x');
    await expect(asked).rejects.toMatchObject({
      code: 'keychain-unavailable',
      message: 'The keychain gave no answer within 0.5 seconds',
      facts: { keychain: 'silent' },
    });
    expect(performance.now() - began).toBeLessThan(10_000 * patience);
    await wereKilled();
  });

  test('is ended once it has answered, and leaves no timer and no listener', async () => {
    const { signal } = new AbortController();
    const [set, cleared] = [
      vi.spyOn(globalThis, 'setTimeout'),
      vi.spyOn(globalThis, 'clearTimeout'),
    ];
    const keychain = behind("process.send({ text: 'kept' })", { signal });
    const [read] = await Promise.all([
      keychain.read('a'),
      keychain.write('a', 'x'),
      keychain.check(),
    ]);
    expect([read, getEventListeners(signal, 'abort')]).toEqual(['kept', []]);
    expect(started()).toHaveLength(3);
    await wereKilled();
    const over = new Set(cleared.mock.calls.map(([timer]) => timer));
    // Those of answers and of ends, and none of the test's own.
    const timers = set.mock.results.filter((_, index) =>
      [30_000, 500].includes(set.mock.calls[index]?.[1] ?? 0),
    );
    expect(timers.map(({ value }) => over.has(value))).toEqual([true, true, true]);
  });

  test('is not started after an interrupt', async () => {
    const reason = new CliError('interrupted', 'Interrupted');
    const keychain = behind(answer('{ text: null }'), { signal: AbortSignal.abort(reason) });
    await expect(keychain.read('a')).rejects.toBe(reason);
    await expect(keychain.check()).rejects.toBe(reason);
    expect(started()).toEqual([]);
    await keychain.write('a', 'x');
    await keychain.remove('a');
    expect(started()).toHaveLength(2);
  });

  test.skipIf(process.platform === 'win32')(
    'is not of the group that a key of the terminal ends',
    async () => {
      const keychain = behind(
        `process.kill(-process.pid, 0); ${answer("{ text: 'a group of its own' }")}`,
      );
      expect(await keychain.read('a')).toBe('a group of its own');
    },
  );

  test('ends with an interrupt of a reading, and not of a writing', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new CliError('interrupted', 'Interrupted');
    const keychain = behind(`setTimeout(() => ${answer('{ text: null }')}, 500)`, { signal });
    const written = keychain.write('a', 'x');
    const read = keychain.read('a');
    controller.abort(reason);
    await expect(read).rejects.toBe(reason);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
    await vi.waitFor(() => expect(started()[1]?.signalCode).toBe('SIGKILL'), eventually);
    await written;
    await expect(keychain.check()).rejects.toBe(reason);
  });
});
