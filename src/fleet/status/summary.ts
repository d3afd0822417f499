import { count } from '../../text/count.ts';
import type { FleetState, FleetStatusReport, FleetStatusTenant } from '../report.ts';

/** Every state, the most urgent first. */
export const states = [
  'expired',
  'expires-soon',
  'differs',
  'never-set',
  'unknown',
  'valid',
] as const satisfies readonly FleetState[];

/** A state in words, beside a tenant and beside a count. */
export const stateWords: Readonly<Record<FleetState, { readonly one: string; readonly many: string }>> = {
  expired: { one: 'expired', many: 'expired' },
  'expires-soon': { one: 'expires soon', many: 'expire soon' },
  differs: { one: 'differs', many: 'differ from the file' },
  'never-set': { one: 'never set', many: 'never set' },
  unknown: { one: 'unknown', many: 'unknown' },
  valid: { one: 'valid', many: 'valid' },
};

export function countStates(tenants: readonly FleetStatusTenant[]): ReadonlyMap<FleetState, number> {
  const counts = new Map<FleetState, number>(states.map((state) => [state, 0]));
  for (const { state } of tenants) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}

/** Fewest days left first; one that needs somebody and has no date counts as none left, one that is fine comes last. */
export function byDaysLeft(tenants: readonly FleetStatusTenant[]): readonly FleetStatusTenant[] {
  return tenants.toSorted((one, other) => urgency(one) - urgency(other));
}

function urgency({ daysLeft, state }: FleetStatusTenant): number {
  return daysLeft ?? (state === 'valid' ? Number.MAX_SAFE_INTEGER : 0);
}

/** The answer first: `3 of 12 tenants need you`. */
export function verdict({ tenants, warnDays }: FleetStatusReport): string {
  const needing = tenants.filter(({ state }) => state !== 'valid').length;
  if (tenants.length === 0) return 'There is no tenant';
  if (needing === 0) return `No push certificate ends within ${count(warnDays, 'day')}`;
  return `${needing} of ${count(tenants.length, 'tenant')} ${needing === 1 ? 'needs' : 'need'} you`;
}

/** `1 expired, 3 expire soon, 8 valid`. */
export function countsInWords(tenants: readonly FleetStatusTenant[]): string {
  const counts = countStates(tenants);
  return states
    .filter((state) => (counts.get(state) ?? 0) > 0)
    .map((state) => {
      const number = counts.get(state) ?? 0;
      return `${number} ${number === 1 ? stateWords[state].one : stateWords[state].many}`;
    })
    .join(', ');
}

/** Why a tenant is in a state that no date explains: the end of a sentence that begins with its certificate. */
export function reasonFor({ state, expected, recorded, held }: FleetStatusTenant): string {
  if (state === 'never-set') return 'was never set';
  if (state === 'differs') {
    if (held?.outcome === 'differs')
      return held.topic === null
        ? 'is not what the file declares: the tenant says that it holds none'
        : `is not what the file declares: the tenant says that it holds ${held.topic}`;
    if (expected === null) return 'is still there, and the file declares none';
    return `is not what the file declares: ${recorded?.topic ?? 'another one'} was set last`;
  }
  if (held !== null && held.topic !== null) return 'was set by somebody else, so that its end is not known';
  return 'was sent, and the answer never came';
}
