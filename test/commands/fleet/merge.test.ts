import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { FleetReport, FleetReportTenant } from '../../../src/commands/fleet/report.ts';
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

const zero = {
  set: 0,
  replace: 0,
  same: 0,
  delete: 0,
  absent: 0,
  blocked: 0,
  unknown: 0,
  sent: 0,
  failed: 0,
  unanswered: 0,
};

function reportOf(
  shard: string | null,
  tenants: readonly FleetReportTenant[],
  more: Partial<FleetReport> = {},
): FleetReport {
  // The counts are made anew.
  return { file: 'f.yaml', record: 'r.json', shard, trust: null, tenants, counts: zero, ok: true, ...more };
}

async function merge(reports: readonly (FleetReport | string)[]) {
  const directory = temporaryDirectory();
  const paths = reports.map((report, index) => {
    const path = join(directory, `${index}.json`);
    writeFileSync(path, typeof report === 'string' ? report : JSON.stringify(report));
    return path;
  });
  const { exitCode, stdout } = await createMachine().run(['fleet', 'merge', '--json', ...paths]);
  const document = JSON.parse(stdout);
  return { exitCode, document, message: document.error?.message?.replaceAll(`${directory}/`, '') };
}

test('makes one report of all shards, whatever their order', async () => {
  const { exitCode, document } = await merge([
    reportOf('1/2', [tenantOf('d'), tenantOf('b', { action: 'same', sent: false })], { record: 'r1.json' }),
    reportOf('0/2', [tenantOf('c'), tenantOf('a')]),
  ]);
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
  const { exitCode, document } = await merge([
    reportOf('0/2', [tenantOf('a')]),
    reportOf('1/2', [tenantOf('b', more)], { ok: false }),
  ]);
  expect([exitCode, document.ok]).toEqual([code, false]);
});

test('tells plans as a plan, wherever each shard had its file', async () => {
  const directory = temporaryDirectory();
  const paths = ['a', 'b'].map((name, index) => {
    const path = join(directory, `${index}.json`);
    const file = index === 0 ? 'C:\\fleet\\f.yaml' : '/fleet/f.yaml';
    writeFileSync(path, JSON.stringify(reportOf(`${index}/2`, [tenantOf(name, { sent: false })], { file })));
    return path;
  });
  const { exitCode, stdout } = await createMachine().run(['fleet', 'merge', ...paths]);
  expect([exitCode, stdout]).toEqual([0, expect.stringContaining('! 2 tenants: 2 to set\n')]);
  expect(stdout).not.toContain('Not started');
});

test('takes shards without tenants, and the text for a person', async () => {
  const { exitCode } = await merge([reportOf('0/2', []), reportOf('1/2', [])]);
  expect(exitCode).toBe(0);
  const path = join(temporaryDirectory(), 'report.json');
  writeFileSync(path, JSON.stringify(reportOf('0/1', [tenantOf('a')])));
  const { stdout } = await createMachine().run(['fleet', 'merge', path]);
  expect(stdout).toBe('✓ 1 sent\n');
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
  const { exitCode, document } = await merge([reportOf('0/1', tenants, { ok: false })]);
  expect([exitCode, document.counts]).toMatchObject([8, { sent: 4, failed: 9, unanswered: 7 }]);
  const path = join(temporaryDirectory(), 'report.json');
  writeFileSync(path, JSON.stringify(document).replace('"shard":null', '"shard":"0/1"'));
  const { stdout } = await createMachine().run(['fleet', 'merge', path]);
  expect(stdout).toMatch(/^✗ 4 sent, 7 unknown, 2 failed, 180 not started, 9 unchanged\n/);
});

test('reads the reports of earlier versions, which tell no tries', async () => {
  const { tries: _, ...earlier } = tenantOf('a');
  const { exitCode, document } = await merge([
    JSON.stringify(reportOf('0/1', [earlier as FleetReportTenant])),
  ]);
  expect([exitCode, document.tenants[0].tries]).toEqual([0, null]);
});

const [noShard, noReport] = [
  '0.json is not the report of a shard',
  '0.json is not the report of fleet plan or apply (--json)',
];
const unsent = tenantOf('b', { sent: false });
const failed = tenantOf('b', { sent: false, error: timeout });
test.each<[string, readonly (FleetReport | string)[], string]>([
  ['a gap', [reportOf('0/3', []), reportOf('2/3', [])], 'No report is there for shard 1/3'],
  [
    'a double',
    [reportOf('0/2', []), reportOf('0/2', [])],
    '0.json and 1.json are both the report of shard 0/2',
  ],
  ['another number', [reportOf('0/2', []), reportOf('1/3', [])], '1.json is of 3 shards, and 0.json of 2'],
  [
    'a tenant in two',
    [reportOf('0/2', [tenantOf('a')]), reportOf('1/2', [tenantOf('a')])],
    'The tenant a is in more than one report, or twice in one',
  ],
  [
    'a plan among what was applied',
    [reportOf('0/2', [tenantOf('a')]), reportOf('1/2', [unsent])],
    '1.json is the report of fleet plan, and 0.json that of fleet apply',
  ],
  [
    'a plan beside an apply that failed',
    [reportOf('0/2', [unsent]), reportOf('1/2', [failed], { ok: false })],
    '0.json is the report of fleet plan, and 1.json that of fleet apply',
  ],
  [
    'another fleet',
    [reportOf('0/2', [], { file: '/pod/f.yaml' }), reportOf('1/2', [], { file: 'C:\\pod\\g.yaml' })],
    '1.json is of another fleet, C:\\pod\\g.yaml, than 0.json, /pod/f.yaml',
  ],
  ['a report of everything', [reportOf(null, [])], noShard],
  ['an impossible shard', [reportOf('2/2', [])], noShard],
  ['no JSON', ['nonsense'], noReport],
  ['another document', ['{"error":{"code":"usage"}}'], noReport],
  ['an empty file', [''], noReport],
])('refuses %s', async (_case, reports, words) => {
  const { exitCode, message } = await merge(reports);
  expect([exitCode, message]).toEqual([words === noReport ? 3 : 2, words]);
});

test('refuses a great many missing shards in few words', async () => {
  const { message } = await merge([reportOf('0/100000', [])]);
  expect(message).toMatch(/^No report is there for shard 1\/100000, .* and 99989 more$/);
});
