import { afterEach, describe, expect, test, vi } from 'vitest';
import { type Entries, readItem, removeItem, writeItem } from '../../../src/auth/keychain/serve.ts';

/** Entries in memory that fail from the given step on, as where the process is killed. */
function entriesOver(held: Map<string, string>, steps = Number.POSITIVE_INFINITY): Entries {
  let left = steps;
  const step = <T>(work: () => T): T => {
    if (left-- <= 0) throw new Error('killed');
    return work();
  };
  return {
    get: async (name) => held.get(name) ?? null,
    set: async (name, text) => step(() => void held.set(name, text)),
    delete: async (name) => step(() => void held.delete(name)),
  };
}

const limit = 100;
const long = Array.from({ length: 500 }, (_, index) => String.fromCharCode(33 + (index % 90))).join('');

describe('a text', () => {
  test.each([
    ['', 1],
    ['short', 1],
    ['x'.repeat(30), 1],
    ['x'.repeat(31), 2],
    ['x'.repeat(130), 2],
    ['x'.repeat(131), 3],
    [long, 6],
  ])('%s takes %i entries, none longer than the limit', async (text, count) => {
    const held = new Map<string, string>();
    await writeItem(entriesOver(held), 'a', text, limit);
    expect(held.size).toBe(count);
    for (const entry of held.values()) expect(entry.length).toBeLessThanOrEqual(limit);
    expect(await readItem(entriesOver(held), 'a')).toBe(text);
  });

  test.each([10, 1001])('of %i entries is read again', async (count) => {
    const held = new Map<string, string>();
    const text = 'x'.repeat((count - 1) * limit);
    await writeItem(entriesOver(held), 'a', text, limit);
    expect(Math.max(...[...held.values()].map(({ length }) => length))).toBe(limit);
    expect([held.size, await readItem(entriesOver(held), 'a')]).toEqual([count, text]);
  });

  test('is in one entry where there is no limit, with line breaks and all', async () => {
    const held = new Map<string, string>();
    const text = `${'{"a":\n1}'.repeat(1000)}`;
    await writeItem(entriesOver(held), 'a', text, Number.POSITIVE_INFINITY);
    expect([[...held.keys()], await readItem(entriesOver(held), 'a')]).toEqual([['a'], text]);
  });

  test('that is shorter leaves nothing of a longer one, and no other item is touched', async () => {
    const held = new Map(['ab', 'a.x', 'a.0'].map((name) => [name, 'other']));
    await writeItem(entriesOver(held), 'a', long, limit);
    await writeItem(entriesOver(held), 'a', 'short', limit);
    expect([...held.keys()].sort()).toEqual(['a', 'a.0', 'a.x', 'ab']);
    await removeItem(entriesOver(held), 'a');
    expect([...held.keys()].sort()).toEqual(['a.0', 'a.x', 'ab']);
  });
});

describe('the entries of a text', () => {
  afterEach(() => {
    vi.restoreAllMocks();
    vi.resetModules();
  });

  test.each([
    ['win32', 3, 1200],
    ['linux', 1, 3067],
    ['darwin', 1, 3067],
  ] as const)('are on %s %i, of up to %i characters', async (platform, count, longest) => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue(platform);
    vi.resetModules();
    const items = await import('../../../src/auth/keychain/serve.ts');
    const held = new Map<string, string>();
    await items.writeItem(entriesOver(held), 'a', 'x'.repeat(3000));
    expect([held.size, Math.max(...[...held.values()].map(({ length }) => length))]).toEqual([
      count,
      longest,
    ]);
    expect(await items.readItem(entriesOver(held), 'a')).toBe('x'.repeat(3000));
  });
});

describe('what is not whole is not there', () => {
  test.each<[string, (held: Map<string, string>) => void]>([
    ['a part is missing', (held) => held.delete('a.2')],
    ['a part is of another text', (held) => held.set('a.2', 'y'.repeat(limit))],
    ['the head is of another program', (held) => held.set('a', 'something')],
    ['the head is missing', (held) => held.delete('a')],
    ['the head is of more parts', (held) => held.set('a', held.get('a')?.replace(/^6/, '7') ?? '')],
    ['the head is of fewer parts', (held) => held.set('a', held.get('a')?.replace(/^6/, '5') ?? '')],
    ['the head begins with something', (held) => held.set('a', `1${' '}${held.get('a')}`)],
  ])('%s', async (_case, spoil) => {
    const held = new Map<string, string>();
    await writeItem(entriesOver(held), 'a', long, limit);
    spoil(held);
    expect(await readItem(entriesOver(held), 'a')).toBeNull();
  });
});

test('a process killed at any step of writing or removing leaves nothing that is taken for whole, or that stays', async () => {
  const other = [...long].reverse().join('');
  for (let steps = 0; steps < 20; steps++) {
    for (const work of ['write', 'remove'] as const) {
      const held = new Map<string, string>();
      await writeItem(entriesOver(held), 'a', long, limit);
      const entries = entriesOver(held, steps);
      const done = work === 'write' ? writeItem(entries, 'a', other, limit) : removeItem(entries, 'a');
      const wasKilled = await done.then(
        () => false,
        () => true,
      );
      const read = await readItem(entriesOver(held), 'a');
      const finished = work === 'write' ? other : null;
      // Before the first part is gone it is what it was.
      expect([wasKilled ? null : finished, steps === 0 ? long : null]).toContain(read);
      await removeItem(entriesOver(held), 'a');
      expect([...held.keys()]).toEqual([]);
    }
  }
});
