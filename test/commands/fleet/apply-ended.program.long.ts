import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { recordedIn, startFleet, type TestFleet, topic } from '../../support/fleet.ts';
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
  expect(recordedIn(fleet).filter((line) => line.endsWith(' set'))).toHaveLength(12);
  const left = ['lock', 'append.lock'].filter((end) => existsSync(`${fleet.record}.${end}`));
  expect(left).toEqual([]);
});
