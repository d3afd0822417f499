import { outcomes } from '../../change/answer-table.ts';
import { tenantHistory } from '../../change/history.ts';
import { recordedCodes } from '../../change/judge-reach.ts';
import type { ChangeEvent, Job } from '../../change/run/run-job.ts';
import { type PushFile, type Target, wantedCertificate } from '../../change/target.ts';
import { isLoopback } from '../../network/proxy.ts';
import type { JudgedCertificate, OpenedCertificate } from './certificates.ts';
import type { FleetMemory } from './fleet-memory.ts';
import { grouped } from './grouped.ts';
import { isUnanswered, type PlannedTenant } from './plan-fleet.ts';
import type { TenantOutcome } from './plan-report.ts';
import { changes } from './report.ts';
import type { TenantAccess } from './tenant-access.ts';

/**
 * The tenants that a plan changes, in its order, with two exceptions: those with an
 * unanswered request come first, and at each tenant deletes come before sets, as a delete
 * may end the use of another key.
 * @param all whether tenants with the action `same` or `absent` are included
 * @param planHash of a saved plan, under which nothing is repeated that was done; or null
 */
export function toDo(
  planned: readonly PlannedTenant[],
  all: boolean,
  planHash: string | null = null,
): readonly PlannedTenant[] {
  const due = planned.filter((item) => {
    if (changes(item.action)) return true;
    const isRepeated = all && (item.action === 'same' || item.action === 'absent');
    return isRepeated && (planHash === null || item.previous?.line.plan !== planHash);
  });
  const unanswered = due.filter(isUnanswered);
  const urls = new Set([...unanswered, ...due].map(({ tenant }) => tenant.url));
  const byTenant = grouped(due, ({ tenant }) => tenant.url);
  return [...urls].flatMap((url) => deletesFirst(byTenant.get(url) ?? []));
}

function deletesFirst(items: readonly PlannedTenant[]): readonly PlannedTenant[] {
  const deletes = items.filter(({ judged }) => judged === null);
  const sets = items.filter(({ judged }) => judged !== null);
  return [...deletes, ...sets];
}

/**
 * The job that does what is planned for a tenant.
 * @throws {CliError} usage: its certificate cannot be sent
 */
export function fleetJob(item: PlannedTenant, { history }: FleetMemory, access: TenantAccess): Job {
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
export function targetOf({ tenant, clientAppKey, judged, findings }: PlannedTenant): Target {
  if (clientAppKey === null) throw new Error('a change was planned without a client app key');
  if (tenant.certificate === null) return { tenant: tenant.url, clientAppKey, wanted: null };
  if (judged === null) throw new Error('a set was planned without a certificate');
  const { identity, topic } = requireOpened(judged);
  const declared = tenant.certificate;
  const isLocal = isLoopback(new URL(tenant.url).hostname);
  const wanted = wantedCertificate(identity.certificate, {
    topic,
    environment: declared?.environment ?? null,
    owner: declared?.owner ?? null,
    ticket: declared?.ticket ?? null,
    against: recordedCodes({ findings, isLocal }),
  });
  return { tenant: tenant.url, clientAppKey, wanted };
}

/** An apply opens each certificate that it sends. */
function requireOpened(judged: JudgedCertificate): OpenedCertificate {
  const { identity } = judged;
  if (identity === null) throw new Error('a certificate was not opened');
  return { ...judged, identity };
}

function pushFileOf({ judged, findings }: PlannedTenant): PushFile | null {
  if (judged === null) return null;
  const { identity, password } = requireOpened(judged);
  return { identity, password, findings };
}

/** The outcome in an event; null: none yet, or the job was not begun. */
export function reportedOutcome(event: ChangeEvent): TenantOutcome | null {
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
