import { daysLeft, defaultWarnDays } from '../checks/validity.ts';
import type { Style } from '../terminal/style.ts';
import { type Entry, formatEntries } from '../text/layout.ts';
import { apnsOrHost, count } from '../text/phrasing.ts';
import { inCell } from '../text/printable.ts';

export type Field = readonly [name: string, value: string | null];

/** Lines of name and value, the values aligned. */
export function formatFields(fields: readonly Field[], style: Style): string {
  const entries = fields.flatMap(([name, value]): Entry[] =>
    value === null ? [] : [[style.dim(inCell(name)), inCell(value)]],
  );
  return formatEntries(entries, style.columns);
}

/** Parts of a report with a blank line between them, but for those that are empty. */
export function inParts(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n');
}

/** `2027-12-24 (395 days left)` */
export function wordsForDaysLeft(notAfter: string, left: number): string {
  const day = notAfter.slice(0, 10);
  return left < 0
    ? `${day} (expired ${count(-left, 'day')} ago)`
    : `${day} (${count(left, 'day')} left)`;
}

/** The same, colored by how many days are left. */
export function formatDaysLeft(
  notAfter: string,
  left: number,
  style: Style,
  warnDays = defaultWarnDays,
): string {
  const text = wordsForDaysLeft(notAfter, left);
  if (left < 0) return style.red(text);
  return left <= warnDays ? style.yellow(text) : style.green(text);
}

/**
 * A certificate's last day and the days left, as by `formatDaysLeft`; `none` without a
 * certificate.
 */
export function formatValidUntil(notAfter: string | null, now: Date, style: Style): string {
  return notAfter === null
    ? 'none'
    : formatDaysLeft(notAfter, daysLeft(new Date(notAfter), now), style);
}

/** ISO 8601 to the second, as certificates have it. */
export function isoDate(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

/** `2026-11-25 04:45Z (in 5 h)` */
export function formatMoment(date: Date, now: Date): string {
  return `${date.toISOString().slice(0, 16).replace('T', ' ')}Z (${distance(date, now)})`;
}

/** The fields of a session, the same in every report. */
export function sessionFields(
  session: {
    readonly store: string | null;
    readonly expiresAt: string | null;
    readonly renewable: boolean;
  },
  now: Date,
): readonly Field[] {
  const { store, expiresAt, renewable } = session;
  const until = expiresAt === null ? 'unknown' : formatMoment(new Date(expiresAt), now);
  return [
    ['Session store', store ?? 'none'],
    ['Session expires', renewable ? `${until}, renewable` : until],
  ];
}

/** A sentence of a report, in which the moments are ISO 8601, as a person reads it. */
export function withMoments(sentence: string, now: Date): string {
  return sentence.replace(/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (iso) => {
    const date = new Date(iso);
    return Number.isNaN(date.getTime()) ? iso : formatMoment(date, now);
  });
}

/** `in 5 h`, `12 min ago`, `now`: rounded, in the largest unit of which there is one. */
function distance(date: Date, now: Date): string {
  const hours = (date.getTime() - now.getTime()) / 3_600_000;
  const inUnits = (units: number): number => Math.round(Math.abs(hours * units));
  const minutes = inUnits(60);
  if (minutes === 0) return 'now';
  const length = minutes < 60 ? `${minutes} min` : hoursOrDays(inUnits(1), Math.abs(hours));
  return hours > 0 ? `in ${length}` : `${length} ago`;
}

/** Days are whole ones everywhere. */
function hoursOrDays(rounded: number, exact: number): string {
  if (rounded < 24) return `${rounded} h`;
  return count(Math.max(1, Math.floor(exact / 24)), 'day');
}

/** How many iPhones are enrolled at a tenant, for a person; null: unknown. */
export function wordsForPhones(
  phones: { readonly enrolled: number; readonly seenIn30Days: number | null } | null,
): string {
  if (phones === null) return 'the number of enrolled iPhones is unknown';
  const { enrolled, seenIn30Days } = phones;
  if (enrolled === 0)
    return 'the tenant lists no iPhone for this session, which may not see all that are enrolled';
  const seen = seenIn30Days === null ? '' : `, ${seenIn30Days} of them seen in the last 30 days`;
  return `${count(enrolled, 'iPhone')} enrolled for any app${seen}`;
}

/** A tenant's answer about a key, in the few words that a table has for it. */
export function wordsForHeld(held: {
  readonly outcome: string;
  readonly topic: string | null;
}): string {
  const { outcome, topic } = held;
  if (outcome === 'same') return 'the topic as set';
  if (outcome === 'unknown') return 'unknown';
  return topic === null ? 'none' : `another topic: ${topic}`;
}

/** The answer of APNs about a certificate, in the few words that a line has for it. */
export function wordsForApns(verification: {
  readonly accepted: boolean;
  readonly environment: string;
  readonly host: string;
  readonly isApple: boolean;
  readonly explanation: string;
}): string {
  const { accepted, environment, host, isApple, explanation } = verification;
  if (!accepted) return explanation;
  if (isApple) return `accepts this certificate (${environment})`;
  return `not asked: ${host}, in its place, accepts this certificate`;
}

/** The rejection of a certificate or a key, which only Apple's host makes one by APNs. */
export function wordsForRejection(
  { host, isApple }: { readonly host: string; readonly isApple: boolean },
  what = 'this certificate',
): string {
  return `${apnsOrHost(host, isApple)} rejects ${what}`;
}
