import { formatExpiryMetrics, formatGauge } from '../../../report/monitoring.ts';
import type { FleetStatusReport } from '../report.ts';
import { states } from './summary.ts';

/** The two metrics of `apns status` for what was set, and the state of every tenant, which also has none. */
export function formatMetrics({ tenants }: FleetStatusReport): string {
  const expiries = tenants.flatMap(({ name, tenant, clientAppKey, recorded, daysLeft }) =>
    recorded?.notAfter == null || daysLeft === null
      ? []
      : {
          labels: { name, tenant, client_app_key: clientAppKey ?? '', topic: recorded.topic ?? '' },
          notAfter: recorded.notAfter,
          daysLeft,
        },
  );
  const samples = tenants.flatMap(({ name, tenant, state: actual }) =>
    states.map((state) => ({ labels: { name, tenant, state }, value: state === actual ? 1 : 0 })),
  );
  return [
    formatExpiryMetrics(expiries),
    formatGauge('mfa_cli_fleet_tenant_state', '1 for the state that the tenant is in, else 0.', samples),
  ].join('');
}
