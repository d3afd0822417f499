import { describe, expect, test } from 'vitest';
import { inPieces, inTurns } from '../../src/pkcs12/turns.ts';
import { unbounded } from '../../src/text/pace.ts';
import { turnsDuring } from './turns-during.ts';

const numbers = Array.from({ length: 100 }, (_, index) => index);

test('other events have their turn among many items', async () => {
  expect(await turnsDuring(() => inTurns(numbers, (number) => number))).toBeGreaterThanOrEqual(3);
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

describe('what is read in pieces', () => {
  const inPiecesOf = async (list: readonly number[], abort = new AbortController()) => {
    const pieces: number[] = [];
    let count = 0;
    const inOneGo = async <T>(work: () => T | Promise<T>): Promise<T> => {
      count = 0;
      const result = await work();
      pieces.push(count);
      return result;
    };
    const read = (number: number) => {
      count++;
      if (number === 9) abort.abort(new Error('enough'));
      return 2 * number;
    };
    return { pieces, results: await inPieces(list, read, { signal: abort.signal, inOneGo }) };
  };

  test('is eight items in one go, in their order', async () => {
    const list = numbers.slice(10, 30);
    expect(await inPiecesOf(list)).toEqual({ pieces: [8, 8, 4], results: list.map((number) => 2 * number) });
    expect(await inPiecesOf(list.slice(0, 8))).toMatchObject({ pieces: [8] });
    expect(await inPiecesOf([])).toEqual({ pieces: [], results: [] });
    expect(await inPieces(list, (number) => 2 * number, unbounded)).toEqual(list.map((number) => 2 * number));
  });

  test('ends with an abort at the next piece', async () => {
    expect(await inPiecesOf(numbers.slice(0, 16))).toMatchObject({ pieces: [8, 8] });
    await expect(inPiecesOf(numbers)).rejects.toThrow('enough');
  });
});
