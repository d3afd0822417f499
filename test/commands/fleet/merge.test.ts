import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatPlan } from '../../../src/commands/fleet/format.ts';
import type { FleetReport, FleetReportTenant } from '../../../src/commands/fleet/report.ts';
import { createStyle } from '../../../src/terminal/style.ts';
import { createMachine } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

function tenantOf(name: string, more: Partial<FleetReportTenant> = {}): FleetReportTenant {
  return {
    name,
    tenant: `https://${name}.example`,
    clientAppKey: 'com.example.app',
    certificate: 'app',
    action: 'set',
    sent: true,
    tries: null,
    fingerprint: 'ab',
    topic: 'com.example.app',
    notAfter: '2027-12-24T16:00:00Z',
    daysLeft: 400,
    error: null,
    findings: [],
    ...more,
  };
}

const timeout = { code: 'tenant-timeout', message: 'It took too long', hints: [] };

const actions = { set: 0, replace: 0, same: 0, delete: 0, absent: 0, blocked: 0, unknown: 0 };
const zero = { ...actions, sent: 0, failed: 0, unanswered: 0 };

function reportOf(
  shard: string | null,
  tenants: readonly FleetReportTenant[],
  more: Partial<FleetReport> = {},
): FleetReport {
  // The counts are made anew.
  return { file: 'f.yaml', record: 'r.json', shard, trust: null, tenants, counts: zero, ok: true, ...more };
}

async function merge(reports: readonly (FleetReport | string)[], ...flags: readonly string[]) {
  const directory = temporaryDirectory();
  const paths = reports.map((report, index) => {
    const path = join(directory, `${index}.json`);
    writeFileSync(path, typeof report === 'string' ? report : JSON.stringify(report));
    return path;
  });
  return createMachine().run(['fleet', 'merge', ...flags, ...paths]);
}

async function mergeJson(...reports: readonly (FleetReport | string)[]) {
  const { exitCode, stdout } = await merge(reports, '--json');
  const document = JSON.parse(stdout);
  const message: string | undefined = document.error?.message?.replaceAll(/\S*\/(?=\d\.json)/g, '');
  return { exitCode, document, message };
}

test('makes one report of all shards, whatever their order', async () => {
  const { exitCode, document } = await mergeJson(
    reportOf('1/2', [tenantOf('d'), tenantOf('b', { action: 'same', sent: false })], { record: 'r1.json' }),
    reportOf('0/2', [tenantOf('c'), tenantOf('a')]),
  );
  expect(exitCode).toBe(0);
  expect(document).toEqual({
    file: 'f.yaml',
    record: 'r1.json, r.json',
    shard: null,
    trust: null,
    tenants: [tenantOf('a'), tenantOf('b', { action: 'same', sent: false }), tenantOf('c'), tenantOf('d')],
    counts: { ...zero, set: 3, same: 1, sent: 3 },
    ok: true,
  });
});

test.each<[number, Partial<FleetReportTenant>]>([
  [8, { sent: false, error: timeout }],
  [8, { sent: false }],
  [4, { sent: false, action: 'blocked' }],
])('ends with %i, as the shard did', async (code, more) => {
  const { exitCode, document } = await mergeJson(
    reportOf('0/2', [tenantOf('a')]),
    reportOf('1/2', [tenantOf('b', more)], { ok: false }),
  );
  expect([exitCode, document.ok]).toEqual([code, false]);
});

test('tells plans as a plan, wherever each shard had its file, and what was applied as such', async () => {
  const plans = ['C:\\fleet\\f.yaml', '/fleet/f.yaml'].map((file, index) =>
    reportOf(`${index}/2`, [tenantOf(`t${index}`, { sent: false })], { file }),
  );
  const { exitCode, stdout } = await merge(plans);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('2 tenants: 2 to set\n')]);
  expect(stdout).not.toContain('Not started');
  expect((await merge([reportOf('0/2', []), reportOf('1/2', [])])).exitCode).toBe(0);
  expect((await merge([reportOf('0/1', [tenantOf('a')])])).stdout).toBe('✓ 1 sent\n');
});

