import { test } from 'vitest';
import { type Step, takeEveryOrder } from './two-apps.ts';

// The other two pairs, and every three steps from either machine, are in two-apps.long.ts.
test.each<[string, 'pointer-kept' | 'pointer-cleared', (step: Step) => boolean]>([
  ['each from its own machine', 'pointer-kept', ({ machine, app }) => machine === app],
  ['both from one machine', 'pointer-cleared', ({ machine }) => machine === 0],
])('two apps %s, delete-old-key=%s: every order of set and delete', (_where, value, isTaken) =>
  takeEveryOrder(value, isTaken),
);
