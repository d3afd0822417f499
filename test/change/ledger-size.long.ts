import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { historyOf } from '../../src/change/history.ts';
import { openAppender } from '../../src/change/ledger-append.ts';
import { machineLedger, otherLedger, readLedger } from '../../src/change/ledger-file.ts';
import { readTenants } from '../../src/change/ledger-index.ts';
import { encodeLine, laterFacts } from '../../src/change/ledger-line.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { doneAt, factsOf } from './examples.ts';

const measured = async <T>(what: string, work: () => Promise<T>): Promise<T> => {
  const start = performance.now();
  const result = await work();
  process.stderr.write(`${what}: ${Math.round(performance.now() - start)} ms\n`);
  return result;
};

test('a tenant of 200,000 lines is found at once', async () => {
  const directory = temporaryDirectory();
  const place = machineLedger(directory);
  const texts = Array.from({ length: 100_000 }, (_, index) =>
    doneAt(`${index}`, index * 2, { tenant: `https://tenant-${index % 20_000}.example` })
      .map(encodeLine)
      .join(''),
  );
  writeFileSync(place.path, texts.join(''), { mode: 0o600 });
  const { lines } = await measured('all lines', () => readLedger(place));
  expect(lines).toHaveLength(200_000);
  const { tenants } = await measured('their history', async () => historyOf(lines));
  expect(tenants.size).toBe(20_000);
  const one = new Set(['https://tenant-7.example']);
  const cold = await measured('one tenant, without an index', () =>
    readTenants(place, directory, one),
  );
  const warm = await measured('one tenant, with the index', () =>
    readTenants(place, directory, one),
  );
  expect(warm.lines).toEqual(cold.lines);
  expect(warm.lines).toHaveLength(10);
});

/** Calls for each of a thousand tenants, eight at a time. */
async function atEight(call: (tenant: string) => Promise<unknown>): Promise<void> {
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < 1_000) {
      next += 1;
      await call(`https://tenant-${next}.example`);
    }
  };
  await Promise.all(Array.from({ length: 8 }, worker));
}

test('a thousand tenants are appended in two lines each', async () => {
  const directory = temporaryDirectory();
  const place = otherLedger(join(directory, 'fleet.ledger.jsonl'));
  const ledger = openAppender(place, { now: () => new Date() });
  await measured('the ledger', () =>
    atEight(async (tenant) => {
      const sent = await ledger.append(factsOf({ tenant }));
      await ledger.append(laterFacts(sent, { outcome: 'done', sentAs: 'json' }));
    }),
  );
  expect((await readLedger(place)).lines).toHaveLength(2_000);
});
