import { outcomes } from '../../change/answer-table.ts';
import { tenantHistory } from '../../change/history.ts';
import { recordedCodes } from '../../change/judge-reach.ts';
import type { ChangeEvent, Job } from '../../change/run/run-job.ts';
import { type PushFile, type Target, wantedCertificate } from '../../change/target.ts';
import { isLoopback } from '../../network/proxy.ts';
import type { JudgedCertificate, OpenedCertificate } from './certificates.ts';
import { isUnanswered, type PlannedTenant } from './plan-fleet.ts';
import type { Outcome } from './plan-report.ts';
import type { FleetRecord } from './read-record.ts';
import { changes } from './report.ts';
import type { TenantAccess } from './tenant-access.ts';

/**
 * The tenants that a plan changes, in its order, with two exceptions: those with an
 * unanswered request come first, and at each tenant deletes come before sets, as a delete
 * may end the use of another key.
 * @param all whether tenants with the action `same` or `absent` are included
 * @param plan the hash of a saved plan, under which nothing is repeated that was done; or
 *   null
 */
export function toDo(
  planned: readonly PlannedTenant[],
  all: boolean,
  plan: string | null = null,
): readonly PlannedTenant[] {
  const due = planned.filter((item) => {
    if (changes(item.action)) return true;
    const isRepeated = all && (item.action === 'same' || item.action === 'absent');
    return isRepeated && (plan === null || item.previous?.line.plan !== plan);
  });
  const unanswered = due.filter(isUnanswered);
  const order = new Map<string, number>();
  for (const { tenant } of [...unanswered, ...due])
    if (!order.has(tenant.url)) order.set(tenant.url, order.size);
  const rank = ({ tenant, certificate }: PlannedTenant): number =>
    (order.get(tenant.url) ?? 0) + (certificate === null ? 0 : 0.5);
  return due.toSorted((one, other) => rank(one) - rank(other));
}

/**
 * The job that does what is planned for a tenant.
 * @throws {CliError} usage: its certificate cannot be sent
 */
export function jobOf(item: PlannedTenant, { history }: FleetRecord, access: TenantAccess): Job {
  const { tenant } = item;
  return {
    target: targetOf(item),
    file: pushFileOf(item),
    sendAs: null,
    history: tenantHistory(history, tenant.url),
    withOpenTenant: (pause, work) => access.open(tenant, pause, work),
  };
}

/** The key of a tenant, and the certificate that it must have. */
export function targetOf({ tenant, clientAppKey, certificate, findings }: PlannedTenant): Target {
  const place = { tenant: tenant.url, clientAppKey: clientAppKey ?? '' };
  if (certificate === null) return { ...place, wanted: null };
  const { identity, topic } = requireOpened(certificate);
  const environment = tenant.certificate?.environment ?? null;
  const isLocal = isLoopback(new URL(tenant.url).hostname);
  const against = recordedCodes({ findings, isLocal });
  const owner = tenant.certificate?.owner ?? null;
  const ticket = tenant.certificate?.ticket ?? null;
  const facts = { topic, environment, owner, ticket, against };
  const wanted = wantedCertificate(identity.certificate, facts);
  return { ...place, wanted };
}

/** An apply opens each certificate. */
function requireOpened(certificate: JudgedCertificate): OpenedCertificate {
  const { identity } = certificate;
  if (identity === null) throw new Error('a certificate was not opened');
  return { ...certificate, identity };
}

function pushFileOf({ certificate, findings }: PlannedTenant): PushFile | null {
  if (certificate === null) return null;
  const { identity, password } = requireOpened(certificate);
  return { identity, password, findings };
}

/** The outcome in an event; null: none yet, or the job was not begun. */
export function outcomeOf(event: ChangeEvent): Outcome | null {
  switch (event.kind) {
    case 'sent':
      return { sent: outcomes.done.reported, error: event.unrecorded };
    case 'unknown':
      return { sent: outcomes.unknown.reported, error: event.error };
    case 'failed':
      if (event.error.code === 'interrupted') return null;
      return { sent: outcomes['not-done'].reported, error: event.error };
    default:
      return null;
  }
}
