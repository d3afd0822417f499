import { CliError } from '../errors.ts';

/** Above the count of any exporter that is known (600,000), and derived in well under a second. */
const highestCount = 2_000_000;
/** All counts of a file together; derived in some two seconds on two cores. */
const highestTotal = 5_000_000;

/**
 * Judges what the derivations of a file would cost, before any of them is begun.
 * @param counts iteration counts, those that were derived already too
 * @throws {CliError} pkcs12-unsupported
 */
export function judgeCounts(fileName: string, counts: readonly number[]): void {
  const bad = counts.find((count) => count < 1 || count > highestCount);
  if (bad !== undefined) {
    const limit = bad < 1 ? 'below 1' : `above ${highestCount.toLocaleString('en')}`;
    throw new CliError('pkcs12-unsupported', `${fileName} has an iteration count of ${words(bad)}, ${limit}`);
  }
  const total = counts.reduce((sum, count) => sum + count, 0);
  if (total > highestTotal) {
    const limit = highestTotal.toLocaleString('en');
    throw new CliError(
      'pkcs12-unsupported',
      `${fileName} has ${words(total)} iterations in all, above ${limit}`,
    );
  }
}

function words(count: number): string {
  return Number.isFinite(count) ? count.toLocaleString('en') : `${count < 0 ? 'less' : 'more'} than 48 bits`;
}
