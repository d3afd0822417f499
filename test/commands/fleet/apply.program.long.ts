import { expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { type Misbehaving, recordedIn, reportOf, startFleet, topic } from '../../support/fleet.ts';
import { runProgram } from '../../support/process.ts';

const refusal = (message: string) =>
  `{"success":false,"Message":${JSON.stringify(message)},"MessageID":"x"}`;
const answer =
  (status: number, body = '', headers = {}): Misbehaving =>
  (_call, response) =>
    void response.writeHead(status, headers).end(body);
const wrong = refusal('The specified network password is not correct.');

/** What a tenant answers when it is to set a certificate, and the code that tells it. */
const faults: readonly (readonly [string, Misbehaving])[] = [
  ['tenant-forbidden', answer(401)],
  ['tenant-forbidden', answer(403, refusal('no'))],
  ['rate-limited', answer(429, refusal('slowly'), { 'retry-after': '1' })],
  ['tenant-redirected', answer(302, '', { location: 'https://elsewhere.example/' })],
  ['outcome-unknown', answer(200, '<!DOCTYPE html><title>Hi</title>')],
  ['tenant-refused', answer(200, wrong)],
  // The answer is lost.
  ['outcome-unknown', (_call, response) => void response.destroy()],
];
const [every, all] = [4, 40];
const faultAt = (number: number) => (number % every === 0 ? faults[number / every - 1] : undefined);

test('of forty tenants, nine of them faulty in nine ways, 31 are set and nine told; the next one touches only the nine', async () => {
  const healthy = new Set<number>();
  const fleet = await startFleet(all, {
    misbehaving: (number) => {
      const fault = faultAt(number);
      if (fault === undefined) return undefined;
      return (call, response, request) => {
        if (call === 'token' || healthy.has(number)) return false;
        fault[1](call, response, request);
        return true;
      };
    },
    tls: (number) => number === 32,
  });
  // The last of the nine is down: nobody listens there.
  fleet.edit(/(t36: \{ tenant: "http:\/\/127\.0\.0\.1:)\d+/, `$1${await freePort()}`);

  const words = ['apply', '--yes', '--json'];
  const first = await runProgram(['fleet', ...words, '--file', fleet.file], fleet.env);
  expect([first.exitCode, first.stderr]).toEqual([8, expect.not.stringContaining('Warning')]);
  const report = reportOf(first.stdout);
  expect(report.counts).toMatchObject({ set: 40, sent: 31, failed: 9, unanswered: 2, blocked: 0 });
  const failed = report.tenants.filter(({ error }) => error !== null);
  const told = [...faults.map(([code]) => code), 'tenant-tls', 'tenant-unreachable'];
  expect(failed.map(({ name, error }) => `${name} ${error?.code}`)).toEqual(
    told.map((code, index) => `t${every * (index + 1)} ${code}`),
  );
  const unknown = failed.filter(({ sent }) => sent === null);
  // A lost answer is asked for again.
  expect(unknown.map(({ name, tries }) => `${name} ${tries}`)).toEqual(['t20 1', 't28 3']);
  for (const { error } of failed) expect(error?.hints.length).toBeGreaterThan(0);
  expect(fleet.tenants.filter(({ holds }) => holds.get(topic) === topic)).toHaveLength(31);
  expect(Math.max(...fleet.tenants.map(({ most }) => most))).toBe(1);
  expect(first.stderr.match(/^✓ /gm)).toHaveLength(31);
  // What was refused is as before; what may have been taken is told so. Nothing was sent to the one that is down.
  const recorded = recordedIn(fleet);
  expect(recorded.filter((line) => line.endsWith('set'))).toHaveLength(31);
  const open = ['t20 unknown', 't28 unknown'];
  expect(recorded.filter((line) => !line.endsWith('set'))).toEqual(open);

  fleet.requests();
  const second = await fleet.run(words);
  expect(second.exitCode).toBe(8);
  expect(reportOf(second.stdout).counts).toMatchObject({ set: 9, same: 31, sent: 0, failed: 9 });
  // The two that no request reaches are not among them.
  expect(fleet.requests().map(({ name }) => name)).toEqual(
    faults.map((_, index) => `t${every * (index + 1)}`),
  );

  for (let number = every; number <= all; number += every) healthy.add(number);
  const third = await fleet.run(words);
  expect([third.exitCode, reportOf(third.stdout).counts]).toMatchObject([
    8,
    { sent: 7, failed: 2, same: 31 },
  ]);
  expect(third.stderr).toContain('t20, t28: the outcome of the last request is unknown.');
});
