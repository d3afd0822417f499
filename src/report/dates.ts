import type { Style } from '../terminal/style.ts';
import { count } from '../text/phrasing.ts';

/** `2027-12-24 (395 days left)`, colored by how many are left. */
export function formatDaysLeft(notAfter: string, daysLeft: number, style: Style, warnDays = 30): string {
  const day = notAfter.slice(0, 10);
  if (daysLeft < 0) return style.red(`${day} (expired)`);
  const text = `${day} (${count(daysLeft, 'day')} left)`;
  return daysLeft <= warnDays ? style.yellow(text) : style.green(text);
}

/** ISO 8601 to the second, as certificates have it. */
export function isoDate(date: Date): string {
  return date.toISOString().replace('.000Z', 'Z');
}

/** In English whatever the locale, as everything else. */
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `4 Dec 2026`, the day in UTC, as certificates have it. */
export function formatDay(date: Date): string {
  return `${date.getUTCDate()} ${months[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}

/** `25 Nov 04:45 (in 5 h)`, in the time zone of this machine; with the year where it is not this one. */
export function formatMoment(date: Date, now: Date): string {
  const year = date.getFullYear() === now.getFullYear() ? '' : ` ${date.getFullYear()}`;
  const time = [date.getHours(), date.getMinutes()].map((part) => String(part).padStart(2, '0')).join(':');
  return `${date.getDate()} ${months[date.getMonth()]}${year} ${time} (${distance(date, now)})`;
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
  const [minutes, wholeHours, days] = [inUnits(60), inUnits(1), inUnits(1 / 24)];
  if (minutes === 0) return 'now';
  const length = minutes < 60 ? `${minutes} min` : wholeHours < 24 ? `${wholeHours} h` : count(days, 'day');
  return hours > 0 ? `in ${length}` : `${length} ago`;
}
