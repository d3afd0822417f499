import { describe, test } from 'vitest';
import { everyStep, type Step, startTwoApps } from './two-apps.ts';

/** Every order of these. */
function orders<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first, index) =>
    orders(items.toSpliced(index, 1)).map((others) => [first, ...others]),
  );
}

describe.each(['pointer-kept', 'pointer-cleared'] as const)('two apps, delete-old-key=%s', (value) => {
  test.each<[string, (step: Step) => boolean]>([
    ['each from its own machine', ({ machine, app }) => machine === app],
    ['both from one machine', ({ machine }) => machine === 0],
  ])('%s: every order of set and delete', async (_where, isTaken) => {
    const { take } = await startTwoApps(value);
    // Which of the two apps comes first makes no difference.
    for (const steps of orders(everyStep.filter(isTaken))) if (steps[0]?.app === 0) await take(steps);
  });
});
