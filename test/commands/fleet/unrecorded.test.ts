import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startFleet, type TestFleet } from '../../support/fleet.ts';

// Windows does not rename an open file.
test.skipIf(process.platform === 'win32')(
  'a set that the record cannot take is told as sent and not in order, and this machine knows it',
  async () => {
    const fleet: TestFleet = await startFleet(2, {
      misbehaving: () => (call) => {
        if (call !== 'set') return false;
        renameSync(fleet.record, `${fleet.record}.before`);
        mkdirSync(fleet.record);
        return false;
      },
    });
    const { exitCode, report } = await fleet.json(['apply', '--yes', '--concurrency', '1']);
    expect([exitCode, report.ok]).toEqual([8, false]);
    expect(report.tenants).toMatchObject([
      { name: 't1', sent: true, error: { code: 'file-unwritable' } },
      { name: 't2', sent: false },
    ]);
    const own = readFileSync(join(fleet.directory, 'config', 'ledger.jsonl'), 'utf8');
    expect(own).toContain('"outcome":"done"');
    expect(fleet.tenants.map(({ holds }) => holds.size)).toEqual([1, 0]);
  },
);
