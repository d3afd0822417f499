import { formatDay } from '../../../../report/dates.ts';
import { type Markup, markup } from '../../../../report/pages/document.ts';
import { count } from '../../../../text/phrasing.ts';
import type { FleetState, FleetStatusTenant } from '../../report.ts';
import { states, stateWords } from '../summary.ts';
import { toneOf } from './styles.ts';

/** What is drawn, in days from today; what ends before or after stands at its edge. */
const [from, to] = [-45, 405];

/** Above so many ends those of a week are one column. */
const singly = 60;

/** Pixels: the foot of the columns, the room above it, and the widest step from one end to the next. */
const [foot, room, step] = [92, 64, 13];

/** What ends in the same day or week. */
interface Column {
  /** Days from today to its first day. */
  readonly start: number;
  readonly ends: readonly Dated[];
}

type Dated = FleetStatusTenant & {
  readonly daysLeft: number;
  readonly recorded: { readonly notAfter: string };
};

/** The ends of all certificates in a picture, with today and the days that count; and the same in words. */
export function timeline(tenants: readonly FleetStatusTenant[]): Markup {
  const ends = tenants.filter(
    (tenant): tenant is Dated => tenant.daysLeft !== null && tenant.recorded?.notAfter != null,
  );
  const width = ends.length > singly ? 7 : 1;
  const columns = columnsOf(ends, width);
  const highest = columns.reduce((most, column) => Math.max(most, column.ends.length), 1);
  const unit = Math.min(step, room / highest);
  return markup`<figure class="card">
<h2>When they end</h2>
<svg height="116" role="img" aria-label="${`When they end: ${inWords(ends)}`}">
${[30, 60, 180, 365].map((days) => mark(days, days === 365 ? '365 days' : `${days}`))}
<g class="today"><line x1="${at(0)}" x2="${at(0)}" y1="18" y2="${`${foot + 4}`}"/><text x="${at(0)}" y="12">today</text></g>
${columns.map((column) => drawn(column, width, unit))}
</svg>
<figcaption>${inWords(ends)}</figcaption>
</figure>`;
}

/** Where a day is from left to right. */
function at(days: number): string {
  return `${(((days - from) / (to - from)) * 100).toFixed(2)}%`;
}

function mark(days: number, label: string): Markup {
  return markup`<line x1="${at(days)}" x2="${at(days)}" y1="18" y2="${`${foot + 4}`}"/><text x="${at(days)}" y="${`${foot + 20}`}">${label}</text>`;
}

function columnsOf(ends: readonly Dated[], width: number): readonly Column[] {
  const columns = new Map<number, Dated[]>();
  for (const end of ends) {
    const shown = Math.max(from, Math.min(to - 1, end.daysLeft));
    const start = Math.floor(shown / width) * width;
    const others = columns.get(start) ?? [];
    others.push(end);
    columns.set(start, others);
  }
  return [...columns].map(([start, at]) => ({ start, ends: at }));
}

/** States on each other, the most urgent at the foot; each is seen, however few it is. */
function drawn({ start, ends }: Column, width: number, unit: number): Markup {
  const x = at(start + width / 2);
  let top = foot;
  const parts = states.flatMap((state) => {
    const number = ends.filter((end) => end.state === state).length;
    if (number === 0) return [];
    const height = Math.max(3, number * unit);
    top -= height;
    return unit === step ? dots(x, top, number, state) : bar(x, top, height, state);
  });
  return markup`<g><title>${tooltip(ends, width)}</title>${parts}</g>`;
}

function dots(x: string, top: number, number: number, state: FleetState): readonly Markup[] {
  return Array.from(
    { length: number },
    (_, index) =>
      markup`<circle class="end ${toneOf(state)}" cx="${x}" cy="${`${top + step * (index + 0.5)}`}" r="6.5"/>`,
  );
}

function bar(x: string, top: number, height: number, state: FleetState): Markup {
  return markup`<rect class="end ${toneOf(state)}" x="${x}" y="${top.toFixed(1)}" width="13" height="${height.toFixed(1)}" rx="2" transform="translate(-6.5)"/>`;
}

/** `4 Dec 2026: globex (expires soon)`; of many their number. */
function tooltip(ends: readonly Dated[], width: number): string {
  const [first = ''] = ends.map(({ recorded }) => recorded.notAfter).sort();
  const when = `${width === 1 ? '' : 'Week from '}${formatDay(new Date(first))}`;
  if (ends.length > 6) return `${when}: ${count(ends.length, 'tenant')}`;
  return `${when}: ${ends.map(({ name, state }) => `${name} (${stateWords[state].one})`).join(', ')}`;
}

/** `1 before today, 3 within 30 days, 1 within 60 days, 6 later`. */
function inWords(ends: readonly Dated[]): string {
  if (ends.length === 0) return 'No end is on record.';
  const within = (low: number, high: number): number =>
    ends.filter(({ daysLeft }) => daysLeft >= low && daysLeft < high).length;
  const parts = [
    [within(Number.NEGATIVE_INFINITY, 0), 'before today'],
    [within(0, 31), 'within 30 days'],
    [within(31, 61), 'in 31 to 60 days'],
    [within(61, Number.POSITIVE_INFINITY), 'later'],
  ] as const;
  return `${parts
    .filter(([number]) => number > 0)
    .map(([number, when]) => `${number} ${when}`)
    .join(', ')}.`;
}
