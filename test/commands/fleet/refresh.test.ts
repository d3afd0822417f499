import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { expect, test } from 'vitest';
import type { FleetStatusReport } from '../../../src/commands/fleet/report.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { refuse, startFleet, type TestFleet, topic } from '../../support/fleet.ts';

const newest = 'Mobile.IosCustomApp.ClientAppKey';
type Tenant = TestFleet['tenants'][number];

/** A tenant that tells what it holds, and otherwise the topic of another key. @returns false: it was asked nothing */
function tell(call: string, response: ServerResponse, { holds }: Tenant): boolean {
  if (!call.startsWith('/Core/GetTenantConfig')) return false;
  const key = new URL(call, 'http://tenant').searchParams.get('key') ?? '';
  let Result = holds.get(key.replace('_APNSTopic', '')) ?? null;
  if (key === 'another.key_APNSTopic') Result = 'com.example.another';
  if (key === newest) Result = holds.has(topic) ? topic : 'another.key';
  response.setHeader('content-type', 'application/json').end(JSON.stringify({ success: true, Result }));
  return true;
}

const states = ({ report }: { report: unknown }) =>
  (report as FleetStatusReport).tenants.map(({ name, state, held }) =>
    [name, state, held?.outcome, held?.topic].filter(Boolean).join(' '),
  );

/** A fleet whose tenants tell what they hold, but for those that `ask` answers for. */
async function tellingFleet(count: number, ask: (number: number, response: ServerResponse) => boolean) {
  const fleet = await startFleet(count, {
    misbehaving: (number) => (call, response) => {
      const isAsked = call.startsWith('/Core/GetTenantConfig') || call.startsWith('/TenantConfig/');
      return isAsked && (ask(number, response) || tell(call, response, fleet.tenants[number - 1] as Tenant));
    },
  });
  expect((await fleet.run(['apply', '--yes'])).exitCode).toBe(0);
  fleet.requests();
  return fleet;
}

test('each tenant is asked with its own session: the same, something else, none, or not known', async () => {
  const fleet = await tellingFleet(6, (number, response) => {
    if (number === 4) refuse(response);
    else if (number === 5) response.destroy();
    return number === 4 || number === 5;
  });
  fleet.tenants[1]?.holds.set(topic, 'com.example.elsewhere');
  fleet.tenants[2]?.holds.delete(topic);
  // Nothing is on record of the last: nobody knows its key.
  const record = JSON.parse(readFileSync(fleet.record, 'utf8'));
  record.tenants = record.tenants.filter(({ name }: { readonly name: string }) => name !== 't6');
  writeFileSync(fleet.record, JSON.stringify(record));

  const asked = await fleet.json(['status', '--refresh', '--warn-days', '0']);
  const { exitCode, stdout, stderr } = asked;
  expect([exitCode, ...states(asked)]).toEqual([
    4,
    `t1 valid same ${topic}`,
    't2 differs differs com.example.elsewhere',
    't3 differs differs',
    't4 valid unknown',
    't5 valid unknown',
    't6 never-set unknown',
  ]);
  const silent = [...stderr.matchAll(/Cannot tell what (t\d) holds: /g)].map(([, name]) => name);
  expect(silent.sort()).toEqual(['t4', 't5', 't6']);
  expect(stderr.match(/t\d: the tenant reports .*/g)).toEqual([
    't2: the tenant reports com.example.elsewhere',
    't3: the tenant reports no topic',
  ]);
  expect(`${stdout}${stderr}`).not.toMatch(/token-of-|the-secret-of-the-pipeline/);
  for (const { name, bytes } of fleet.tenants)
    for (const other of fleet.tenants.filter((each) => each.name !== name))
      expect(bytes.join('\n')).not.toContain(`token-of-${other.name}-`);
  expect(fleet.tenants.every(({ received }) => !received.includes('set'))).toBe(true);

  const plan = await fleet.json(['plan', '--refresh']);
  expect(plan.outcomes).toEqual(['t1 same', 't2 replace', 't3 set', 't4 same', 't5 same', 't6 replace']);
  expect(plan.stderr).toContain('Cannot tell what t4 holds: ');

  fleet.requests();
  expect((await fleet.run(['status', '--warn-days', '0'])).stderr).toBe('');
  // Without --refresh nobody is asked.
  expect(fleet.requests()).toEqual([]);

  const text = await fleet.run(['status', '--refresh', '--quiet']);
  expect(text.stdout).toContain(
    't2: the tenant reports com.example.elsewhere.\nt3: the tenant reports no topic.\n',
  );
  expect(text.stdout).toContain('3 of 6 tenants reported what they hold');
  expect(text.stderr).toBe('');
});

