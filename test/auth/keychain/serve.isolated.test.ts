import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { KeychainRequest } from '../../../src/auth/keychain/ask-keychain.ts';
import {
  answerTo,
  type Entries,
  nativeEntries,
  readItem,
  removeItem,
  serveKeychain,
  writeItem,
} from '../../../src/auth/keychain/serve.ts';
import { testCases } from '../../support/cases.ts';
import { eventually } from '../../support/patience.ts';

/** The system's entries by service and name, and what each was opened with. Whoever asks for `waits` waits for ever. */
const { held, opened } = vi.hoisted(() => ({
  held: new Map<string, string>(),
  opened: [] as unknown[],
}));

vi.mock('@napi-rs/keyring', () => ({
  AsyncEntry: class {
    readonly #key: string;
    constructor(service: string, name: string, options: unknown) {
      this.#key = `${service}/${name}`;
      opened.push(options);
    }
    getPassword = async () =>
      this.#key === 'mfa-cli/waits' ? new Promise(() => {}) : held.get(this.#key);
    setPassword = async (text: string) => void held.set(this.#key, text);
    deleteCredential = async () => held.delete(this.#key);
  },
}));

beforeEach(() => {
  held.clear();
  opened.length = 0;
});

/** Entries in memory, what was done with them, and their failure from the given step on, as where the process is killed. */
function entriesOver(
  inMemory = new Map<string, string>(),
  change: Partial<Entries> = {},
  steps = Infinity,
) {
  const done: string[][] = [];
  const step = (words: string[], work: () => unknown): void => {
    if (done.push(words) > steps) throw new Error('killed');
    work();
  };
  const entries: Entries = {
    get: async (name) => inMemory.get(name) ?? null,
    set: async (name, text) => step(['set', name, text], () => inMemory.set(name, text)),
    delete: async (name) => step(['delete', name], () => inMemory.delete(name)),
    ...change,
  };
  return { inMemory, done, entries, open: async () => entries };
}

test('the entries of the system are those of the service mfa-cli, on Linux in the Secret Service', async () => {
  const entries = await nativeEntries();
  held.set('other/a', 'z');
  await entries.set('a', 'x');
  await entries.set('b', 'y');
  expect([await entries.get('a'), await entries.get('c')]).toEqual(['x', null]);
  expect([await entries.delete('a'), await entries.delete('c')]).toEqual([undefined, undefined]);
  expect(Object.fromEntries(held)).toEqual({ 'other/a': 'z', 'mfa-cli/b': 'y' });
  // Not in the keyring of the kernel, which is lost with the next start.
  expect(opened).toEqual(Array(6).fill({ linux: { store: 'secret-service' } }));
});

const limit = 100;
const long = Array.from({ length: 500 }, (_, index) => String.fromCharCode(33 + (index % 90))).join(
  '',
);
const bad = () => Promise.reject(new Error('full'));

describe('a text in entries', () => {
  test.each<[string, string, number, number?]>([
    ['nothing', '', 1],
    ['a short one', 'short', 1],
    ['one that fits', 'x'.repeat(30), 1],
    ['one that just does not', 'x'.repeat(31), 2],
    ['two that fit', 'x'.repeat(130), 2],
    ['two that just do not', 'x'.repeat(131), 3],
    ['a long one', long, 6],
    ['ten', 'x'.repeat(9 * limit), 10],
    ['a thousand and one', 'x'.repeat(1000 * limit), 1001],
    ['one without a limit', '{"a":\n1}'.repeat(1000), 1, Infinity],
  ])(
    'takes as few as it needs, and is read again: %s',
    async (_case, text, count, most = limit) => {
      const { entries, inMemory } = entriesOver();
      await writeItem(entries, 'a', text, most);
      expect([inMemory.size, await readItem(entries, 'a')]).toEqual([count, text]);
      for (const entry of inMemory.values()) expect(entry.length).toBeLessThanOrEqual(most);
    },
  );

  test('that is shorter leaves nothing of a longer one, and no other item is touched', async () => {
    const { entries, inMemory } = entriesOver(
      new Map(['ab', 'a.x', 'a.0'].map((name) => [name, 'other'])),
    );
    await writeItem(entries, 'a', long, limit);
    await writeItem(entries, 'a', 'short', limit);
    expect([...inMemory.keys()].sort()).toEqual(['a', 'a.0', 'a.x', 'ab']);
    await removeItem(entries, 'a');
    expect([...inMemory.keys()].sort()).toEqual(['a.0', 'a.x', 'ab']);
  });

  test.each([
    ['win32', 3, 1200],
    ['linux', 1, 3067],
    ['darwin', 1, 3067],
  ] as const)('is on %s in %i, of up to %i characters', async (platform, count, longest) => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
    vi.resetModules();
    const items = await import('../../../src/auth/keychain/serve.ts');
    vi.restoreAllMocks();
    const { entries, inMemory } = entriesOver();
    await items.writeItem(entries, 'a', 'x'.repeat(3000));
    const lengths = [...inMemory.values()].map(({ length }) => length);
    expect([inMemory.size, Math.max(...lengths)]).toEqual([count, longest]);
    expect(await items.readItem(entries, 'a')).toBe('x'.repeat(3000));
  });

  test.each<[string, (inMemory: Map<string, string>) => void]>([
    ['a part is missing', (all) => all.delete('a.2')],
    ['a part is of another text', (all) => all.set('a.2', 'y'.repeat(limit))],
    ['the head is of another program', (all) => all.set('a', 'something')],
    ['the head is missing', (all) => all.delete('a')],
    ['the head is of more parts', (all) => all.set('a', all.get('a')?.replace(/^6/, '7') ?? '')],
    ['the head is of fewer parts', (all) => all.set('a', all.get('a')?.replace(/^6/, '5') ?? '')],
    ['the head begins with something', (all) => all.set('a', `1 ${all.get('a')}`)],
  ])('is not there where %s', async (_case, spoil) => {
    const { entries, inMemory } = entriesOver();
    await writeItem(entries, 'a', long, limit);
    spoil(inMemory);
    expect(await readItem(entries, 'a')).toBeNull();
  });

  test('is never taken for whole, nor left behind, after a kill at any step of writing or removing', async () => {
    const other = [...long].reverse().join('');
    for (let steps = 0; steps < 20; steps++)
      for (const work of ['write', 'remove'] as const) {
        const { entries, inMemory } = entriesOver();
        await writeItem(entries, 'a', long, limit);
        const killed = entriesOver(inMemory, {}, steps).entries;
        const done =
          work === 'write' ? writeItem(killed, 'a', other, limit) : removeItem(killed, 'a');
        const wasKilled = await done.then(
          () => false,
          () => true,
        );
        const finished = work === 'write' ? other : null;
        // Before the first part is gone it is what it was.
        const allowed = [wasKilled ? null : finished, steps === 0 ? long : null];
        expect(allowed).toContain(await readItem(entries, 'a'));
        await removeItem(entries, 'a');
        expect([...inMemory.keys()]).toEqual([]);
      }
  });
});

describe('a request', () => {
  test('to write, to read and to remove is done with the one item', async () => {
    const { inMemory, open } = entriesOver(new Map([['b', 'other']]));
    expect(await answerTo({ do: 'read', account: 'a' }, open)).toEqual({ text: null });
    expect(await answerTo({ do: 'write', account: 'a', text: 'secret' }, open)).toEqual({
      text: null,
    });
    expect(inMemory.get('a')).toMatch(/^1 [0-9a-f]{64} secret$/);
    expect(await answerTo({ do: 'read', account: 'a' }, open)).toEqual({ text: 'secret' });
    expect(await answerTo({ do: 'remove', account: 'a' }, open)).toEqual({ text: null });
    expect([...inMemory]).toEqual([['b', 'other']]);
  });

  test('to check writes something of no value under a new name, and removes it', async () => {
    const { inMemory, done, open } = entriesOver();
    for (let time = 0; time < 2; time++)
      expect(await answerTo({ do: 'check' }, open)).toEqual({ text: null });
    const [first = '', second = ''] = new Set(done.map(([, name = '']) => name));
    const steps = [first, second].flatMap((name) => [
      ['set', name, 'nothing of value'],
      ['delete', name],
    ]);
    expect([done, inMemory.size]).toEqual([steps, 0]);
    for (const name of [first, second]) expect(name).toMatch(/^check\.[0-9a-f-]{36}$/);
  });

  test.each<[KeychainRequest, Partial<Entries>]>([
    [{ do: 'check' }, { set: bad }],
    [{ do: 'read', account: 'a' }, { get: bad }],
    [{ do: 'read', account: 'a' }, { get: () => Promise.reject('full') }],
    [{ do: 'write', account: 'a', text: 'x' }, { set: bad }],
    [{ do: 'remove', account: 'a' }, { delete: bad }],
  ])('to $do is answered where it fails', async (request, change) => {
    const { open } = entriesOver(undefined, change);
    expect(await answerTo(request, open)).toEqual({ failure: 'none', words: 'full' });
  });
});

testCases('auth/keychain-failures', {
  'the failure that is told, by the words of an error, its code, and the code of its cause': async (
    words: string,
    code?: string,
    causeCode?: string,
  ) => {
    const cause =
      causeCode &&
      new Error('no such module', { cause: Object.assign(new Error(), { code: causeCode }) });
    const error = Object.assign(new Error(words, { cause }), code ? { code } : {});
    const told = await answerTo({ do: 'check' }, () => Promise.reject(error));
    expect(told).toMatchObject({ words });
    return 'failure' in told && told.failure;
  },
  'a check, by what is read back': async (read: string | null) => {
    const { open, inMemory } = entriesOver(undefined, { get: async () => read });
    return { ...(await answerTo({ do: 'check' }, open)), left: inMemory.size };
  },
});

describe('the process that answers', () => {
  /** The end of a channel to the one that asks. */
  function channelOf() {
    const emitter = new EventEmitter();
    const [sent, ends]: unknown[][] = [[], []];
    let delivered = (): void => {};
    const channel = Object.assign(emitter, {
      pid: 4711,
      send: (message: unknown, callback: () => void) => {
        sent?.push(message);
        delivered = callback;
        return true;
      },
      disconnect: () => {
        ends?.push('disconnected');
        emitter.emit('disconnect');
      },
      kill: (...words: unknown[]) => ends?.push(words),
    });
    serveKeychain(channel as never as Required<NodeJS.Process>);
    return { channel, sent, ends, deliver: () => delivered() };
  }
  const answered = (sent: unknown) =>
    vi.waitFor(() => expect(sent).toEqual([{ text: null }]), eventually);

  test('answers one request from the keychain of the system, and ends once that has arrived', async () => {
    const { channel, sent, ends, deliver } = channelOf();
    channel.emit('message', { do: 'write', account: 'a', text: 'secret' });
    channel.emit('message', { do: 'write', account: 'b', text: 'x' });
    await answered(sent);
    expect([...held]).toEqual([['mfa-cli/a', expect.stringMatching(/ secret$/)]]);
    expect(ends).toEqual([]);
    deliver();
    expect(ends).toEqual(['disconnected']);
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
    await answered(sent);
    channel.emit('disconnect');
    expect(ends).toEqual([]);
  });
});
