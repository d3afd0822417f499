import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type Misbehaving, recordedIn, reportOf, startFleet, topic } from '../../support/fleet.ts';
import { listen } from '../../support/http.ts';
import { patience } from '../../support/patience.ts';
import { runProgram } from '../../support/process.ts';

const refusal = (message: string) => `{"success":false,"Message":${JSON.stringify(message)},"MessageID":"x"}`;

/** What goes wrong at a tenant when it is to set a certificate, and the code that tells it. */
const faults: readonly (readonly [string, string, Misbehaving])[] = [
  ['401', 'session-expired', (_call, response) => void response.writeHead(401).end()],
  ['no right', 'tenant-forbidden', (_call, response) => void response.writeHead(403).end(refusal('no'))],
  [
    '429',
    'rate-limited',
    (_call, response) => void response.writeHead(429, { 'retry-after': '1' }).end(refusal('slowly')),
  ],
  [
    'a redirect',
    'tenant-redirected',
    (_call, response) => void response.writeHead(302, { location: 'https://elsewhere.example/' }).end(),
  ],
  ['HTML', 'tenant-not-json', (_call, response) => void response.end('<!DOCTYPE html><title>Hi</title>')],
  ['slow', 'outcome-unknown', () => undefined],
  [
    'a wrong certificate',
    'tenant-refused',
    (_call, response) => void response.end(refusal('The specified network password is not correct.')),
  ],
  ['a lost answer', 'outcome-unknown', (_call, response) => void response.destroy()],
];

describe('200 tenants, ten of them faulty in ten ways', () => {
  test('end with 8, 190 set and ten told; the next one touches only the ten', async () => {
    const healthy = new Set<number>();
    // Every twentieth.
    const fleet = await startFleet(200, {
      misbehaving: (number) => {
        const fault = number % 20 === 0 ? faults[number / 20 - 1] : undefined;
        if (fault === undefined) return undefined;
        return (call, response, request) => {
          if (call === 'token' || healthy.has(number)) return false;
          fault[2](call, response, request);
          return true;
        };
      },
      tls: (number) => number === 180,
    });
    // The last of the ten is down: nobody listens there.
    const free = createServer();
    const port = await listen(free);
    await new Promise((resolve) => free.close(resolve));
    const text = readFileSync(fleet.file, 'utf8');
    writeFileSync(fleet.file, text.replace(/(t200: \{ tenant: "http:\/\/127\.0\.0\.1:)\d+/, `$1${port}`));

    const words = ['apply', '--yes', '--json', '--timeout', String(6 * patience)];
    const first = await runProgram(['fleet', ...words, '--file', fleet.file], fleet.env);
    expect([first.exitCode, first.stderr]).toEqual([8, expect.not.stringContaining('Warning')]);
    const report = reportOf(first.stdout);
    expect(report.counts).toMatchObject({
      ...{ set: 200, sent: 190, failed: 10, unanswered: 3, blocked: 0 },
    });
    const failed = report.tenants.filter(({ error }) => error !== null);
    expect(failed.map(({ name, error }) => `${name} ${error?.code}`)).toEqual([
      ...faults.map(([, code], index) => `t${20 * (index + 1)} ${code}`),
      't180 tenant-tls',
      't200 tenant-unreachable',
    ]);
    const unknown = failed.filter(({ sent }) => sent === null);
    // A lost answer is asked for again; what was slow took all the time.
    expect(unknown.map(({ name, tries }) => `${name} ${tries}`)).toEqual(['t100 null', 't120 1', 't160 3']);
    for (const { error } of failed) expect(error?.hints.length).toBeGreaterThan(0);
    expect(fleet.tenants.filter(({ holds }) => holds.get(topic) === topic)).toHaveLength(190);
    expect(Math.max(...fleet.tenants.map(({ most }) => most))).toBe(1);
    expect(first.stderr.split('\n').filter((line) => line.startsWith('✓ '))).toHaveLength(190);
    // What was refused is as before; what may have been taken is told so.
    expect(recordedIn(fleet.record).filter((line) => line.endsWith('set'))).toHaveLength(190);
    expect(recordedIn(fleet.record).filter((line) => !line.endsWith('set'))).toEqual(
      // Nothing was sent to the one that is down.
      ['t100', 't120', 't160'].map((name) => `${name} sending`),
    );
    expect(existsSync(`${fleet.record}.journal`)).toBe(false);

    fleet.requests();
    const second = await fleet.run(words);
    expect(second.exitCode).toBe(8);
    expect(reportOf(second.stdout).counts).toMatchObject({ set: 10, same: 190, sent: 0, failed: 10 });
    // The two that no request reaches are not among them.
    expect(fleet.requests().map(({ name }) => name)).toEqual(
      faults.map((_, index) => `t${20 * (index + 1)}`),
    );

    for (let number = 20; number <= 160; number += 20) healthy.add(number);
    const third = await fleet.run(words);
    expect([third.exitCode, reportOf(third.stdout).counts]).toEqual([
      8,
      expect.objectContaining({ sent: 8, failed: 2, same: 190 }),
    ]);
    expect(third.stderr).toContain('The answer to the last request is unknown for t100, t120, t160:');
  });
});
