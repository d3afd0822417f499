import type { Style } from '../terminal/style.ts';
import { count } from '../text/count.ts';

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
