import { expect, test } from 'vitest';
import { declaredDifferences } from '../../../src/commands/fleet/saved-plan/compare-plans.ts';
import type { SavedPlan } from '../../../src/commands/fleet/saved-plan/saved-plan.ts';
import { processorTime } from '../../support/processor-time.ts';

const terms: SavedPlan['terms'] = {
  failOn: 'error',
  force: false,
  warnDays: 30,
  all: false,
  concurrency: 8,
  maxFailures: null,
  canary: null,
  prove: false,
  proveUser: null,
  proveTimeout: null,
  hook: null,
};

/** A plan whose programs have these arguments, by their hash. */
function planOf(hashes: readonly string[]): SavedPlan {
  return {
    version: 1,
    validUntil: '2026-11-25T16:00:00.000Z',
    trust: 'sha256:0',
    selection: { only: null, label: null, shard: null },
    terms,
    programs: hashes.map((hash) => ({ program: 'op', arguments: hash })),
    targets: [],
  };
}

test('the programs of ten thousand tenants are compared in little time', async () => {
  const hashes = Array.from({ length: 10_000 }, (_, index) => `${index}`);
  const work = async (): Promise<void> => {
    expect(declaredDifferences(planOf(hashes), planOf([...hashes].reverse()))).toEqual([]);
    expect(declaredDifferences(planOf(hashes), planOf(hashes.slice(1)))).toEqual([
      'the program op: in the plan, and no longer run so',
    ]);
  };
  expect(await processorTime(work)).toBeLessThan(2_000);
});
