import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { encodeRecord, type RecordEntry } from '../../../src/commands/fleet/record.ts';
import { type FleetOptions, refuse, startFleet, type TestFleet, topic } from '../../support/fleet.ts';

const old = 'com.example.old';

/**
 * A tenant that pushes with the app's key, and whose earlier key is to go, and another tenant. All of it is on record, as
 * are the certificates that the two have.
 */
async function startChanged(misbehaving: FleetOptions['misbehaving'] = () => undefined) {
  let armed = false;
  const fleet = await startFleet(2, {
    misbehaving: (number) => (call, response, request) =>
      armed && misbehaving(number)?.(call, response, request),
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
  const run = async (...words: readonly string[]) => {
    const { exitCode, outcomes } = await fleet.json(words);
    return [exitCode, ...outcomes];
  };
  return {
    ...fleet,
    apply: (...words: readonly string[]) => run('apply', '--yes', ...words),
    plan: () => run('plan'),
  };
}

const recorded = ({ record }: Pick<TestFleet, 'record'>) =>
  (JSON.parse(readFileSync(record, 'utf8')) as { tenants: readonly RecordEntry[] }).tenants;
const calls = (fleet: Pick<TestFleet, 'requests'>) =>
  fleet
    .requests()
    .map(({ name, received }) => `${name} ${received.filter((call) => call !== 'token').join(' ')}`);
const refusing = (refused: string) => () => (call: string, response: Parameters<typeof refuse>[0]) => {
  if (call === refused) refuse(response);
  return call === refused;
};
const again = [0, 't1 set', 't2 same', 'old absent'];
const done = [0, 't1 same', 't2 same', 'old absent'];

describe('a deletion', () => {
  test('comes first, and then the key in use is set again, though it is the same', async () => {
    const { apply, plan, run, json, ...fleet } = await startChanged();
    const before = await json(['plan']);
    expect(before.outcomes).toEqual(['t1 set', 't2 same', 'old delete']);
    expect(before.stderr).toContain('The same certificate is set again for t1: ');
    expect(await apply()).toEqual([0, 't1 set sent', 't2 same', 'old delete sent']);
    expect(calls(fleet)).toEqual(['t1 delete set']);
    expect(await plan()).toEqual(done);
    expect((await run(['status'])).exitCode).toBe(0);
  });

  test('and what is set after it are of one tenant, which the canary is whole', async () => {
    const fleet = await startChanged();
    await fleet.apply('--all', '--canary', 't1', '--concurrency', '1');
    expect(calls(fleet)).toEqual(['t1 delete set', 't2 set']);
    const failing = await startChanged(refusing('delete'));
    const failed = [8, 't1 set sent', 't2 same', 'old delete tenant-forbidden'];
    expect(await failing.apply('--all', '--canary', 't1')).toEqual(failed);
  });

  test('whose answer is missing is not sent again, and the key in use is set all the same', async () => {
    const { json, run, ...fleet } = await startChanged(() => (call, response) => {
      if (call === 'delete') response.destroy();
      return call === 'delete';
    });
    const { outcomes, report } = await json(['apply', '--yes']);
    expect(outcomes).toEqual(['t1 set sent', 't2 same', 'old delete ? outcome-unknown']);
    const message = 'The tenant did not answer: it may have deleted the certificate';
    expect(report.tenants[2]).toMatchObject({ tries: 1, error: { message } });
    expect(calls(fleet)).toEqual(['t1 delete set']);
    expect(recorded(fleet).find(({ clientAppKey }) => clientAppKey === old)).toMatchObject({
      ...{ state: 'sending', outcome: 'unknown', topic: null, before: { state: 'set', topic: old } },
    });
    // The next run has it done, and says so.
    const next = await json(['plan']);
    expect(next.outcomes).toEqual(['t1 set', 't2 same', 'old delete']);
    expect(next.stderr).toContain('The last delete got no answer for old');
    const status = await run(['status', '--json']);
    const states = (JSON.parse(status.stdout).tenants as { state: string }[]).map(({ state }) => state);
    expect([status.exitCode, ...states]).toEqual([4, 'valid', 'valid', 'unknown']);
  });

  test('whose answer is missing is done where the tenant tells that it is gone, and is not sent again', async () => {
    let asked = 0;
    const { apply, plan } = await startChanged(() => (call, response) => {
      response.setHeader('content-type', 'application/json');
      // As a tenant that refuses to delete what is not there.
      if (call === 'delete')
        asked++ === 0 ? response.destroy() : response.end('{"success":false,"Message":"none"}');
      else if (!call.startsWith('/Core/GetTenantConfig')) return false;
      else response.end(JSON.stringify({ success: true, Result: call.includes(old) ? null : topic }));
      return true;
    });
    expect(await apply()).toEqual([8, 't1 set sent', 't2 same', 'old delete ? outcome-unknown']);
    expect(await apply()).toEqual([0, 't1 set sent', 't2 same', 'old delete sent']);
    expect(asked).toBe(1);
    expect(await plan()).toEqual(done);
  });

  test('that was done, where what is set after it fails, leaves that to be done', async () => {
    const { apply, plan, run } = await startChanged(refusing('set'));
    expect(await apply()).toEqual([8, 't1 set tenant-forbidden', 't2 same', 'old delete sent']);
    expect(await plan()).toEqual(again);
    expect((await run(['status'])).exitCode).toBe(4);
  });

  test('is warned of where the key in use is not selected', async () => {
    const { plan, run } = await startChanged();
    const words = 'may end pushes for t1: select it as well to set it again';
    for (const command of [['plan'], ['apply', '--yes']])
      expect((await run([...command, '--only', 'old'])).stderr).toContain(words);
    expect(await plan()).toEqual(again);
    expect((await run(['plan'])).stderr).not.toContain('may end the pushes');
  });
});

test('what has no answer is done before anything else', async () => {
  const fleet = await startFleet(4);
  await fleet.run(['apply', '--yes', '--only', 't3']);
  const entries = recorded(fleet).map(
    (entry) => ({ ...entry, state: 'sending', outcome: 'unknown' }) as const,
  );
  writeFileSync(fleet.record, encodeRecord({ entries }));
  const { stderr } = await fleet.run(['apply', '--yes', '--concurrency', '1']);
  expect([...stderr.matchAll(/^✓ (t\d): set/gm)].map(([, name]) => name)).toEqual(['t3', 't1', 't2', 't4']);
  expect(stderr).toContain('The last request got no answer for t3');
});

test('another key is silenced: the plan says so, and --fail-on warning stops it', async () => {
  const { json, apply, plan, edit, record, run, ...fleet } = await startChanged();
  edit(/ {2}old:.*\n/, '');
  writeFileSync(
    record,
    readFileSync(record, 'utf8').replaceAll('2020-01-01T00:00:00Z', '2100-01-01T00:00:00Z'),
  );
  const message = `Sign-in pushes go only to the app of the key set last, no longer to ${old}.`;
  const { outcomes, report } = await json(['plan']);
  expect(outcomes).toEqual(['t1 set', 't2 same']);
  const finding = { code: 'silences-other-app', level: 'warning', message };
  expect(report.tenants[0]?.findings).toContainEqual(expect.objectContaining(finding));
  expect((await run(['plan'])).stdout).toContain(`${message} [silences-other-app]`);
  expect(await apply('--fail-on', 'warning')).toEqual([4, 't1 blocked', 't2 blocked']);
  expect(calls(fleet)).toEqual([]);
  expect(await apply()).toEqual([0, 't1 set sent', 't2 same']);
  // Now it is the later one, whatever the clock said when the other was set.
  expect(await plan()).toEqual([0, 't1 same', 't2 same']);
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
  const fingerprint = expect.stringMatching(/^[0-9a-f]{64}$/);
  const sending = { state: 'sending', outcome: 'sending', before: null };
  expect(seen).toMatchObject({ name: 't1', clientAppKey: topic, topic, fingerprint, ...sending });
  expect(JSON.stringify(seen)).not.toContain('secret');
});
