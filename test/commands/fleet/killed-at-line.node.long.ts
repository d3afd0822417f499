import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { recordedIn, startFleet, type TestFleet, topic } from '../../support/fleet.ts';
import { linesIn } from '../../support/fleet-record.ts';
import { finish, startProgram } from '../../support/process.ts';

const preload = fileURLToPath(new URL('processes/killed-at-sync.cjs', import.meta.url));

/** Applies a fleet in a process that is killed once its record was synced so many times. */
async function killed(fleet: TestFleet, syncs: number): Promise<boolean> {
  const words = ['fleet', 'apply', '--yes', '--concurrency', '1', '--file', fleet.file];
  const env = { NODE_OPTIONS: `--require=${preload}`, KILLED_AT_SYNC: String(syncs) };
  const { exitCode } = await finish(startProgram(words, { ...fleet.env, ...env }));
  return exitCode === null;
}

test.skipIf(process.platform !== 'linux')(
  'killed after each line of the record, the next apply says what is unknown, and finishes',
  async () => {
    let syncs = 1;
    for (let isKilled = true; isKilled; syncs++) {
      const fleet = await startFleet(3);
      isKilled = await killed(fleet, syncs);
      const lines = linesIn(fleet.record);
      const before = recordedIn(fleet);
      const unknown = before.filter((line) => line.endsWith(' unknown'));
      const done = before.filter((line) => line.endsWith(' set'));
      expect(unknown.length + done.length).toBe(lines.filter(({ of }) => of === null).length);
      expect(unknown.length).toBeLessThanOrEqual(1);
      const status = await fleet.run(['status', '--json']);
      const states = JSON.parse(status.stdout).tenants as readonly {
        readonly name: string;
        readonly state: string;
      }[];
      const seen = states.filter(({ state }) => state === 'unknown').map(({ name }) => name);
      expect(unknown).toEqual(seen.map((name) => `${name} unknown`));

      fleet.requests();
      const { exitCode, stderr } = await fleet.run(['apply', '--yes']);
      expect(exitCode).toBe(0);
      for (const name of seen)
        expect(stderr).toContain(`${name}: the outcome of the last request is unknown`);
      const asked = fleet.requests().map(({ name }) => name);
      const settled = done.map((line) => line.split(' ')[0] ?? '');
      expect(asked).toEqual(['t1', 't2', 't3'].filter((name) => !settled.includes(name)));
      expect(recordedIn(fleet)).toEqual(['t1 set', 't2 set', 't3 set']);
      expect(fleet.tenants.every(({ holds }) => holds.get(topic) === topic)).toBe(true);
    }
    // Of six lines, an outcome may share its sync with the next line.
    expect(syncs).toBeGreaterThan(4);
  },
);
