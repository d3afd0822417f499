import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { FleetReport, FleetStatusReport } from '../../../src/commands/fleet/report.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { startFleet, topic } from '../../support/fleet.ts';

const newest = 'Mobile.IosCustomApp.ClientAppKey';

function answer(response: ServerResponse, result: unknown): true {
  response
    .setHeader('content-type', 'application/json')
    .end(JSON.stringify({ success: true, Result: result }));
  return true;
}

/** A fleet whose tenants tell what they hold, but for those that `ask` answers for. */
async function tellingFleet(count: number, ask: (number: number, response: ServerResponse) => boolean) {
  const fleet = await startFleet(count, {
    misbehaving: (number) => (call, response) => {
      if (!call.startsWith('/Core/GetTenantConfig') && !call.startsWith('/TenantConfig/')) return false;
      if (ask(number, response)) return true;
      const key = new URL(call, 'http://tenant').searchParams.get('key');
      if (key === 'another.key_APNSTopic') return answer(response, 'com.example.another');
      const held = fleet.tenants[number - 1]?.holds;
      if (key === newest) return answer(response, held?.has(topic) ? topic : 'another.key');
      return answer(response, held?.get(key?.replace('_APNSTopic', '') ?? '') ?? null);
    },
  });
  const run = (...words: readonly string[]) => fleet.run(words);
  expect((await run('apply', '--yes')).exitCode).toBe(0);
  fleet.requests();
  return { fleet, run };
}

test('each tenant is asked with its own session: the same, something else, none, or not known', async () => {
  const { fleet, run } = await tellingFleet(6, (number, response) => {
    if (number !== 4 && number !== 5) return false;
    if (number === 4) response.writeHead(403).end('{"success":false,"Message":"no","MessageID":"x"}');
    else response.destroy();
    return true;
  });
  fleet.tenants[1]?.holds.set(topic, 'com.example.elsewhere');
  fleet.tenants[2]?.holds.delete(topic);
  // Nothing is on record of the last: nobody knows its key.
  const record = JSON.parse(readFileSync(fleet.record, 'utf8'));
  record.tenants = record.tenants.filter(({ name }: { readonly name: string }) => name !== 't6');
  writeFileSync(fleet.record, JSON.stringify(record));

  const { exitCode, stdout, stderr } = await run('status', '--refresh', '--json', '--warn-days', '0');
  expect(exitCode).toBe(4);
  const { tenants } = JSON.parse(stdout) as FleetStatusReport;
  expect(tenants.map(({ name, state, held }) => [name, state, held?.outcome, held?.topic])).toEqual([
    ['t1', 'valid', 'same', topic],
    ['t2', 'differs', 'differs', 'com.example.elsewhere'],
    ['t3', 'differs', 'differs', null],
    ['t4', 'valid', 'unknown', null],
    ['t5', 'valid', 'unknown', null],
    ['t6', 'never-set', 'unknown', null],
  ]);
  const notes = stderr.split('\n').filter((line) => line.includes('It is not known what'));
  expect(notes.map((line) => /what (t\d) holds: /.exec(line)?.[1]).sort()).toEqual(['t4', 't5', 't6']);
  const warnings = stderr.split('\n').filter((line) => line.includes('the tenant says'));
  expect(warnings.map((line) => line.replace(/^.*?(?=t\d: )/, ''))).toEqual([
    't2: the tenant says that it holds com.example.elsewhere',
    't3: the tenant says that it holds none',
  ]);
  expect(`${stdout}${stderr}`).not.toMatch(/token-of-|the-secret-of-the-pipeline/);
  for (const { name, bytes } of fleet.tenants)
    for (const other of fleet.tenants.filter((each) => each.name !== name))
      expect(bytes.join('\n')).not.toContain(`token-of-${other.name}-`);
  expect(fleet.tenants.every(({ received }) => !received.includes('set'))).toBe(true);

  expect(fleet.requests().length).toBeGreaterThan(0);
  expect((await run('status', '--warn-days', '0')).stderr).toBe('');
  // Without --refresh nobody is asked.
  expect(fleet.requests()).toEqual([]);

  const text = await run('status', '--refresh', '--quiet');
  expect(text.stdout).toContain(
    't2: the tenant says that it holds com.example.elsewhere.\nt3: the tenant says that it holds none.\n',
  );
  expect(text.stdout).toContain('The tenants were asked what they hold, and 3 of 6 told');
  expect(text.stderr).toBe('');
});

