import type { Reporter } from 'vitest/node';

/** A reporter of Vitest that ends a run with the number of skipped tests for each missing program, counted by file. */
export const passedOver: Reporter = {
  onTestRunEnd(modules) {
    // With `-t`, most are skipped for their names.
    if (process.argv.some((word) => /^(-t|--testNamePattern)/.test(word))) return;
    const counts = new Map<string, number>();
    for (const module of modules) {
      const skipped = [...module.children.allTests('skipped')].length;
      const { missing = [] } = module.meta();
      const reason = missing.length === 0 ? 'another system or user' : missing.sort().join(' and ');
      if (skipped > 0) counts.set(reason, (counts.get(reason) ?? 0) + skipped);
    }
    if (counts.size === 0) return;
    const sorted = [...counts].sort(([, a], [, b]) => b - a);
    const total = sorted.reduce((sum, [, count]) => sum + count, 0);
    const reasons = sorted.map(([reason, count]) => `${reason} (${count})`).join(', ');
    process.stdout.write(`\n${total} tests were skipped without ${reasons}\n`);
  },
};
