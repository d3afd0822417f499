import { readdirSync } from 'node:fs';
import { expect } from 'vitest';

/** Runs the work, which must leave no more files open than before, if the system tells. Wine shows those of Linux, and opens others. */
export async function expectNothingOpen(work: () => unknown): Promise<void> {
  const open = () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').length : 0);
  const before = open();
  await work();
  expect(open()).toBeLessThanOrEqual(before);
}
