import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { KeychainRequest } from '../../../src/auth/keychain/ask-keychain.ts';
import { answerTo, type Entries, nativeEntries, serveKeychain } from '../../../src/auth/keychain/serve.ts';
import { eventually } from '../../support/patience.ts';

/** The system's entries by service and name, and what each was opened with. Whoever asks for `waits` waits for ever. */
const { held, opened } = vi.hoisted(() => ({ held: new Map<string, string>(), opened: [] as unknown[] }));

vi.mock('@napi-rs/keyring', () => ({
  AsyncEntry: class {
    readonly #key: string;
    constructor(service: string, name: string, options: unknown) {
      this.#key = `${service}/${name}`;
      opened.push(options);
    }
    getPassword = async () => (this.#key === 'mfa-cli/waits' ? new Promise(() => {}) : held.get(this.#key));
    setPassword = async (text: string) => void held.set(this.#key, text);
    deleteCredential = async () => held.delete(this.#key);
  },
}));

beforeEach(() => {
  held.clear();
  opened.length = 0;
});

test('the entries of the system are those of the service mfa-cli, on Linux in the Secret Service', async () => {
  const entries = await nativeEntries();
  held.set('other/a', 'z');
  await entries.set('a', 'x');
  await entries.set('b', 'y');
  expect([await entries.get('a'), await entries.get('c')]).toEqual(['x', null]);
  expect([await entries.delete('a'), await entries.delete('c')]).toEqual([undefined, undefined]);
  expect([...held]).toEqual([
    ['other/a', 'z'],
    ['mfa-cli/b', 'y'],
  ]);
  // Not in the keyring of the kernel, which is lost with the next start.
  expect(opened).toEqual(Array(6).fill({ linux: { store: 'secret-service' } }));
});

/** Entries in memory, and what was done with them. */
function recorded(change: Partial<Entries> = {}) {
  const inMemory = new Map<string, string>();
  const done: string[][] = [];
  const entries: Entries = {
    get: async (name) => inMemory.get(name) ?? null,
    set: async (name, text) => {
      done.push(['set', name, text]);
      inMemory.set(name, text);
    },
    delete: async (name) => {
      done.push(['delete', name]);
      inMemory.delete(name);
    },
    ...change,
  };
  return { inMemory, done, open: async () => entries };
}

describe('a request', () => {
  test('to write, to read and to remove is done with the one item', async () => {
    const { inMemory, open } = recorded();
    inMemory.set('b', 'other');
    expect(await answerTo({ do: 'read', account: 'a' }, open)).toEqual({ text: null });
    expect(await answerTo({ do: 'write', account: 'a', text: 'secret' }, open)).toEqual({ text: null });
    expect(inMemory.get('a')).toMatch(/^1 [0-9a-f]{64} secret$/);
    expect(await answerTo({ do: 'read', account: 'a' }, open)).toEqual({ text: 'secret' });
    expect(await answerTo({ do: 'remove', account: 'a' }, open)).toEqual({ text: null });
    expect([...inMemory]).toEqual([['b', 'other']]);
  });

  test('to check writes something of no value under a new name, and removes it', async () => {
    const { inMemory, done, open } = recorded();
    for (let time = 0; time < 2; time++)
      expect(await answerTo({ do: 'check' }, open)).toEqual({ text: null });
    const names = done.map(([, name]) => name);
    expect(done).toEqual([
      ['set', names[0], 'nothing of value'],
      ['delete', names[0]],
      ['set', names[2], 'nothing of value'],
      ['delete', names[2]],
    ]);
    for (const name of names) expect(name).toMatch(/^check\.[0-9a-f-]{36}$/);
    expect([new Set(names).size, inMemory.size]).toEqual([2, 0]);
  });
});

describe('a failure of the keychain', () => {
  const coded = (message: string, code: string) => Object.assign(new Error(message), { code });

  test.each<[unknown, string]>([
    [coded("Cannot find package '@napi-rs/keyring'", 'ERR_MODULE_NOT_FOUND'), 'package'],
    [coded('nothing', 'ERR_MODULE_NOT_FOUND'), 'package'],
    [coded('nothing', 'MODULE_NOT_FOUND'), 'package'],
    [new Error('Cannot find native binding. npm has a bug related to optional dependencies'), 'package'],
    [new Error("Cannot find module '@napi-rs/keyring-linux-x64-gnu'"), 'package'],
    [new Error("Couldn't access platform storage: Secret Service: unlock prompt was dismissed"), 'locked'],
    [new Error('The collection is Locked'), 'locked'],
    [new Error('Platform failure: User interaction is not allowed.'), 'locked'],
    [Object.assign(new Error('/tmp/x.node: failed to map'), { code: 'ERR_DLOPEN_FAILED' }), 'library'],
    // So the package tells that Windows lacks VCRUNTIME140.dll.
    [
      new Error('Cannot find native binding. npm has a bug', {
        cause: new Error('no such module', {
          cause: coded('The specified module could not be found.', 'ERR_DLOPEN_FAILED'),
        }),
      }),
      'library',
    ],
    [new Error('Platform failure: DBus error: Using X11 for dbus-daemon autolaunch was disabled'), 'none'],
    [new Error("Couldn't access platform storage: Secret Service: no result found"), 'none'],
    [coded('socket', 'ENOENT'), 'none'],
    ['words alone', 'none'],
  ])('%s is %s', async (error, failure) => {
    const words = error instanceof Error ? error.message : error;
    const open = () => Promise.reject(error);
    expect(await answerTo({ do: 'check' }, open)).toEqual({ failure, words });
  });

  test.each<[KeychainRequest, Partial<Entries>]>([
    [{ do: 'check' }, { set: () => Promise.reject(new Error('full')) }],
    [{ do: 'read', account: 'a' }, { get: () => Promise.reject(new Error('full')) }],
    [{ do: 'write', account: 'a', text: 'x' }, { set: () => Promise.reject(new Error('full')) }],
    [{ do: 'remove', account: 'a' }, { delete: () => Promise.reject(new Error('full')) }],
  ])('at $do is answered', async (request, change) => {
    expect(await answerTo(request, recorded(change).open)).toEqual({ failure: 'none', words: 'full' });
  });

  test.each([
    ['something else', 'other'],
    ['nothing', null],
  ])('is that it gives back %s, which it loses all the same', async (_case, other) => {
    const { inMemory, open } = recorded({ get: async () => other });
    expect(await answerTo({ do: 'check' }, open)).toEqual({
      failure: 'none',
      words: 'it does not return the stored text',
    });
    expect(inMemory.size).toBe(0);
  });
});

describe('the process that answers', () => {
  /** The end of a channel to the one that asks. */
  function channelOf() {
    const emitter = new EventEmitter();
    const sent: unknown[] = [];
    const ends: unknown[] = [];
    let delivered = (): void => {};
    const channel = Object.assign(emitter, {
      pid: 4711,
      send: (message: unknown, callback: () => void) => {
        sent.push(message);
        delivered = callback;
        return true;
      },
      disconnect: () => {
        ends.push('disconnected');
        emitter.emit('disconnect');
      },
      kill: (...words: unknown[]) => ends.push(words) > 0,
    });
    serveKeychain(channel as unknown as Required<NodeJS.Process>);
    return { channel, sent, ends, deliver: () => delivered() };
  }

  test('answers from the keychain of the system, and ends once that has arrived', async () => {
    const { channel, sent, ends, deliver } = channelOf();
    channel.emit('message', { do: 'write', account: 'a', text: 'secret' });
    await vi.waitFor(() => expect(sent).toEqual([{ text: null }]), eventually);
    expect(held.get('mfa-cli/a')).toMatch(/ secret$/);
    expect(ends).toEqual([]);
    deliver();
    expect(ends).toEqual(['disconnected']);
  });

  test('answers no second request', async () => {
    const { channel, sent } = channelOf();
    channel.emit('message', { do: 'read', account: 'a' });
    channel.emit('message', { do: 'write', account: 'b', text: 'x' });
    await vi.waitFor(() => expect(sent).toEqual([{ text: null }]), eventually);
    expect([...held]).toEqual([]);
  });

  test.each([
    ['while the keychain waits for a person', { do: 'read', account: 'waits' }],
    ['before it was asked', null],
  ])('is killed where the one that asks goes %s', async (_case, request) => {
    const { channel, sent, ends } = channelOf();
    if (request !== null) channel.emit('message', request);
    channel.emit('disconnect');
    expect([sent, ends]).toEqual([[], [[4711, 'SIGKILL']]]);
  });

  test('ends by itself where the one that asks goes with the answer', async () => {
    const { channel, sent, ends } = channelOf();
    channel.emit('message', { do: 'read', account: 'a' });
    await vi.waitFor(() => expect(sent).toHaveLength(1), eventually);
    channel.emit('disconnect');
    expect(ends).toEqual([]);
  });
});
