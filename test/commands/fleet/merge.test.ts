import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { formatPlan } from '../../../src/commands/fleet/format.ts';
import type { FleetReport, FleetReportTenant } from '../../../src/commands/fleet/report.ts';
import { createStyle } from '../../../src/terminal/style.ts';
import { createMachine } from '../../support/context.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { expectTranscript } from '../../support/transcript.ts';

const errorOf = (code: string, message: string) => ({ code, message, hints: [] });
/** The outcomes of a tenant, where it is not `sent`. */
const outcomes: Readonly<Record<string, Partial<FleetReportTenant>>> = {
  same: { action: 'same', sent: false },
  unsent: { sent: false },
  blocked: { action: 'blocked', sent: false },
  unknown: { action: 'unknown', sent: false },
  failed: { sent: false, error: errorOf('tenant-timeout', 'It took too long') },
  lost: { sent: null, tries: 1, error: errorOf('outcome-unknown', 'The tenant did not answer') },
  // Earlier versions told no tries.
  earlier: { tries: undefined as never },
};

function tenantOf(name: string, more: Partial<FleetReportTenant> = {}): FleetReportTenant {
  return {
    ...{
      name,
      tenant: `https://${name}.example`,
      clientAppKey: 'com.example.app',
      certificate: 'app',
    },
    ...{ action: 'set', sent: true, tries: null, fingerprint: 'ab', topic: 'com.example.app' },
    ...{ notAfter: '2027-12-24T16:00:00Z', daysLeft: 400, error: null, findings: [] },
    ...more,
  };
}

const actions = { set: 0, replace: 0, same: 0, delete: 0, absent: 0, blocked: 0, unknown: 0 };
const zero = { ...actions, sent: 0, failed: 0, unanswered: 0 };

/** `SHARD TENANT:OUTCOME … KEY=VALUE … not-ok`, or `text` of another document. */
function documentOf(line: string): string {
  const [shard = '', ...words] = line.split(' ');
  if (shard === 'text') return words.join(' ');
  const names = words.filter((word) => word !== 'not-ok' && !word.includes('='));
  const tenants = names.map((word) => {
    const [name = '', outcome = ''] = word.split(':');
    return tenantOf(name, outcomes[outcome]);
  });
  const more = Object.fromEntries(
    words.map((word) => word.split('=')).filter(({ length }) => length === 2),
  );
  const facts = {
    file: 'f.yaml',
    record: 'r.json',
    shard: shard === 'all' ? null : shard,
    trust: null,
  };
  // The counts are made anew.
  return JSON.stringify({
    ...facts,
    tenants,
    counts: zero,
    ok: !words.includes('not-ok'),
    ...more,
  });
}

test('the reports of all shards become one, or it is said which does not fit', () =>
  expectTranscript('fleet-merge.txt', async ([, ...lines]) => {
    const directory = temporaryDirectory();
    const paths = lines.map((line, index) => {
      writeFileSync(join(directory, `${index}.json`), documentOf(line));
      return join(directory, `${index}.json`);
    });
    const run = (...flags: string[]) => createMachine().run(['fleet', 'merge', ...flags, ...paths]);
    const json = await run('--json');
    const { error, tenants, counts, ...facts } = JSON.parse(json.stdout);
    if (error)
      return [`${json.exitCode} ${error.code}: ${error.message.replaceAll(`${directory}/`, '')}`];
    for (const line of lines)
      for (const tenant of JSON.parse(documentOf(line)).tenants)
        expect(tenants).toContainEqual({ tries: null, ...tenant });
    const counted = Object.entries(counts).filter(([, number]) => number !== 0);
    return [
      `${json.exitCode} ${JSON.stringify(facts)} ${counted.map((pair) => pair.join(' ')).join(', ')}`,
      ...tenants.map(({ name, sent, tries }: FleetReportTenant) => `  ${name} ${sent} ${tries}`),
      ...(await run()).stdout.trimEnd().split('\n'),
    ];
  }));

test.each([
  [50, 'Action, Name, Valid until'],
  [80, 'Action, Name, Client app key, Certificate, Valid until'],
  [200, 'Action, Name, Tenant, Client app key, Certificate, Valid until'],
])('a plan is a line a tenant at %i columns', async (columns, head) => {
  const tenants = Array.from({ length: 9 }, (_, index) => {
    const tenant = `https://a-long-name-${index}.id.cyberark.cloud`;
    return tenantOf(`a-long-name-${index}`, { sent: false, tenant });
  });
  const report: FleetReport = {
    ...JSON.parse(documentOf('all')),
    ...{ tenants, counts: { ...zero, set: 9 } },
  };
  const lines = formatPlan(report, await createStyle(false, columns, false))
    .trimEnd()
    .split('\n');
  const rows = lines.filter((line) => line.startsWith('set '));
  expect([lines[0], rows.length]).toEqual(['9 tenants: 9 to set', 9]);
  expect(lines.map((line) => line.replaceAll(/ {2,}/g, ', '))).toContain(head);
  expect(lines.filter((line) => line.length > columns)).toEqual([]);
});
