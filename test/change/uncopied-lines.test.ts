import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createMachine } from '../support/context.ts';
import { startFleet } from '../support/fleet.ts';
import { blockLedger, ledgerOf, linesIn } from '../support/ledger.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { shareTenant } from '../support/tenant.ts';

describe('a machine that cannot copy what another ledger has says so', () => {
  const shared = shareTenant();
  const done = ['sending', 'done'];

  test.each([
    ['set', []],
    ['delete', ['com.example.lab', '--yes']],
  ])('apns %s', async (verb, words) => {
    const { machine, set } = await shared();
    const record = join(temporaryDirectory(), 'shared.jsonl');
    blockLedger(ledgerOf(machine.directory));
    const options = ['--record', record, '--json'];
    const { exitCode, stdout, stderr } =
      verb === 'set' ? await set(options) : await machine.run(['apns', verb, ...words, ...options]);
    expect([exitCode, JSON.parse(stdout)]).toMatchObject([0, { recorded: true }]);
    expect(stderr).toContain(`warning: This machine could not note what ${record} has: `);
    expect(linesIn(record).map(({ outcome }) => outcome)).toEqual(done);
  });

  test('fleet apply', async () => {
    const fleet = await startFleet(1);
    const machine = createMachine();
    blockLedger(ledgerOf(machine.directory));
    const argv = ['fleet', 'apply', '--file', fleet.file, '--yes', '--json'];
    const { exitCode, stderr } = await machine.run(argv, { env: fleet.env });
    expect(exitCode).toBe(0);
    expect(stderr).toContain(`warning: This machine could not note what ${fleet.record} has: `);
    expect(linesIn(fleet.record).map(({ outcome }) => outcome)).toEqual(done);
  });
});
