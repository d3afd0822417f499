import type { TaskMeta } from 'vitest';
import type { Reporter } from 'vitest/node';

interface FileOfTests {
  readonly children: { allTests(state: 'skipped'): Iterable<unknown> };
  meta(): TaskMeta;
}

/** A reporter of Vitest that ends a run with the number of skipped tests for each missing program. */
export const passedOver: Reporter = {
  onTestRunEnd(modules) {
    const sentence = passedOverIn(modules);
    if (sentence !== null) process.stdout.write(`\n${sentence}\n`);
  },
};

/** Counts by file: a file that lacks several programs names them together. Null: no test was skipped. */
export function passedOverIn(modules: readonly FileOfTests[]): string | null {
  const counts = new Map<string, number>();
  for (const module of modules) {
    const skipped = [...module.children.allTests('skipped')].length;
    const { missing = [] } = module.meta();
    const reason = missing.length === 0 ? 'another system or user' : missing.sort().join(' and ');
    if (skipped > 0) counts.set(reason, (counts.get(reason) ?? 0) + skipped);
  }
  if (counts.size === 0) return null;
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const reasons = sorted.map(([reason, count]) => `${reason} (${count})`).join(', ');
  return `${total} tests were skipped without ${reasons}`;
}
