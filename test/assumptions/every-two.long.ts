import { describe, expect, test } from 'vitest';
import { describeUnusual, entriesOf, everyAssumption, everyPair, pairsOf } from './combinations.ts';
import { changes, check } from './expected.ts';

/** Every value is met, and every two of different assumptions. */
describe('the whole journey, under', () => {
  const choices = everyPair();
  test('every two values together', () => {
    const met = new Set(choices.flatMap((choice) => pairsOf(entriesOf(choice))));
    expect(pairsOf(everyAssumption).filter((pair) => !met.has(pair))).toEqual([]);
  });
  test.each(choices.map((choice) => [describeUnusual(choice), choice] as const))(
    '%s',
    async (_name, choice) => check(choice),
  );
});

test('what is expected to change something is a value that there is', () => {
  const known = everyAssumption.map((assumption) => assumption.join('='));
  expect(Object.keys(changes).filter((name) => !known.includes(name))).toEqual([]);
});
