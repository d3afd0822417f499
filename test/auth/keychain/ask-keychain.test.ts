import { describe, expect, test } from 'vitest';
import { askKeychain } from '../../../src/auth/keychain/ask-keychain.ts';
import { answerTo } from '../../../src/auth/keychain/serve.ts';
import { CliError } from '../../../src/errors.ts';
import { noProgress } from '../../support/no-keychain.ts';

/** A keychain behind a process that does this; `request` is what it was asked. */
function behind(
  script: string,
  { timeout = 30, signal = new AbortController().signal, progress = noProgress } = {},
) {
  const program = `process.once('message', (request) => { ${script} })`;
  return askKeychain({ command: [process.execPath, '-e', program], timeout, signal, progress });
}

const answer = (value: string) => `process.send(${value}, () => process.disconnect())`;

describe('the process that speaks with the keychain', () => {
  test('is told what to do, and its answer is given', async () => {
    const keychain = behind(answer('{ text: JSON.stringify(request) }'));
    expect(JSON.parse((await keychain.read('a.0')) ?? '')).toEqual({ do: 'read', account: 'a.0' });
    await keychain.write('a.0', 'x');
    await keychain.remove('a.0');
    await keychain.check();
  });

  test.each([
    ['package', 'no such module', 'The optional package that talks to the keychain is not installed'],
    ['locked', 'prompt dismissed', 'The keychain is locked'],
    ['none', 'no bus\nat all', 'There is no keychain that can be used (no bus)'],
  ])('has the failure %s told', async (failure, words, message) => {
    const keychain = behind(answer(JSON.stringify({ failure, words })));
    const failed = expect.objectContaining({
      code: 'keychain-unavailable',
      message,
      facts: { keychain: failure },
    });
    expect(
      await Promise.allSettled([
        keychain.check(),
        keychain.read('a'),
        keychain.write('a', 'x'),
        keychain.remove('a'),
      ]),
    ).toEqual(Array(4).fill({ status: 'rejected', reason: failed }));
  });

  test.each([
    ['ends', 'process.exit(3)', 'The keychain gave no answer (3)'],
    ['crashes', "process.kill(process.pid, 'SIGSEGV')", 'The keychain gave no answer (SIGSEGV)'],
  ])('that %s is no answer', async (_case, script, message) => {
    await expect(behind(script).read('a')).rejects.toMatchObject({ code: 'keychain-unavailable', message });
  });

  test('is waited for where a person sees it', async () => {
    const shown: string[] = [];
    const progress = (text: string) => {
      shown.push(text);
      return { stop: () => void shown.push('stopped') };
    };
    await behind(answer('{ text: null }'), { progress }).read('a');
    expect(shown).toEqual(['Waiting for the keychain', 'stopped']);
  });

  test('that cannot be started is no answer', async () => {
    const { signal } = new AbortController();
    const keychain = askKeychain({ command: ['/nonexistent'], timeout: 5, signal, progress: noProgress });
    await expect(keychain.read('a')).rejects.toMatchObject({ code: 'keychain-unavailable' });
  });

  test('is waited for so long and no longer, and is gone then', async () => {
    const began = performance.now();
    const asked = behind('setInterval(() => {}, 1000)', { timeout: 0.5 }).write('a', 'x');
    await expect(asked).rejects.toMatchObject({
      code: 'keychain-unavailable',
      message: 'The keychain gave no answer within 0.5 seconds',
    });
    expect(performance.now() - began).toBeLessThan(5000);
  });

  test('ends with an interrupt of a reading, and not of a writing', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const reason = new CliError('interrupted', 'Interrupted');
    const keychain = behind(`setTimeout(() => ${answer('{ text: null }')}, 500)`, { signal });
    const written = keychain.write('a', 'x');
    const read = keychain.read('a');
    controller.abort(reason);
    await expect(read).rejects.toBe(reason);
    await written;
    await expect(keychain.check()).rejects.toBe(reason);
  });

  test('gets no variable that has it load another library', async () => {
    process.env.NAPI_RS_NATIVE_LIBRARY_PATH = '/tmp/evil.node';
    try {
      const keychain = behind(answer('{ text: String(process.env.NAPI_RS_NATIVE_LIBRARY_PATH) }'));
      expect(await keychain.read('a')).toBe('undefined');
    } finally {
      delete process.env.NAPI_RS_NATIVE_LIBRARY_PATH;
    }
  });
});

describe('a failure of the keychain', () => {
  test.each([
    [
      Object.assign(new Error("Cannot find package '@napi-rs/keyring'"), { code: 'ERR_MODULE_NOT_FOUND' }),
      'package',
    ],
    [new Error('Cannot find native binding. npm has a bug related to optional dependencies'), 'package'],
    [new Error("Couldn't access platform storage: Secret Service: unlock prompt was dismissed"), 'locked'],
    [new Error('Platform failure: User interaction is not allowed.'), 'locked'],
    [new Error('Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled'), 'none'],
    [new Error("Couldn't access platform storage: Secret Service: no result found"), 'none'],
  ])('%s is %s', async (error, failure) => {
    const open = () => Promise.reject(error);
    expect(await answerTo({ do: 'check' }, open)).toEqual({ failure, words: error.message });
  });

  test('is that it does not give back what it was given', async () => {
    const entries = { get: async () => 'other', set: async () => {}, delete: async () => {} };
    expect(await answerTo({ do: 'check' }, async () => entries)).toMatchObject({ failure: 'none' });
  });
});
