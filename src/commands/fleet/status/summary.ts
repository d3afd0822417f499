import { count } from '../../../text/phrasing.ts';
import { onOneLine } from '../../../text/printable.ts';
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

/** Days left, as they sort. */
export function urgency({ daysLeft, state }: FleetStatusTenant): number {
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

/** Why a tenant differs or is unknown; null where its state says all there is. */
export function reasonFor({ state, expected, recorded, held }: FleetStatusTenant): string | null {
  if (state === 'differs') {
    if (held?.outcome === 'differs')
      return `the tenant says that it holds ${onOneLine(held.topic ?? 'none')}`;
    if (expected === null) return 'none is declared, and one was set last';
    return `${onOneLine(recorded?.topic ?? 'another one')} was set last`;
  }
  if (state !== 'unknown') return null;
  if (recorded !== null) return 'the record does not say until when it lasts';
  return held !== null && held.topic !== null
    ? 'the tenant holds what this record never set'
    : 'it was sent, and the answer never came';
}

/** Where the report is from: it never claims more. */
export function originOf({ tenants }: FleetStatusReport): string {
  const asked = tenants.filter(({ held }) => held !== null);
  if (asked.length === 0) return 'This is what the record says was set last; the tenants were not asked.';
  const told = asked.filter(({ held }) => held?.outcome !== 'unknown').length;
  return `The tenants were asked what they hold, and ${told} of ${asked.length} told; the dates are those of the record.`;
}
