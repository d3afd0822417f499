import { describe, test } from 'vitest';
import { everyStep, type Step, startTwoApps, takeEveryOrder } from './two-apps.ts';

/** Every sequence of so many. */
function sequences(length: number): readonly (readonly Step[])[] {
  if (length === 0) return [[]];
  return sequences(length - 1).flatMap((begun) => everyStep.map((step) => [...begun, step]));
}

describe.each(['pointer-kept', 'pointer-cleared'] as const)(
  'two apps, delete-old-key=%s',
  (value) => {
    test('from either machine: every three sets and deletions', { timeout: 900_000 }, async () => {
      const { take } = await startTwoApps(value);
      // Which machine begins makes no difference, nor which app.
      for (const steps of sequences(3))
        if (steps[0]?.machine === 0 && steps[0].app === 0) await take(steps);
    });

    test('every order of set and delete, from its own machine and from one', {
      timeout: 900_000,
    }, async () => {
      await takeEveryOrder(value, ({ machine, app }) => machine === app);
      await takeEveryOrder(value, ({ machine }) => machine === 0);
    });
  },
);
