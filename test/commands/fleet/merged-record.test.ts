import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createMachine } from '../../support/context.ts';
import { recordedIn, startFleet, trusting } from '../../support/fleet.ts';
import { linesIn } from '../../support/fleet-record.ts';
import { isMissing } from '../../support/tools.ts';

const identity = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];

test.skipIf(isMissing('git'))(
  'two branches of a committed record, each with lines of its own, merge to one history',
  async () => {
    const fleet = await startFleet(3);
    const git = (...words: readonly string[]): string =>
      execFileSync('git', [...identity, ...words], { cwd: fleet.directory, encoding: 'utf8' });
    const env = {
      APP_PASSWORD: 'secret',
      CI_SECRET: 'the-secret-of-the-pipeline',
      ...trusting(fleet.file),
    };
    const fleetOn = (machine: ReturnType<typeof createMachine>, ...words: readonly string[]) =>
      machine.run(['fleet', ...words, '--file', fleet.file], { env });
    writeFileSync(join(fleet.directory, '.gitignore'), 'config\n');
    writeFileSync(join(fleet.directory, '.gitattributes'), '*.ledger.jsonl merge=union\n');
    git('init', '--quiet', '--initial-branch', 'main');
    const commit = (message: string): void => {
      git('add', '--all');
      git('commit', '--quiet', '--message', message);
    };

    const [ada, grace, nobody] = [createMachine(), createMachine(), createMachine()];
    await fleetOn(ada, 'apply', '--yes', '--only', 't1');
    commit('Set t1');
    git('checkout', '--quiet', '-b', 'ada');
    await fleetOn(ada, 'apply', '--yes', '--only', 't2');
    commit('Set t2');
    const ofAda = linesIn(fleet.record);
    git('checkout', '--quiet', '-b', 'grace', 'main');
    await fleetOn(grace, 'apply', '--yes', '--only', 't3');
    await fleetOn(grace, 'apply', '--yes', '--all', '--only', 't1');
    commit('Set t3, and t1 again');
    const ofGrace = linesIn(fleet.record);
    git('merge', '--quiet', '--no-edit', 'ada');

    const idsOf = (lines: typeof ofAda) => new Set(lines.map(({ id }) => id));
    const merged = linesIn(fleet.record);
    expect(idsOf(merged)).toEqual(idsOf([...ofAda, ...ofGrace]));
    expect(merged).toHaveLength(8);
    expect(recordedIn(fleet)).toEqual(['t1 set', 't2 set', 't3 set']);
    const { stdout } = await fleetOn(nobody, 'plan', '--json');
    expect(JSON.parse(stdout).counts).toMatchObject({ same: 3, set: 0 });
    fleet.requests();
    await fleetOn(nobody, 'apply', '--yes');
    expect(fleet.requests()).toEqual([]);
  },
);
