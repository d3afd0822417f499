import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { CliError } from '../../../src/errors/cli-error.ts';
import { startFleet } from '../../support/fleet.ts';

/** A fleet that is set, and whose tenants end the connection when they are asked what they hold. */
async function silentFleet(count: number, onAsked = () => {}) {
  const fleet = await startFleet(count, {
    misbehaving: () => (call, response) => {
      if (/^(token|set)$/.test(call)) return false;
      onAsked();
      response.writeHead(403).end('{}');
      return true;
    },
  });
  expect((await fleet.run(['apply', '--yes'])).exitCode).toBe(0);
  return fleet;
}

test('more than twenty that do not say are counted', async () => {
  const fleet = await silentFleet(23);
  const { exitCode, stderr } = await fleet.run(['status', '--refresh', '--warn-days', '0']);
  const lines = stderr.trimEnd().split('\n');
  expect([exitCode, lines.length, lines.at(-1)]).toEqual([
    0,
    21,
    expect.stringMatching(/… and 3 more$/),
  ]);
});

test('an interrupt ends it, and writes nothing', async () => {
  const interrupt = new AbortController();
  const fleet = await silentFleet(3, () =>
    interrupt.abort(new CliError('interrupted', 'Interrupted')),
  );
  const page = `${fleet.directory}/fleet.html`;
  const { exitCode } = await fleet.run(['status', '--refresh', '--out', page], {
    signal: interrupt.signal,
  });
  expect([exitCode, existsSync(page)]).toEqual([130, false]);
});
