import { describe, test } from 'vitest';
import { usualAssumptions } from '../../src/emulator/assumptions.ts';
import { alone, everyAssumption } from './combinations.ts';
import { check } from './expected.ts';

describe('the whole journey, under', () => {
  test('the usual ones', () => check(usualAssumptions));
  const unusual = everyAssumption.filter(([name, value]) => usualAssumptions[name] !== value);
  test.each(unusual.map((assumption) => [assumption.join('='), assumption] as const))(
    '%s alone',
    async (_name, assumption) => check(alone(assumption)),
  );
});
