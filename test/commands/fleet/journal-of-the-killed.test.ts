import { readFileSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { journalOf } from '../../../src/commands/fleet/record.ts';
import { recordedIn, startFleet } from '../../support/fleet.ts';

test('what a killed apply did is in the record before the next one begins, which may be killed as well', async () => {
  let atRequest: readonly string[] = [];
  const fleet = await startFleet(2, {
    misbehaving: (number) => (call) => {
      if (number === 2 && call === 'set') atRequest = recordedIn(fleet.record);
      return false;
    },
  });
  await fleet.run(['apply', '--yes', '--only', 't1']);
  const { version, tenants } = JSON.parse(readFileSync(fleet.record, 'utf8'));
  const journal = [{ version }, ...tenants].map((line) => `${JSON.stringify(line)}\n`);
  writeFileSync(journalOf(fleet.record), journal.join(''));
  writeFileSync(fleet.record, JSON.stringify({ version, tenants: [] }));
  await fleet.run(['apply', '--yes']);
  expect(atRequest).toEqual(['t1 set']);
});
