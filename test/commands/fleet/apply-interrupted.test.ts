import { expect, test, vi } from 'vitest';
import { answerGrace } from '../../../src/context.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { recordedIn, startFleet } from '../../support/fleet.ts';
import { eventually } from '../../support/patience.ts';

const interruptOf = () =>
  new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGINT' } });

test('a silent tenant is left after a while, and the report says so', async () => {
  const interrupt = new AbortController();
  let isLeft = false;
  const fleet = await startFleet(1, {
    misbehaving: () => (call, response) => {
      if (call !== 'set') return false;
      response.once('close', () => {
        isLeft = true;
      });
      // The clock is the test's: how long the machine takes for the rest does not count.
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
      interrupt.abort(interruptOf());
      vi.advanceTimersByTime(answerGrace);
      vi.useRealTimers();
      return true;
    },
  });
  const running = fleet.json(['apply', '--yes'], { signal: interrupt.signal });
  await vi.waitUntil(() => isLeft, eventually);
  const { exitCode, report } = await running;
  expect([exitCode, report.ok, report.counts.unanswered]).toEqual([130, false, 1]);
  expect(report.tenants[0]).toMatchObject({ sent: null, error: { code: 'outcome-unknown' } });
  expect(recordedIn(fleet)).toEqual(['t1 unknown']);
});

test('a change that is under way at Ctrl-C still gets its answer', async () => {
  const interrupt = new AbortController();
  const fleet = await startFleet(2, {
    misbehaving: () => (call) => {
      if (call === 'set') interrupt.abort(interruptOf());
      return false;
    },
  });
  const words = ['apply', '--yes', '--concurrency', '1'];
  const { exitCode, report } = await fleet.json(words, { signal: interrupt.signal });
  expect([exitCode, report.counts.unanswered]).toEqual([130, 0]);
  expect(report.tenants.map(({ sent }) => sent)).toEqual([true, false]);
  expect(recordedIn(fleet)).toEqual(['t1 set']);
});

test('what Ctrl-C keeps from leaving, as it signs in, is not begun', async () => {
  const interrupt = new AbortController();
  let seen = 0;
  const fleet = await startFleet(6, {
    misbehaving: () => () => {
      // Four at once wait for their tokens for ever.
      if (++seen === 4) interrupt.abort(interruptOf());
      return true;
    },
  });
  const words = ['apply', '--yes', '--concurrency', '4'];
  const { exitCode, stdout } = await fleet.run(words, { signal: interrupt.signal });
  expect([exitCode, stdout.split('\n')[0]]).toEqual([130, '✗ 6 not started']);
  expect(recordedIn(fleet)).toEqual([]);
});
