import { type Markup, markup } from '../../../report/html.ts';
import { count } from '../../../text/phrasing.ts';
import type { FleetState, FleetStatusTenant } from '../report.ts';
import { toneOf } from './page-styles.ts';
import { countStates, stateWords } from './status-words.ts';

/**
 * The range and the width of a column, in days from today. Dates outside the range appear
 * at its edge.
 */
const from = -45;
const to = 405;
const width = 15;

/** The days that are drawn wider, and the place of today and of their end, in percent. */
const near = 90;
const today = 10;
const endOfNear = 52;

/**
 * Pixels: above the columns, the most that they take, below them, and the widest step
 * from one end to the next.
 */
const above = 28;
const room = 64;
const below = 24;
const step = 13;

type Dated = FleetStatusTenant & {
  readonly daysLeft: number;
  readonly recorded: { readonly notAfter: string };
};

/**
 * A chart of all expiry dates, with today and the days of interest, and a caption that
 * says the same.
 */
export function timeline(tenants: readonly FleetStatusTenant[], warnDays: number): Markup {
  const ends = tenants.filter(
    (tenant): tenant is Dated => tenant.daysLeft !== null && tenant.recorded?.notAfter != null,
  );
  const columns = columnsOf(ends);
  const highest = Math.max(1, ...[...columns.values()].map((column) => column.length));
  const unit = Math.min(step, room / highest);
  const foot = Math.round(above + highest * unit);
  const words = inWords(ends, tenants.length - ends.length, warnDays);
  return markup`<figure class="card">
<h2>Expiry dates</h2>
<svg height="${`${foot + below}`}" role="img" aria-label="${`Expiry dates: ${words}`}">
${marked(warnDays).map((days) => mark(days, foot))}
<g class="today"><line x1="${at(0)}" x2="${at(0)}" y1="18" y2="${`${foot + 4}`}"/><text x="${at(0)}" y="12">today</text></g>
${[...columns].map(([start, column]) => drawn(start, column, unit, foot))}
</svg>
<p class="legend">${[...new Set([...countStates(ends).keys()].map(toneOf))].map((tone) => legend(tone, ends))}${scale(ends.length, highest, unit)}</p>
<figcaption>${words}</figcaption>
</figure>`;
}

/** The states that share a color. */
function legend(tone: string, ends: readonly Dated[]): Markup {
  const words = [...countStates(ends).keys()].filter((state) => toneOf(state) === tone);
  return markup`<span><i class="dot ${tone}"></i> ${words.map((state) => stateWords[state].one).join(', ')}</span>`;
}

/** The meaning of a dot, or of a bar's width and height. */
function scale(all: number, highest: number, unit: number): Markup | null {
  if (all === 0) return null;
  const wider = `The next ${near} days are drawn wider.`;
  if (unit === step) return markup`<span>${`Each dot: 1 tenant. ${wider}`}</span>`;
  const bars = `Each bar: ${count(width, 'day')}. The tallest: ${count(highest, 'tenant')}.`;
  return markup`<span>${`${bars} ${wider}`}</span>`;
}

/** A place on the axis: the days that need attention have almost half of it. */
function at(days: number): string {
  return `${placeOf(days).toFixed(2)}%`;
}

function placeOf(days: number): number {
  if (days < 0) return between(days, { from, to: 0 }, { from: 0, to: today });
  if (days < near) return between(days, { from: 0, to: near }, { from: today, to: endOfNear });
  return between(days, { from: near, to }, { from: endOfNear, to: 100 });
}

interface Range {
  readonly from: number;
  readonly to: number;
}

function between(value: number, range: Range, onto: Range): number {
  const part = (value - range.from) / (range.to - range.from);
  return onto.from + part * (onto.to - onto.from);
}

/**
 * Half a year, a year, and the limit of the warnings unless it lies outside or near one
 * of them.
 */
function marked(warnDays: number): readonly number[] {
  const others = [180, 365];
  const isApart =
    warnDays > width && warnDays < to && others.every((days) => Math.abs(days - warnDays) > 40);
  return isApart ? [warnDays, ...others] : others;
}

function mark(days: number, foot: number): Markup {
  return markup`<line x1="${at(days)}" x2="${at(days)}" y1="18" y2="${`${foot + 4}`}"/><text x="${at(days)}" y="${`${foot + 20}`}">${`${days} days`}</text>`;
}

/** The dates of each column, by the days from today to its first day. */
function columnsOf(ends: readonly Dated[]): ReadonlyMap<number, readonly Dated[]> {
  const columns = new Map<number, Dated[]>();
  for (const end of ends) {
    const shown = Math.max(from, Math.min(to - 1, end.daysLeft));
    const start = Math.floor(shown / width) * width;
    columns.set(start, [...(columns.get(start) ?? []), end]);
  }
  return columns;
}

/**
 * Stacked by state, the most urgent at the foot; each state is visible, however few it
 * has.
 */
function drawn(start: number, ends: readonly Dated[], unit: number, foot: number): Markup {
  const x = at(start + width / 2);
  let top = foot;
  const parts = [...countStates(ends)].flatMap(([state, number]) => {
    const height = Math.max(3, number * unit);
    top -= height;
    return unit === step ? dots(x, top, number, state) : [bar(x, top, height, state)];
  });
  return markup`<g><title>${tooltip(ends)}</title>${parts}</g>`;
}

function dots(x: string, top: number, number: number, state: FleetState): readonly Markup[] {
  return Array.from(
    { length: number },
    (_, index) =>
      markup`<circle class="end ${toneOf(state)}" cx="${x}" cy="${`${top + step * (index + 0.5)}`}"/>`,
  );
}

function bar(x: string, top: number, height: number, state: FleetState): Markup {
  return markup`<rect class="end ${toneOf(state)}" x="${x}" y="${top.toFixed(1)}" width="9" height="${height.toFixed(1)}" rx="2" transform="translate(-4.5)"/>`;
}

/**
 * `2026-12-04: globex (expires soon)`; for many tenants their number and the first day.
 */
function tooltip(ends: readonly Dated[]): string {
  const [first = ''] = ends.map(({ recorded }) => recorded.notAfter).sort();
  if (ends.length > 6) return `From ${first.slice(0, 10)}: ${count(ends.length, 'tenant')}`;
  return ends
    .map(
      ({ name, state, recorded }) =>
        `${recorded.notAfter.slice(0, 10)}: ${name} (${stateWords[state].one})`,
    )
    .join(', ');
}

/** `1 expired, 3 within 45 days, 7 later, 1 without a date.` */
function inWords(ends: readonly Dated[], undated: number, warnDays: number): string {
  if (ends.length === 0) return 'No expiry date is on record.';
  const number = (test: (daysLeft: number) => boolean): number =>
    ends.filter(({ daysLeft }) => test(daysLeft)).length;
  const parts = [
    [number((days) => days < 0), 'expired'],
    [number((days) => days >= 0 && days <= warnDays), `within ${count(warnDays, 'day')}`],
    [number((days) => days > warnDays), 'later'],
    [undated, 'without a date'],
  ] as const;
  const words = parts.flatMap(([number, when]) => (number > 0 ? `${number} ${when}` : []));
  return `${words.join(', ')}.`;
}
