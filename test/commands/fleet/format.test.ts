import { expect, test } from 'vitest';
import { formatPlan } from '../../../src/commands/fleet/format.ts';
import {
  countTenants,
  type FleetReport,
  type FleetReportTenant,
} from '../../../src/commands/fleet/report.ts';
import { createStyle } from '../../../src/terminal/style.ts';

function plannedTenant(name: string): FleetReportTenant {
  return {
    name,
    tenant: `https://${name}.id.cyberark.cloud`,
    clientAppKey: 'com.example.app',
    keyFrom: 'topic',
    certificate: 'app',
    action: 'set',
    sent: false,
    tries: null,
    fingerprint: 'ab',
    topic: 'com.example.app',
    notAfter: '2027-12-24T16:00:00Z',
    daysLeft: 400,
    reach: 'not-known',
    against: [],
    error: null,
    findings: [],
  };
}

test.each([
  [50, 'Action, Name, Valid until'],
  [80, 'Action, Name, Client app key, Certificate, Valid until'],
  [200, 'Action, Name, Tenant, Client app key, Certificate, Valid until'],
])('a plan is a line a tenant at %i columns', async (columns, head) => {
  const tenants = Array.from({ length: 9 }, (_, index) => plannedTenant(`a-long-name-${index}`));
  const report: FleetReport = {
    file: 'f.yaml',
    record: 'r.json',
    shard: null,
    trust: null,
    tenants,
    counts: countTenants(tenants),
    ok: true,
  };
  const text = formatPlan(report, await createStyle(false, columns, false));
  const lines = text.trimEnd().split('\n');
  const rows = lines.filter((line) => line.startsWith('set '));
  expect([lines[0], rows.length]).toEqual(['9 tenants: 9 to set', 9]);
  expect(lines.map((line) => line.replaceAll(/ {2,}/g, ', '))).toContain(head);
  expect(lines.filter((line) => line.length > columns)).toEqual([]);
});
