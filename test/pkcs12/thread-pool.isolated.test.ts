import { pbkdf2Sync } from 'node:crypto';
import { availableParallelism } from 'node:os';
import { expect, test, vi } from 'vitest';
import { deriveKeys } from '../../src/pkcs12/derivation.ts';

type Done = (error: Error | null, key: Buffer) => void;
/** The calls that are being done in the thread pool, by what ends each. */
const running: Done[] = [];
let begun = 0;

vi.mock('node:crypto', async (original) => ({
  ...(await original<typeof import('node:crypto')>()),
  pbkdf2: (
    _password: unknown,
    _salt: unknown,
    _iterations: unknown,
    _length: unknown,
    _digest: unknown,
    done: Done,
  ) => {
    begun++;
    running.push(done);
  },
}));

const turn = () => new Promise((resolve) => setImmediate(resolve));
const endOne = async () => {
  running.shift()?.(null, Buffer.from([begun]));
  await turn();
};
const width = Math.min(availableParallelism(), 4);
const tasks = (iterations: number, length = 10) =>
  Array.from({ length }, () => ({
    derivation: {
      kdf: 'pbkdf2',
      digest: 'sha1',
      salt: Buffer.alloc(8),
      iterations,
      length: 20,
    } as const,
    encoded: { bmp: Buffer.from('a'), utf8: Buffer.from('a') },
  }));

test('a few short keys take no thread, and let others have their turn', async () => {
  let [turns, done] = [0, false];
  const derived = deriveKeys(tasks(5000, 4)).finally(() => {
    done = true;
  });
  for (; !done; turns++) await turn();
  expect([begun, turns >= 4 / width]).toEqual([0, true]);
  const key = pbkdf2Sync('a', Buffer.alloc(8), 5000, 20, 'sha1');
  expect(await derived).toEqual(tasks(5000, 4).map(() => key));
});

test('five short keys use threads', async () => {
  const keys = deriveKeys(tasks(5000, 5));
  await turn();
  expect(begun).toBe(width);
  for (let left = 5; left > 0; left--) await endOne();
  expect(await keys).toHaveLength(5);
  begun = 0;
});

test('one derivation a core is begun, and none after an abort', async () => {
  const abort = new AbortController();
  const keys = deriveKeys(tasks(5001), abort.signal);
  await turn();
  expect(begun).toBe(width);
  await endOne();
  expect(begun).toBe(width + 1);
  abort.abort(new Error('enough'));
  await expect(keys).rejects.toThrow('enough');
  while (running.length > 0) await endOne();
  expect(begun).toBe(width + 1);
});
