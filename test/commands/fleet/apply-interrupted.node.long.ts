import { expect, test } from 'vitest';
import { recordedIn, reportOf, startFleet } from '../../support/fleet.ts';
import { finish, startProgram, unhurried } from '../../support/process.ts';

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
    });
    const words = ['fleet', 'apply', '--yes', '--json', '--file', fleet.file, '--concurrency', '4'];
    const child = startProgram(words, { ...fleet.env, ...unhurried });
    interrupt = () => void child.kill(signal);
    const { exitCode, stdout } = await finish(child);
    const holding = fleet.tenants.filter(({ holds }) => holds.size > 0).map(({ name }) => name);
    expect(holding.length).toBeGreaterThan(3);
    expect(holding.length).toBeLessThan(12);
    expect(exitCode).toBe(code);
    const report = reportOf(stdout);
    expect([report.ok, report.counts.failed]).toEqual([false, 0]);
    const sent = report.tenants.filter((tenant) => tenant.sent).map(({ name }) => name);
    expect(sent).toEqual(holding);
    const recorded = recordedIn(fleet);
    expect(recorded).toHaveLength(holding.length);
    expect(recorded).toEqual(expect.arrayContaining(holding.map((name) => `${name} set`)));
    const plan = await fleet.run(['plan', '--json']);
    const left = { same: holding.length, set: 30 - holding.length };
    expect(reportOf(plan.stdout).counts).toMatchObject(left);
  },
);
