import { expect, test } from 'vitest';
import { declaredDifferences } from '../../../src/commands/fleet/saved-plan/compare-plans.ts';
import {
  decodeSavedPlan,
  encodeSavedPlan,
  type SavedPlan,
} from '../../../src/commands/fleet/saved-plan/saved-plan.ts';
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

test.each<Partial<SavedPlan['terms']>>([
  { concurrency: 0 },
  { concurrency: 257 },
  { maxFailures: 0 },
  { maxFailures: 1_000_001 },
  { proveTimeout: 0 },
  { proveTimeout: 86_401 },
  { warnDays: -1 },
  { warnDays: 100_000 },
])('a plan with a number that its option would not take is none: %j', (changed) => {
  const read = (plan: SavedPlan) => decodeSavedPlan(encodeSavedPlan(plan), 'fleet.plan.json');
  const plan = planOf([]);
  const most = { concurrency: 256, maxFailures: 1_000_000, proveTimeout: 86_400, warnDays: 99_999 };
  expect(read({ ...plan, terms: { ...terms, ...most } }).terms).toMatchObject(most);
  expect(() => read({ ...plan, terms: { ...terms, ...changed } })).toThrow(
    expect.objectContaining({ code: 'file-unreadable' }),
  );
});
