import { existsSync, readdirSync } from 'node:fs';
import { expect } from 'vitest';

/** Runs the work, which must leave no more files open than before, if the system tells. */
export async function expectNothingOpen(work: () => unknown): Promise<void> {
  const open = () => (existsSync('/proc/self/fd') ? readdirSync('/proc/self/fd').length : 0);
  const before = open();
  await work();
  expect(open()).toBeLessThanOrEqual(before);
}
