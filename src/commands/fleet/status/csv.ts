import { inCsv } from '../../../text/printable.ts';
import type { FleetStatusReport, FleetStatusTenant } from '../report.ts';
import { byDaysLeft } from './summary.ts';

const head = [
  'name',
  'tenant',
  'client_app_key',
  'certificate',
  'state',
  'days_left',
  'not_after',
  'topic',
  'fingerprint',
  'expected_topic',
  'held',
  'held_topic',
];

/** For a spreadsheet (RFC 4180): UTF-8, a header, a row a tenant, fewest days left first. */
export function formatCsv({ tenants }: FleetStatusReport): string {
  return [head, ...byDaysLeft(tenants).map(cellsOf)]
    .map((cells) => `${cells.map(inCsv).join(',')}\r\n`)
    .join('');
}

function cellsOf(tenant: FleetStatusTenant): readonly (string | number | null)[] {
  const { name, clientAppKey, state, expected, recorded, held, daysLeft } = tenant;
  return [
    name,
    tenant.tenant,
    clientAppKey,
    expected?.certificate ?? null,
    state,
    daysLeft,
    recorded?.notAfter ?? null,
    recorded?.topic ?? null,
    recorded?.fingerprint ?? null,
    expected?.topic ?? null,
    held?.outcome ?? null,
    held?.topic ?? null,
  ];
}
