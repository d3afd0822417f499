import { describe, expect, test } from 'vitest';
import { rc2Cipher } from '../../src/pkcs12/ciphers.ts';
import { inTurns } from '../../src/pkcs12/turns.ts';

/** How often other events had their turn while the work was done. */
async function turnsDuring(work: () => Promise<unknown>): Promise<number> {
  let turns = 0;
  let next = setImmediate(function count() {
    turns++;
    next = setImmediate(count);
  });
  await work();
  clearImmediate(next);
  return turns;
}

const numbers = Array.from({ length: 100 }, (_, index) => index);

describe('other events have their turn', () => {
  test('among many items', async () => {
    expect(await turnsDuring(() => inTurns(numbers, (number) => number))).toBeGreaterThanOrEqual(3);
  });

  test('in the decryption of a long RC2 text', async () => {
    const decrypt = () => rc2Cipher(40)(Buffer.alloc(5), Buffer.alloc(8), Buffer.alloc(2 ** 16));
    expect(await turnsDuring(decrypt)).toBeGreaterThanOrEqual(3);
  });
});

test('the items are converted in their order', async () => {
  expect(await inTurns(numbers, async (number) => 2 * number)).toEqual(numbers.map((number) => 2 * number));
});

test('an abort ends the work at the next item', async () => {
  const abort = new AbortController();
  let converted = 0;
  const convert = () => {
    converted++;
    abort.abort(new Error('enough'));
  };
  await expect(inTurns(numbers, convert, abort.signal)).rejects.toThrow('enough');
  expect(converted).toBe(1);
});
