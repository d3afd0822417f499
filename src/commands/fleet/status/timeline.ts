import { type Markup, markup } from '../../../report/document.ts';
import { count } from '../../../text/phrasing.ts';
import { countStates, type FleetStatusTenant, grouped } from '../report.ts';
import { toneOf } from './page-styles.ts';

/** The range and the width of a column, in days from today. Dates outside the range appear at its edge. */
const [from, to, width] = [-45, 405, 15];

/** Pixels: the top and the foot of the columns, and the height of the picture. */
const [top, foot, height] = [28, 92, 116];

/** A column is full with this many dates, or with more if another column has more. */
const fewest = 5;

type Dated = FleetStatusTenant & { readonly daysLeft: number };

/** A chart of all expiry dates, with today and the days of interest, and a caption that says the same. */
export function timeline(tenants: readonly FleetStatusTenant[], warnDays: number): Markup {
  const ends = tenants.filter((tenant): tenant is Dated => tenant.daysLeft !== null);
  const columns = grouped(ends, ({ daysLeft }) => {
    const shown = Math.max(from, Math.min(to - 1, daysLeft));
    return Math.floor(shown / width) * width;
  });
  const unit = (foot - top) / Math.max(fewest, ...[...columns.values()].map((column) => column.length));
  const words = inWords(ends, warnDays);
  return markup`<figure class="card">
<h2>Expiry dates</h2>
<svg height="${`${height}`}" role="img" aria-label="${`Expiry dates: ${words}`}">
${marked(warnDays).map(mark)}
<g class="today">${line(0)}<text x="${at(0)}" y="12">today</text></g>
${[...columns].map(([start, column]) => bars(start, column, unit))}
</svg>
<figcaption>${words}</figcaption>
</figure>`;
}

function at(days: number): string {
  return `${(((days - from) / (to - from)) * 100).toFixed(2)}%`;
}

/** Half a year, a year, and the limit of the warnings unless it lies outside or near one of them. */
function marked(warnDays: number): readonly number[] {
  const others = [180, 365];
  const isApart = warnDays > width && warnDays < to && others.every((days) => Math.abs(days - warnDays) > 40);
  return isApart ? [warnDays, ...others] : others;
}

function mark(days: number): Markup {
  return markup`${line(days)}<text x="${at(days)}" y="${`${foot + 20}`}">${`${days} days`}</text>`;
}

function line(days: number): Markup {
  return markup`<line x1="${at(days)}" x2="${at(days)}" y1="18" y2="${`${foot + 4}`}"/>`;
}

/** Stacked by state, the most urgent at the foot; each state is visible, however few it has. */
function bars(start: number, ends: readonly Dated[], unit: number): Markup {
  let y = foot;
  const parts = [...countStates(ends)].map(([state, number]) => {
    const high = Math.max(3, number * unit);
    y -= high;
    return markup`<rect class="end ${toneOf(state)}" x="${at(start + width / 2)}" y="${y.toFixed(1)}" width="9" height="${high.toFixed(1)}" rx="2" transform="translate(-4.5)"/>`;
  });
  const names = ends.length > 6 ? count(ends.length, 'tenant') : ends.map(({ name }) => name).join(', ');
  return markup`<g><title>${names}</title>${parts}</g>`;
}

/** `1 expired, 3 within 45 days, 7 later.` */
function inWords(ends: readonly Dated[], warnDays: number): string {
  if (ends.length === 0) return 'No expiry date is on record.';
  const expired = ends.filter(({ daysLeft }) => daysLeft < 0).length;
  const soon = ends.filter(({ daysLeft }) => daysLeft >= 0 && daysLeft <= warnDays).length;
  const parts = [
    [expired, 'expired'],
    [soon, `within ${count(warnDays, 'day')}`],
    [ends.length - expired - soon, 'later'],
  ] as const;
  const told = parts.filter(([number]) => number > 0).map(([number, when]) => `${number} ${when}`);
  return `${told.join(', ')}.`;
}
