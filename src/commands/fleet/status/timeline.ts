import { type Markup, markup } from '../../../report/document.ts';
import { formatDay } from '../../../report/fields.ts';
import { count } from '../../../text/phrasing.ts';
import { countStates, type FleetState, type FleetStatusTenant, stateWords } from '../report.ts';
import { toneOf } from './page-styles.ts';

/** The range and the width of a column, in days from today. Dates outside the range appear at its edge. */
const [from, to, width] = [-45, 405, 15];

/** Pixels: the foot of the columns, the room above it, and the widest step from one end to the next. */
const [foot, room, step] = [92, 64, 13];

type Dated = FleetStatusTenant & {
  readonly daysLeft: number;
  readonly recorded: { readonly notAfter: string };
};

/** A chart of all expiry dates, with today and the days of interest, and a caption that says the same. */
export function timeline(tenants: readonly FleetStatusTenant[]): Markup {
  const ends = tenants.filter(
    (tenant): tenant is Dated => tenant.daysLeft !== null && tenant.recorded?.notAfter != null,
  );
  const columns = columnsOf(ends);
  const highest = Math.max(1, ...[...columns.values()].map((column) => column.length));
  const unit = Math.min(step, room / highest);
  return markup`<figure class="card">
<h2>Expiry dates</h2>
<svg height="116" role="img" aria-label="${`Expiry dates: ${inWords(ends)}`}">
${[30, 60, 180, 365].map((days) => mark(days, days === 365 ? '365 days' : `${days}`))}
<g class="today"><line x1="${at(0)}" x2="${at(0)}" y1="18" y2="${`${foot + 4}`}"/><text x="${at(0)}" y="12">today</text></g>
${[...columns].map(([start, column]) => drawn(start, column, unit))}
</svg>
<p class="legend">${[...new Set([...countStates(ends).keys()].map(toneOf))].map((tone) => legend(tone, ends))}</p>
<figcaption>${inWords(ends)}</figcaption>
</figure>`;
}

/** The states that share a color. */
function legend(tone: string, ends: readonly Dated[]): Markup {
  const words = [...countStates(ends).keys()].filter((state) => toneOf(state) === tone);
  return markup`<span><i class="dot ${tone}"></i> ${words.map((state) => stateWords[state].one).join(', ')}</span>`;
}

function at(days: number): string {
  return `${(((days - from) / (to - from)) * 100).toFixed(2)}%`;
}

function mark(days: number, label: string): Markup {
  return markup`<line x1="${at(days)}" x2="${at(days)}" y1="18" y2="${`${foot + 4}`}"/><text x="${at(days)}" y="${`${foot + 20}`}">${label}</text>`;
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

/** Stacked by state, the most urgent at the foot; each state is visible, however few it has. */
function drawn(start: number, ends: readonly Dated[], unit: number): Markup {
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

/** `4 Dec 2026: globex (expires soon)`; for many tenants their number and the first day. */
function tooltip(ends: readonly Dated[]): string {
  const [first = ''] = ends.map(({ recorded }) => recorded.notAfter).sort();
  if (ends.length > 6) return `From ${formatDay(new Date(first))}: ${count(ends.length, 'tenant')}`;
  return ends
    .map(
      ({ name, state, recorded }) =>
        `${formatDay(new Date(recorded.notAfter))}: ${name} (${stateWords[state].one})`,
    )
    .join(', ');
}

/** `1 before today, 3 within 30 days, 1 within 60 days, 6 later`. */
function inWords(ends: readonly Dated[]): string {
  if (ends.length === 0) return 'No expiry date is on record.';
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
