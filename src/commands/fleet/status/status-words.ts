import {
  type Objection,
  type ObjectionCode,
  unansweredRequest,
} from '../../../change/judge-reach.ts';
import { mainObjection, wordsAgainst } from '../../../change/reach-words.ts';
import { count } from '../../../text/phrasing.ts';
import { onOneLine } from '../../../text/printable.ts';
import type { FleetState, FleetStatusReport, FleetStatusTenant } from '../report.ts';

export const states = [
  'expired',
  'expires-soon',
  'differs',
  'never-set',
  'unknown',
  'valid',
] as const satisfies readonly FleetState[];

/** A state in words, for one tenant and for a count. */
export const stateWords: Readonly<
  Record<FleetState, { readonly one: string; readonly many: string }>
> = {
  expired: { one: 'expired', many: 'expired' },
  'expires-soon': { one: 'expires soon', many: 'expire soon' },
  differs: { one: 'differs', many: 'differ' },
  'never-set': { one: 'not on record', many: 'not on record' },
  unknown: { one: 'unknown', many: 'unknown' },
  valid: { one: 'valid', many: 'valid' },
};

/** The meaning of a state where its name does not explain it, and the next step. */
export const stateMeanings: Readonly<Partial<Record<FleetState, string>>> = {
  expired:
    'pushes no longer reach phones. Get a new certificate (mfa-cli apns renew) and put it in ' +
    'the fleet file. Then run mfa-cli fleet plan and mfa-cli fleet apply.',
  'expires-soon':
    'get a new certificate (mfa-cli apns renew) and put it in the fleet file. ' +
    'Then run mfa-cli fleet plan and mfa-cli fleet apply.',
  differs:
    'the tenant is not as the fleet file declares; its row has the reason. ' +
    'Run mfa-cli fleet plan to see the change, then mfa-cli fleet apply. If only the tenant ' +
    'reports the difference, run mfa-cli fleet apply --all --only NAME.',
  'never-set':
    "the fleet's ledger has no certificate for this tenant. " +
    'Run mfa-cli fleet plan, then mfa-cli fleet apply, to set it.',
  unknown:
    'mfa-cli cannot tell what the tenant has; its row has the reason. ' +
    'Run mfa-cli fleet status --refresh to ask the tenant.',
};

/** The number of tenants in each state, without empty states, the most urgent first. */
export function countStates(
  tenants: readonly FleetStatusTenant[],
): ReadonlyMap<FleetState, number> {
  const numberOf = (state: FleetState): number =>
    tenants.filter((tenant) => tenant.state === state).length;
  return new Map(
    states.map((state) => [state, numberOf(state)] as const).filter(([, number]) => number > 0),
  );
}

/** By state and, of one state, fewest days left first. */
export function mostUrgentFirst(
  tenants: readonly FleetStatusTenant[],
): readonly FleetStatusTenant[] {
  const rank = ({ state }: FleetStatusTenant): number => states.indexOf(state);
  return tenants.toSorted((one, other) => rank(one) - rank(other) || urgency(one) - urgency(other));
}

/** Days left, for sorting; without a date 0 or, of a valid tenant, infinitely many. */
export function urgency({ daysLeft, state }: FleetStatusTenant): number {
  return daysLeft ?? (state === 'valid' ? Number.MAX_SAFE_INTEGER : 0);
}

/** The answer first: `3 of 12 tenants need attention`. */
export function verdict({ tenants, warnDays }: FleetStatusReport): string {
  const needing = tenants.filter(({ state }) => state !== 'valid').length;
  if (tenants.length === 0) return 'No tenants';
  if (needing === 0) return `No push certificate expires within ${count(warnDays, 'day')}`;
  const need = needing === 1 ? 'needs' : 'need';
  return `${needing} of ${count(tenants.length, 'tenant')} ${need} attention`;
}

export function countsInWords(tenants: readonly FleetStatusTenant[]): string {
  return [...countStates(tenants)]
    .map(([state, number]) => `${number} ${stateWords[state][number === 1 ? 'one' : 'many']}`)
    .join(', ');
}

/**
 * Why a tenant is not well, as sentences without the last period; null if its state says
 * it all.
 */
export function reasonFor(tenant: FleetStatusTenant): string | null {
  const objection = unstatedObjection(tenant);
  const doubt =
    objection === null ? null : `${objection.message.replace(/\.$/, '')} [${objection.code}]`;
  const reasons = [differenceFrom(tenant), doubt].filter((reason) => reason !== null);
  return reasons.length === 0 ? null : reasons.join('. ');
}

/** The first objection that the state and the difference do not show; or null. */
export function unstatedObjection({ against }: FleetStatusTenant): Objection | null {
  return mainObjection(against.filter(({ code }) => !shownByState.has(code)));
}

const shownByState: ReadonlySet<ObjectionCode> = new Set([
  'certificate-expired',
  'held-differs',
  'outcome-unknown',
]);

/** How the tenant differs from the file, or why that is unknown; or null. */
export function differenceFrom(tenant: FleetStatusTenant): string | null {
  const { state, expected, recorded, held, inUse, ignoredSince, deletedAt } = tenant;
  if (state === 'differs') {
    if (held?.outcome === 'differs')
      return `the tenant reports ${onOneLine(held.topic ?? 'no topic')}`;
    if (expected === null) return 'the file declares none, but one was set';
    if (recorded === null || (expected.topic !== null && recorded.topic !== expected.topic))
      return `${onOneLine(recorded?.topic ?? 'another one')} was set last`;
    if (expected.fingerprint !== null && recorded.fingerprint !== expected.fingerprint)
      return 'another certificate was set last';
    if (inUse !== false) return null;
    return ignoredSince === null
      ? 'the tenant pushes with another key'
      : `the tenant has pushed with another key since ${ignoredSince.slice(0, 10)}`;
  }
  if (state === 'never-set') {
    if (held?.outcome === 'differs') return 'the tenant reports no topic';
    return deletedAt === null ? null : `it was deleted on ${deletedAt.slice(0, 10)}`;
  }
  if (state !== 'unknown') return null;
  if (recorded !== null && recorded.notAfter === null) return 'the record has no expiry date';
  if (recorded !== null)
    return 'the key in use is unknown: one was deleted, or an answer is missing';
  const isUnanswered = tenant.against.some(({ code }) => code === 'outcome-unknown');
  const topic = held?.topic ?? null;
  if (topic !== null && !isUnanswered)
    return 'the tenant holds a certificate that is not on record';
  if (expected === null) return 'the outcome of the last request is unknown';
  const reported =
    topic === null
      ? ''
      : ` (it reports ${onOneLine(topic)}, as an earlier certificate may have as well)`;
  const words = wordsAgainst([unansweredRequest], { subject: 'pushes' }) ?? '';
  return `${words.replace(/\.$/, '')}${reported}`;
}
