import { describe, test } from 'vitest';
import { everyStep, startTwoApps } from './two-apps.ts';

/** Every order of these. */
function orders<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  if (items.length < 2) return [items];
  return items.flatMap((first, index) =>
    orders(items.toSpliced(index, 1)).map((others) => [first, ...others]),
  );
}

describe.each(['pointer-kept', 'pointer-cleared'] as const)('two apps, delete-old-key=%s', (value) => {
  test('each from its own machine: every order of set and delete', async () => {
    const { take } = await startTwoApps(value);
    for (const steps of orders(everyStep.filter(({ machine, app }) => machine === app))) await take(steps);
  });
});
