import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CliError } from '../../../src/errors/cli-error.ts';
import { recordedIn, reportOf, startFleet, type TestFleet, topic } from '../../support/fleet.ts';
import { finish, startProgram } from '../../support/process.ts';

const start = ({ file, env }: TestFleet) =>
  startProgram(['fleet', 'apply', '--yes', '--json', '--file', file, '--concurrency', '4'], env);

// scripts/chaos.mjs has all moments.
test.each([1, 11, 24])('killed at request %i, and applied again, all are set', async (moment) => {
  let kill = (): void => {};
  let seen = 0;
  const fleet = await startFleet(12, { onRequest: () => ++seen === moment && kill() });
  const child = start(fleet);
  kill = () => void child.kill('SIGKILL');
  expect((await finish(child)).exitCode).toBe(null);
  expect(seen).toBeGreaterThanOrEqual(moment);
  const { outcomes } = await fleet.json(['plan']);
  const isSame = ({ name }: { readonly name: string }) => outcomes.includes(`${name} same`);
  // What is recorded is so.
  for (const { holds } of fleet.tenants.filter(isSame)) expect(holds.get(topic)).toBe(topic);
  fleet.requests();
  expect((await fleet.run(['apply', '--yes'])).exitCode).toBe(0);
  const missing = fleet.tenants.filter((tenant) => !isSame(tenant));
  expect(fleet.requests().map(({ name }) => name)).toEqual(missing.map(({ name }) => name));
  expect(fleet.tenants.every(({ holds }) => holds.get(topic) === topic)).toBe(true);
  expect(recordedIn(fleet.record).filter((line) => line.endsWith(' set'))).toHaveLength(12);
  expect([existsSync(`${fleet.record}.journal`), existsSync(`${fleet.record}.lock`)]).toEqual([
    false,
    false,
  ]);
});

test('what Ctrl-C keeps from leaving, as it signs in, is not begun', async () => {
  const interrupt = new AbortController();
  let seen = 0;
  const fleet = await startFleet(6, {
    misbehaving: () => () => {
      // Four at once wait for their tokens for ever.
      if (++seen === 4)
        interrupt.abort(
          new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGINT' } }),
        );
      return true;
    },
  });
  const words = ['apply', '--yes', '--concurrency', '4'];
  const { exitCode, stdout } = await fleet.run(words, { signal: interrupt.signal });
  expect([exitCode, stdout.split('\n')[0]]).toEqual([130, '✗ 6 not started']);
  expect(recordedIn(fleet.record)).toEqual([]);
});

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const)(
  '%s lets what is under way finish, begins nothing more, and reports',
  async (signal, code) => {
    let interrupt = (): void => {};
    let seen = 0;
    const fleet = await startFleet(30, {
      delay: 60,
      onRequest: () => ++seen === 12 && interrupt(),
      // One that never answers is left behind.
      misbehaving: (number) => (call) => number === 2 && call === 'set',
    });
    const child = start(fleet);
    interrupt = () => void child.kill(signal);
    const { exitCode, stdout } = await finish(child);
    const holding = fleet.tenants.filter(({ holds }) => holds.size > 0).map(({ name }) => name);
    expect(holding.length).toBeGreaterThan(3);
    expect(holding.length).toBeLessThan(12);
    // On a busy machine the grace may be over before the report is there; the record is right all the same.
    if (exitCode !== null) {
      expect(exitCode).toBe(code);
      const report = reportOf(stdout);
      expect(report.ok).toBe(false);
      const sent = report.tenants.filter((tenant) => tenant.sent).map(({ name }) => name);
      expect(sent).toEqual(holding);
      expect(report.tenants[1]).toMatchObject({
        sent: null,
        tries: 1,
        error: {
          code: 'outcome-unknown',
          message: expect.stringContaining(
            'The tenant did not answer: it may have set the certificate',
          ),
        },
      });
      expect(report.counts).toMatchObject({ failed: 1, unanswered: 1 });
      expect(recordedIn(fleet.record).filter((line) => line.endsWith(' set'))).toHaveLength(
        holding.length,
      );
      expect(recordedIn(fleet.record)).toContain('t2 sending');
    }
    const plan = await fleet.run(['plan', '--json']);
    expect(reportOf(plan.stdout).counts).toMatchObject({
      same: holding.length,
      set: 30 - holding.length,
    });
  },
);
