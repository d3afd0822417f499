import { expect, test } from 'vitest';
import { historyOf, tenantHistory } from '../../../src/change/history.ts';
import type { LedgerLine } from '../../../src/change/ledger-line.ts';
import { certificatesOf } from '../../../src/commands/apns/status-report.ts';
import { doneAt, start } from '../../change/examples.ts';

const terms = { now: new Date(start), warnDays: 30 };

/** How often a part of a line was read for the report of so many keys at one tenant. */
function readsFor(count: number): number {
  let reads = 0;
  const counted = (line: LedgerLine): LedgerLine =>
    new Proxy(line, {
      get(target, name, receiver) {
        reads++;
        return Reflect.get(target, name, receiver);
      },
    });
  const lines = Array.from({ length: count }, (_, index) =>
    doneAt(`${index}`, index * 10, { clientAppKey: `key-${index}` }),
  );
  const history = historyOf(lines.flat().map(counted));
  const known = { history: tenantHistory(history, lines[0]?.[0]?.tenant ?? ''), profile: null };
  expect(certificatesOf({ ...known, reported: null }, terms)).toHaveLength(count);
  return reads;
}

test('status reads each line a few times, however many certificates there are', () => {
  const [few, many] = [readsFor(100), readsFor(400)];
  expect(few).toBeGreaterThanOrEqual(200);
  expect(many / few).toBeLessThan(4.1);
});
