import { formatAnnotation, formatExpiryAnnotation } from '../../../report/monitoring.ts';
import type { FleetStatusReport, FleetStatusTenant } from '../report.ts';
import { byDaysLeft, reasonFor, verdict } from './summary.ts';

/** An annotation for each tenant that is not valid, the most urgent first: GitHub shows ten of each level. */
export function formatAnnotations(report: FleetStatusReport): string {
  const annotations = byDaysLeft(report.tenants).map(annotationOf).join('');
  return annotations === '' ? `${verdict(report)}.\n` : annotations;
}

const said = {
  differs: 'differs from what the file declares',
  unknown: 'is unknown',
};

function annotationOf(tenant: FleetStatusTenant): string {
  const { name, clientAppKey, state, recorded, daysLeft } = tenant;
  const key = clientAppKey === null ? '' : ` for ${clientAppKey}`;
  const what = `The push certificate${key} at ${new URL(tenant.tenant).host} (${name})`;
  if (state === 'never-set')
    return formatAnnotation('warning', 'certificate-never-set', `${what} was never set, or it was deleted.`);
  if (state === 'differs' || state === 'unknown')
    return formatAnnotation(
      'warning',
      `certificate-${state}`,
      `${what} ${said[state]}: ${reasonFor(tenant)}.`,
    );
  if (recorded?.notAfter == null || daysLeft === null) return '';
  return formatExpiryAnnotation(what, { state, notAfter: recorded.notAfter, daysLeft });
}