test('a tenant that names another key as the latest ignores that of the file, and it is set again', async () => {
  const other = 'another.key';
  // Both keys are there, as far as the topics tell.
  const both = await startFleet(1, {
    misbehaving: () => (call, response) => {
      if (!call.startsWith('/Core/GetTenantConfig')) return false;
      const key = new URL(call, 'http://tenant').searchParams.get('key');
      return answer(response, key === newest ? other : key?.startsWith(topic) ? topic : null);
    },
  });
  expect((await both.run(['apply', '--yes'])).exitCode).toBe(0);
  const status = await both.run(['status', '--refresh', '--json']);
  expect([status.exitCode, JSON.parse(status.stdout).tenants[0]]).toMatchObject([
    4,
    { state: 'differs', held: { outcome: 'same' }, inUse: false, inUseFrom: 'tenant', ignoredSince: null },
  ]);
  expect(status.stderr).toContain('t1: the tenant ignores this key: it pushes with another one');
  const plan = JSON.parse((await both.run(['plan', '--refresh', '--json'])).stdout).tenants[0];
  expect(plan.action).toBe('set');
  expect(plan.findings).toContainEqual(
    expect.objectContaining({
      code: 'silences-other-app',
      message: expect.stringContaining(`${other} gets none after this.`),
    }),
  );
});

test('what has no answer is settled by what the tenant holds, and the note says so', async () => {
  const lost = new Set(['t1', 't2']);
  const fleet = await startFleet(2, {
    misbehaving: (number) => (call, response) => {
      const { holds } = fleet.tenants[number - 1] as (typeof fleet.tenants)[number];
      if (call === 'set' && lost.has(`t${number}`)) {
        if (number === 1) holds.set(topic, topic);
        response.destroy();
        return true;
      }
      if (!call.startsWith('/Core/GetTenantConfig')) return false;
      const key = new URL(call, 'http://tenant').searchParams.get('key');
      if (key === newest) return answer(response, holds.has(topic) ? topic : 'another.key');
      if (key === 'another.key_APNSTopic') return answer(response, 'com.example.another');
      return answer(response, holds.get(topic) ?? null);
    },
  });
  expect((await fleet.run(['apply', '--yes'])).exitCode).toBe(8);
  const states = async (...words: readonly string[]) => {
    const { exitCode, stdout, stderr } = await fleet.run(['status', '--json', ...words]);
    const { tenants } = JSON.parse(stdout) as FleetStatusReport;
    return { exitCode, stderr, states: tenants.map(({ state }) => state) };
  };
  expect(await states()).toMatchObject({ exitCode: 4, states: ['unknown', 'unknown'] });
  const asked = await states('--refresh');
  expect(asked).toMatchObject({ exitCode: 4, states: ['valid', 'never-set'] });
  expect(asked.stderr).toContain('it took the last request, whose answer is missing: t1.');
  expect(asked.stderr).toContain('it did not take the last request, whose answer is missing: t2.');
  const plan = await fleet.run(['plan', '--refresh', '--json']);
  const { tenants } = JSON.parse(plan.stdout) as FleetReport;
  expect(tenants.map(({ action }) => action)).toEqual(['same', 'set']);
  // The record is that of apply, which does these first.
  lost.clear();
  fleet.requests();
  expect((await fleet.run(['apply', '--yes'])).exitCode).toBe(0);
  expect(fleet.requests().map(({ name, received }) => `${name} ${received.at(-1)}`)).toEqual([
    't1 set',
    't2 set',
  ]);
  expect(await states()).toMatchObject({ exitCode: 0, states: ['valid', 'valid'] });
});

test('more than twenty that do not say are counted', async () => {
  const { run } = await tellingFleet(23, (_number, response) => {
    response.writeHead(403).end('{"success":false,"Message":"no","MessageID":"x"}');
    return true;
  });
  const { exitCode, stderr } = await run('status', '--refresh', '--warn-days', '0');
  const lines = stderr.split('\n').filter((line) => line !== '');
  expect([exitCode, lines.length, lines.at(-1)]).toEqual([
    0,
    21,
    expect.stringMatching(/The same of 3 more$/),
  ]);
});

test('an interrupt ends it, and writes nothing', async () => {
  const interrupt = new AbortController();
  const { fleet } = await tellingFleet(3, () => {
    interrupt.abort(new CliError('interrupted', 'Interrupted'));
    return true;
  });
  const page = `${fleet.directory}/fleet.html`;
  const { exitCode } = await fleet.run(['status', '--refresh', '--out', page], { signal: interrupt.signal });
  expect([exitCode, existsSync(page)]).toEqual([130, false]);
});