test('a tenant that names another key as the latest ignores that of the file, and it is set again', async () => {
  const other = 'another.key';
  const fleet = await tellingFleet(1, () => false);
  // Both keys are there, as far as the topics tell.
  const { holds } = fleet.tenants[0] as Tenant;
  holds.has = () => false;
  const status = await fleet.json(['status', '--refresh']);
  expect(status.report.tenants[0]).toMatchObject({
    ...{ state: 'differs', held: { outcome: 'same' }, inUse: false, inUseFrom: 'tenant', ignoredSince: null },
  });
  expect(status.stderr).toContain('t1: the tenant pushes with another key');
  const { outcomes, report } = await fleet.json(['plan', '--refresh']);
  expect(outcomes).toEqual(['t1 set']);
  const message = expect.stringContaining(`no longer to ${other}.`);
  const finding = expect.objectContaining({ code: 'silences-other-app', message });
  expect(report.tenants[0]?.findings).toContainEqual(finding);
});

test('what has no answer is settled by what the tenant holds, and the note says so', async () => {
  const lost = new Set([1, 2]);
  const fleet = await startFleet(2, {
    misbehaving: (number) => (call, response) => {
      const tenant = fleet.tenants[number - 1] as Tenant;
      if (call !== 'set' || !lost.has(number)) return tell(call, response, tenant);
      if (number === 1) tenant.holds.set(topic, topic);
      response.destroy();
      return true;
    },
  });
  const status = async (...words: readonly string[]) => {
    const result = await fleet.json(['status', ...words]);
    return { stderr: result.stderr, words: states(result).map((each) => each.split(' ')[1]) };
  };
  expect((await fleet.run(['apply', '--yes'])).exitCode).toBe(8);
  expect((await status()).words).toEqual(['unknown', 'unknown']);
  const asked = await status('--refresh');
  expect(asked.words).toEqual(['valid', 'never-set']);
  expect(asked.stderr).toContain('it did what the last request asked: t1.');
  expect(asked.stderr).toContain('it did not do what the last request asked: t2.');
  expect((await fleet.json(['plan', '--refresh'])).outcomes).toEqual(['t1 same', 't2 set']);
  // The record is that of apply, which does these first.
  lost.clear();
  fleet.requests();
  expect((await fleet.run(['apply', '--yes'])).exitCode).toBe(0);
  const sent = fleet.requests().map(({ name, received }) => `${name} ${received.at(-1)}`);
  expect(sent).toEqual(['t1 set', 't2 set']);
  expect((await status()).words).toEqual(['valid', 'valid']);
});

test('more than twenty that do not say are counted', async () => {
  const fleet = await tellingFleet(23, (_number, response) => {
    refuse(response);
    return true;
  });
  const { exitCode, stderr } = await fleet.run(['status', '--refresh', '--warn-days', '0']);
  const lines = stderr.trimEnd().split('\n');
  expect([exitCode, lines.length, lines.at(-1)]).toEqual([0, 21, expect.stringMatching(/… and 3 more$/)]);
});

test('an interrupt ends it, and writes nothing', async () => {
  const interrupt = new AbortController();
  const fleet = await tellingFleet(3, () => {
    interrupt.abort(new CliError('interrupted', 'Interrupted'));
    return true;
  });
  const page = `${fleet.directory}/fleet.html`;
  const { exitCode } = await fleet.run(['status', '--refresh', '--out', page], { signal: interrupt.signal });
  expect([exitCode, existsSync(page)]).toEqual([130, false]);
});
