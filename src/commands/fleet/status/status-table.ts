import { formatDaysLeft, inParts, wordsForDaysLeft } from '../../../report/fields.ts';
import { wordsForOwner } from '../../../report/ownership.ts';
import { formatTable } from '../../../report/table.ts';
import type { Style } from '../../../terminal/style.ts';
import { grouped } from '../grouped.ts';
import type { FleetStatusReport, FleetStatusTenant } from '../report.ts';
import { firstNames, originOf } from './origin.ts';
import { toneOf } from './page-styles.ts';
import { countsInWords, mostUrgentFirst, reasonFor, stateWords, verdict } from './status-words.ts';

/** The mark and the color of a state: an error only where no push arrives any more. */
const looks = {
  ok: { mark: 'ok', color: 'green' },
  warn: { mark: 'warning', color: 'yellow' },
  'warn ring': { mark: 'warning', color: 'yellow' },
  bad: { mark: 'error', color: 'red' },
} as const;

/**
 * For a terminal: the verdict, the tenants, the most urgent first, the reasons that no
 * date shows, and the sources.
 */
export function formatStatusTable(report: FleetStatusReport, style: Style): string {
  const { tenants, warnDays } = report;
  const sorted = mostUrgentFirst(tenants);
  const { mark } = looks[toneOf(sorted[0]?.state ?? 'valid')];
  const head = `${style.verdict(mark, `${verdict(report)}.`)}\n`;
  if (tenants.length === 0) return head;
  const rows = sorted.map((tenant) => {
    const { name, tenant: url, state, clientAppKey } = tenant;
    const look = looks[toneOf(state)];
    const mark = state === 'valid' ? '' : style.mark(look.mark);
    const word = style[look.color](stateWords[state].one);
    const { host } = new URL(url);
    return [mark, name, word, ends(tenant, style, warnDays), clientAppKey ?? '-', host];
  });
  const titles = ['', 'Name', 'State', 'Valid until', 'Client app key', 'Tenant'];
  const narrowing = { least: ['Tenant', 'Client app key'], long: ['Name', 'Client app key'] };
  return inParts(
    `${head}${style.dim(countsInWords(tenants))}\n`,
    formatTable(titles, rows, style, narrowing),
    reasons(sorted),
    owners(sorted),
    originOf(report)
      .map((sentence) => `${sentence}\n`)
      .join(''),
  );
}

function reasons(tenants: readonly FleetStatusTenant[]): string {
  return tenants
    .map((tenant) => ({ name: tenant.name, reason: reasonFor(tenant) }))
    .map(({ name, reason }) => (reason === null ? '' : `${name}: ${reason}.\n`))
    .join('');
}

/** Whose the certificates are: those of one owner on one line. */
function owners(tenants: readonly FleetStatusTenant[]): string {
  return [...grouped(tenants, wordsForOwner)]
    .map(([words, same]) => (words === null ? '' : `${firstNames(same)}: ${words}.\n`))
    .join('');
}

function ends(
  { recorded, daysLeft, state, expected }: FleetStatusTenant,
  style: Style,
  warnDays: number,
): string {
  const end = recorded?.notAfter ?? null;
  if (end !== null && daysLeft !== null) {
    const isByDate = state === 'valid' || state === 'expires-soon' || state === 'expired';
    return isByDate
      ? formatDaysLeft(end, daysLeft, style, warnDays)
      : wordsForDaysLeft(end, daysLeft);
  }
  return expected === null && state === 'valid' ? 'none, as declared' : '-';
}