test.each([
  [40, 'Name'],
  [80, 'Name, Tenant'],
  [200, 'Name, Tenant'],
])('a plan is a line a tenant at %i columns', async (columns, head) => {
  const tenants = Array.from({ length: 9 }, (_, index) =>
    tenantOf(`a-long-name-${index}`, {
      sent: false,
      tenant: `https://a-long-name-${index}.id.cyberark.cloud`,
    }),
  );
  const report = { ...reportOf(null, tenants), counts: { ...zero, set: 9 } };
  const lines = formatPlan(report, await createStyle(false, columns, false))
    .trimEnd()
    .split('\n');
  expect([lines[0], lines.filter((line) => line.startsWith('a-long-name-')).length]).toEqual([
    '9 tenants: 9 to set',
    9,
  ]);
  // What is the same for all stands above the table, once.
  expect(lines.filter((line) => line.startsWith('Client app key'))).toHaveLength(1);
  expect(lines.map((line) => line.replaceAll(/ {2,}/g, ', '))).toContain(head);
  expect(lines.filter((line) => line.length > columns)).toEqual([]);
});

test('counts for a person what was sent, is unknown, failed, was not started, and stays', async () => {
  const lost = { code: 'outcome-unknown', message: 'The tenant did not answer', hints: [] };
  const kinds: readonly (readonly [number, Partial<FleetReportTenant>])[] = [
    [4, {}],
    [7, { sent: null, tries: 1, error: lost }],
    [2, { sent: false, error: timeout }],
    [180, { sent: false }],
    [9, { action: 'same', sent: false }],
  ];
  const tenants = kinds.flatMap(([number, more], kind) =>
    Array.from({ length: number }, (_, index) => tenantOf(`t${kind}-${index}`, more)),
  );
  const report = reportOf('0/1', tenants, { ok: false });
  const { exitCode, document } = await mergeJson(report);
  expect([exitCode, document.counts]).toMatchObject([8, { sent: 4, failed: 9, unanswered: 7 }]);
  const { stdout } = await merge([report]);
  expect(stdout).toMatch(/^✗ 4 sent, 7 unknown, 2 failed, 180 not started, 9 unchanged\n/);
});

test('reads the reports of earlier versions, which tell no tries', async () => {
  const { tries: _, ...earlier } = tenantOf('a');
  const { exitCode, document } = await mergeJson(reportOf('0/1', [earlier as FleetReportTenant]));
  expect([exitCode, document.tenants[0].tries]).toEqual([0, null]);
});

const noShard = '0.json is not the report of a shard';
const noReport = '0.json is not the report of fleet plan or apply (--json)';
const [done, unsent, failed] = [{}, { sent: false }, { sent: false, error: timeout }];
const shard = (number: string, more?: Partial<FleetReportTenant>, facts: Partial<FleetReport> = {}) =>
  reportOf(number, more === undefined ? [] : [tenantOf(more.name ?? `t${number[0]}`, more)], facts);
const [one, other] = [{ file: '/pod/f.yaml' }, { file: 'C:\\pod\\g.yaml' }];
const both = 'The tenant a is in more than one report, or twice in one';
const plan = ' is a report of fleet plan, but ';
test.each<[string, string, ...(FleetReport | string)[]]>([
  ['a gap', 'No report was given for shard 1/3', shard('0/3'), shard('2/3')],
  ['a double', '0.json and 1.json are both the report of shard 0/2', shard('0/2'), shard('0/2')],
  ['another number', '1.json is one of 3 shards, but 0.json is one of 2', shard('0/2'), shard('1/3')],
  ['a tenant in two', both, shard('0/2', { name: 'a' }), shard('1/2', { name: 'a' })],
  [
    'a plan among those',
    `1.json${plan}0.json is one of fleet apply`,
    shard('0/2', done),
    shard('1/2', unsent),
  ],
  [
    'a plan beside a failure',
    `0.json${plan}1.json is one of fleet apply`,
    ...[shard('0/2', unsent), shard('1/2', failed, { ok: false })],
  ],
  [
    'another fleet',
    '1.json is for the fleet C:\\pod\\g.yaml, but 0.json is for /pod/f.yaml',
    ...[shard('0/2', undefined, one), shard('1/2', undefined, other)],
  ],
  ['a report of everything', noShard, reportOf(null, [])],
  ['an impossible shard', noShard, shard('2/2')],
  ['no JSON', noReport, 'nonsense'],
  ['another document', noReport, '{"error":{"code":"usage"}}'],
  ['an empty file', noReport, ''],
])('refuses %s', async (_case, words, ...reports) => {
  const { exitCode, message } = await mergeJson(...reports);
  expect([exitCode, message]).toEqual([words === noReport ? 3 : 2, words]);
});

test('refuses a great many missing shards in few words', async () => {
  const { message } = await mergeJson(reportOf('0/100000', []));
  expect(message).toMatch(/^No report was given for shard 1\/100000, .* and 99989 more$/);
});
