import { readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import { encodeRecord, type RecordEntry } from '../../../src/commands/fleet/record.ts';
import { type FleetOptions, reportOf, startFleet, type TestFleet, topic } from '../../support/fleet.ts';

const old = 'com.example.old';

/**
 * A tenant that pushes with the app's key, and whose earlier key is to go, and another tenant. All of it is on record, as
 * are the certificates that the two have.
 */
async function startChanged(options: FleetOptions = {}) {
  let armed = false;
  const fleet = await startFleet(2, {
    ...options,
    misbehaving: (number) => (call, response, request) =>
      armed && options.misbehaving?.(number)?.(call, response, request),
    more: (origin) => [
      `  old: { tenant: "${origin(1)}", certificate: null, client-app-key: ${old}, sign-in: { client-id: ci@t1, client-secret: { env: CI_SECRET } } }`,
    ],
  });
  expect((await fleet.run(['apply', '--yes'])).exitCode).toBe(0);
  const tenants = recorded(fleet);
  const [first] = tenants;
  if (first === undefined) throw new Error('nothing is on record');
  const earlier = { ...first, name: 'old', clientAppKey: old, topic: old, setAt: '2020-01-01T00:00:00Z' };
  writeFileSync(fleet.record, encodeRecord({ entries: [...tenants, earlier] }));
  fleet.tenants[0]?.holds.set(old, old);
  fleet.requests();
  armed = true;
  return fleet;
}

const recorded = ({ record }: TestFleet) =>
  (JSON.parse(readFileSync(record, 'utf8')) as { tenants: readonly RecordEntry[] }).tenants;

const refusing = (refused: string) => () => (call: string, response: ServerResponse) => {
  if (call === refused) response.writeHead(403).end('{"success":false,"Message":"no"}');
  return call === refused;
};

async function run(fleet: TestFleet, ...words: readonly string[]) {
  const { exitCode, stdout, stderr } = await fleet.run([...words, '--json']);
  const report = reportOf(stdout);
  const outcomes = report.tenants.map(({ name, action, sent }) => `${name} ${action} ${sent}`);
  return { exitCode, report, stderr, outcomes };
}
const apply = (fleet: TestFleet, ...words: readonly string[]) => run(fleet, 'apply', '--yes', ...words);
const plan = (fleet: TestFleet, ...words: readonly string[]) => run(fleet, 'plan', ...words);
const calls = (fleet: TestFleet) =>
  fleet
    .requests()
    .map(({ name, received }) => `${name} ${received.filter((call) => call !== 'token').join(' ')}`);

describe('a deletion', () => {
  test('comes first, and then the key in use is set again, though it is the same', async () => {
    const fleet = await startChanged();
    const before = await plan(fleet);
    expect(before.outcomes).toEqual(['t1 set false', 't2 same false', 'old delete false']);
    expect(before.stderr).toContain('The certificate is the same, and set again, for t1: ');
    expect(await apply(fleet)).toMatchObject({
      exitCode: 0,
      outcomes: ['t1 set true', 't2 same false', 'old delete true'],
    });
    expect(calls(fleet)).toEqual(['t1 delete set']);
    expect((await plan(fleet)).outcomes).toEqual(['t1 same false', 't2 same false', 'old absent false']);
    expect((await run(fleet, 'status')).exitCode).toBe(0);
  });

  test('and what is set after it are of one tenant, which the canary is whole', async () => {
    const fleet = await startChanged();
    await apply(fleet, '--all', '--canary', 't1', '--concurrency', '1');
    expect(calls(fleet)).toEqual(['t1 delete set', 't2 set']);
    const failing = await startChanged({
      misbehaving: refusing('delete'),
    });
    expect(await apply(failing, '--all', '--canary', 't1')).toMatchObject({
      exitCode: 8,
      outcomes: ['t1 set true', 't2 same false', 'old delete false'],
    });
  });

  test('whose answer is missing is not sent again, and the key in use is set all the same', async () => {
    const fleet = await startChanged({
      misbehaving: () => (call, response) => {
        if (call === 'delete') response.destroy();
        return call === 'delete';
      },
    });
    const { exitCode, outcomes, report } = await apply(fleet);
    expect([exitCode, ...outcomes]).toEqual([8, 't1 set true', 't2 same false', 'old delete null']);
    expect(report.tenants[2]).toMatchObject({ tries: 1, error: { code: 'outcome-unknown' } });
    expect(report.tenants[2]?.error?.message).toBe(
      'The tenant did not answer: it may have deleted the certificate',
    );
    expect(calls(fleet)).toEqual(['t1 delete set']);
    expect(recorded(fleet).find(({ clientAppKey }) => clientAppKey === old)).toMatchObject({
      state: 'sending',
      outcome: 'unknown',
      topic: null,
      before: { state: 'set', topic: old },
    });
    // The next run has it done, and says so.
    const next = await plan(fleet);
    expect([next.exitCode, ...next.outcomes]).toEqual([
      0,
      't1 set false',
      't2 same false',
      'old delete false',
    ]);
    expect(next.stderr).toContain('The answer to the last delete is unknown for old');
    const status = await run(fleet, 'status');
    expect(status.exitCode).toBe(4);
    expect(
      status.report.tenants.map(({ name, ...tenant }) => [name, 'state' in tenant && tenant.state]),
    ).toEqual([
      ['t1', 'valid'],
      ['t2', 'valid'],
      ['old', 'unknown'],
    ]);
  });

  test('whose answer is missing is done where the tenant tells that it is gone, and is not sent again', async () => {
    let asked = 0;
    const fleet = await startChanged({
      misbehaving: () => (call, response) => {
        response.setHeader('content-type', 'application/json');
        // As a tenant that refuses to delete what is not there.
        if (call === 'delete')
          asked++ === 0 ? response.destroy() : response.end('{"success":false,"Message":"none"}');
        else if (!call.startsWith('/Core/GetTenantConfig')) return false;
        else response.end(JSON.stringify({ success: true, Result: call.includes(old) ? null : topic }));
        return true;
      },
    });
    expect((await apply(fleet)).outcomes).toEqual(['t1 set true', 't2 same false', 'old delete null']);
    fleet.requests();
    expect((await apply(fleet)).outcomes).toEqual(['t1 set true', 't2 same false', 'old delete true']);
    expect(asked).toBe(1);
    expect((await plan(fleet)).outcomes).toEqual(['t1 same false', 't2 same false', 'old absent false']);
  });

  test('that was done, where what is set after it fails, leaves that to be done', async () => {
    const fleet = await startChanged({
      misbehaving: refusing('set'),
    });
    expect((await apply(fleet)).outcomes).toEqual(['t1 set false', 't2 same false', 'old delete true']);
    expect((await plan(fleet)).outcomes).toEqual(['t1 set false', 't2 same false', 'old absent false']);
    expect((await run(fleet, 'status')).exitCode).toBe(4);
  });

  test('is warned of where the key in use is not selected', async () => {
    const fleet = await startChanged();
    const words = 'which may end the pushes of t1: select it as well, and it is set again';
    expect((await plan(fleet, '--only', 'old')).stderr).toContain(words);
    expect((await apply(fleet, '--only', 'old')).stderr).toContain(words);
    expect((await plan(fleet)).outcomes).toEqual(['t1 set false', 't2 same false', 'old absent false']);
    expect((await plan(fleet)).stderr).not.toContain('may end the pushes');
  });
});

test('what has no answer is done before anything else', async () => {
  const fleet = await startFleet(4);
  await fleet.run(['apply', '--yes', '--only', 't3']);
  const [entry] = recorded(fleet);
  if (entry === undefined) throw new Error('nothing is on record');
  writeFileSync(
    fleet.record,
    encodeRecord({ entries: [{ ...entry, state: 'sending', outcome: 'unknown' }] }),
  );
  const order: string[] = [];
  const { stderr } = await fleet.run(['apply', '--yes', '--concurrency', '1']);
  for (const line of stderr.split('\n')) order.push(/^✓ (t\d): set/.exec(line)?.[1] ?? '');
  expect(order.filter((name) => name !== '')).toEqual(['t3', 't1', 't2', 't4']);
  expect(stderr).toContain('The answer to the last request is unknown for t3');
});

test('another key is silenced: the plan says so, and --fail-on warning stops it', async () => {
  const fleet = await startChanged();
  const record = readFileSync(fleet.record, 'utf8');
  writeFileSync(fleet.file, readFileSync(fleet.file, 'utf8').replace(/ {2}old:.*\n/, ''));
  writeFileSync(fleet.record, record.replaceAll('2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'));
  const words = `Sign-in pushes go to the app of the key set last. ${old} gets none after this.`;
  const open = await plan(fleet);
  expect([open.exitCode, ...open.outcomes]).toEqual([0, 't1 set false', 't2 same false']);
  expect(open.report.tenants[0]?.findings).toContainEqual(
    expect.objectContaining({ code: 'silences-other-app', level: 'warning', message: words }),
  );
  expect((await fleet.run(['plan'])).stdout).toContain(`${words} [silences-other-app]`);
  const strict = await apply(fleet, '--fail-on', 'warning');
  expect([strict.exitCode, strict.outcomes[0]]).toEqual([4, 't1 blocked false']);
  expect(calls(fleet)).toEqual([]);
  expect(await apply(fleet)).toMatchObject({ exitCode: 0, outcomes: ['t1 set true', 't2 same false'] });
  // Now it is the later one, whatever the clock said when the other was set.
  expect((await plan(fleet)).outcomes).toEqual(['t1 same false', 't2 same false']);
});

test('what is sent is on record before it leaves', async () => {
  let seen: unknown;
  const fleet = await startFleet(1, {
    misbehaving: () => (call) => {
      if (call === 'set')
        seen = JSON.parse(readFileSync(`${fleet.record}.journal`, 'utf8').split('\n')[1] ?? '');
      return false;
    },
  });
  await fleet.run(['apply', '--yes']);
  expect(seen).toMatchObject({
    name: 't1',
    clientAppKey: topic,
    topic,
    fingerprint: expect.stringMatching(/^[0-9a-f]{64}$/),
    state: 'sending',
    outcome: 'sending',
    before: null,
  });
  expect(JSON.stringify(seen)).not.toContain('secret');
});
