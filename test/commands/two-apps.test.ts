import { test } from 'vitest';
import { takeEveryOrder } from './two-apps.ts';

// The other three pairs, and every three steps from either machine, are in two-apps.long.ts.
test('two apps, both from one machine, delete-old-key=pointer-cleared: every order of set and delete', () =>
  takeEveryOrder('pointer-cleared', ({ machine }) => machine === 0));
