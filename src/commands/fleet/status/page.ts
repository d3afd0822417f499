import { basename } from 'node:path';
import { type Markup, markup, renderDocument, sourceOf } from '../../../report/document.ts';
import { formatDay } from '../../../report/fields.ts';
import { count } from '../../../text/phrasing.ts';
import type { FleetState, FleetStatusReport, FleetStatusTenant } from '../report.ts';
import {
  byDaysLeft,
  countStates,
  originOf,
  reasonFor,
  states,
  stateWords,
  urgency,
  verdict,
  wordsForOthers,
} from '../report.ts';
import { stylesFor, toneOf, widthClass } from './page-styles.ts';

/**
 * One page that loads nothing, and of whose policy nothing else may run: read without a script, which only filters and
 * sorts. Its texts are escaped; that they hold nothing which turns the direction of text is the caller's to see to.
 */
export function statusPage(report: FleetStatusReport, now: Date): string {
  const { tenants, warnDays, file, record } = report;
  const styles = stylesFor(warnDays);
  const policy = `default-src 'none'; style-src ${sourceOf(styles)}; script-src ${sourceOf(script)}; base-uri 'none'; form-action 'none'`;
  const heading = verdict(report);
  return renderDocument({
    title: `${heading} - mfa-cli fleet`,
    styles,
    head: markup`<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
`,
    body: markup`<main class="wide">
<p class="brand">mfa-cli fleet</p>
<div class="top">
<div>
<h1>${heading}</h1>
<p class="lead">${count(tenants.length, 'tenant')} · made ${made(now)} · warns ${count(warnDays, 'day')} ahead</p>
</div>
<div class="filter" hidden><label class="unseen" for="filter">Filter tenants</label><input id="filter" type="search" placeholder="Filter tenants" autocomplete="off" spellcheck="false"><p id="shown" role="status"></p></div>
</div>
${counts(tenants)}
${timeline(tenants)}
${tenants.length === 0 ? null : list(byDaysLeft(tenants))}
<div class="foot">
<p>${originOf(report)} Days are those of UTC.</p>
<p>Made by mfa-cli from ${file === '-' ? 'standard input' : basename(file)} and ${record
      .split(', ')
      .map((path) => basename(path))
      .join(', ')}.</p>
</div>
</main>
<script>${{ html: script }}</script>`,
  });
}

function made(now: Date): Markup {
  const iso = now.toISOString();
  return markup`<time datetime="${iso}">${formatDay(now)}, ${iso.slice(11, 16)} UTC</time>`;
}

/** What is not there is not counted, but for what is valid. */
function counts(tenants: readonly FleetStatusTenant[]): Markup {
  const numbers = new Map([...countStates(tenants)]);
  if (!numbers.has('valid')) numbers.set('valid', 0);
  return markup`<ul class="counts">
${[...numbers].map(
  ([state, number]) =>
    markup`<li data-state="${state}"><b class="${toneOf(state)}">${`${number}`}</b> ${stateWords[state][number === 1 ? 'one' : 'many']}</li>`,
)}
</ul>`;
}

/** The roles are those that the elements have; a browser forgets them where a table is not laid out as one. */
function list(tenants: readonly FleetStatusTenant[]): Markup {
  const head = ['Tenant', 'State', 'Ends', 'Days left', 'Client app key'].map((title) => {
    const sorted = title === 'Days left' ? { html: ' aria-sort="ascending"' } : null;
    return markup`<th role="columnheader" scope="col"${sorted}>${title}</th>`;
  });
  return markup`<div class="card list">
<table role="table" aria-label="Tenants">
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${tenants.map(row)}
</tbody>
</table>
</div>`;
}

function row(tenant: FleetStatusTenant): Markup {
  const { name, state, recorded, daysLeft, clientAppKey } = tenant;
  const why = reasonFor(tenant);
  const reason = why === null ? null : markup`<small>${why}</small>`;
  const end = recorded?.notAfter == null ? absent(tenant) : formatDay(new Date(recorded.notAfter));
  return markup`<tr role="row" data-state="${state}" data-rank="${`${states.indexOf(state)}`}" data-days="${`${urgency(tenant)}`}"><th role="rowheader" scope="row">${name}<code>${new URL(tenant.tenant).host}</code></th><td role="cell"><span class="tag ${toneOf(state)}">${stateWords[state].one}</span>${reason}</td><td role="cell">${end}</td><td role="cell">${daysLeft === null ? '–' : left(daysLeft, toneOf(state))}</td><td role="cell"><code>${clientAppKey ?? '–'}</code>${wordsForOthers(tenant).map((words) => markup`<small>${words}</small>`)}</td></tr>`;
}

function absent({ expected }: FleetStatusTenant): string {
  return expected === null ? 'none is to be there' : '–';
}

function left(daysLeft: number, tone: string): Markup {
  const words = daysLeft < 0 ? `${count(-daysLeft, 'day')} ago` : count(daysLeft, 'day');
  return markup`${words}<i class="bar ${tone} ${widthClass(daysLeft)}"></i>`;
}

/**
 * What the page can do beyond being read: filter by words and by state, and sort by a column. It makes its own buttons, so
 * that without it nothing is there that does nothing. Plain JavaScript, named by its hash in the page's policy.
 */
const script = `
(() => {
  const body = document.querySelector('tbody');
  if (body === null) return;
  const rows = [...body.rows];
  const input = document.querySelector('#filter');
  const shown = document.querySelector('#shown');
  const texts = new Map();
  const textOf = (row) => {
    if (!texts.has(row)) texts.set(row, row.textContent.toLowerCase());
    return texts.get(row);
  };
  const inButton = (element, press) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...element.childNodes);
    button.addEventListener('click', press);
    element.append(button);
    return button;
  };

  let state = null;
  const states = [...document.querySelectorAll('.counts li')].map((item) => {
    const button = inButton(item, () => {
      state = state === item.dataset.state ? null : item.dataset.state;
      for (const other of states) other.button.ariaPressed = String(other.name === state);
      filter();
    });
    button.ariaPressed = 'false';
    return { name: item.dataset.state, button };
  });
  const filter = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    let count = 0;
    for (const row of rows) {
      const matches = (state === null || row.dataset.state === state) &&
        (words.length === 0 || words.every((word) => textOf(row).includes(word)));
      row.hidden = !matches;
      if (matches) count += 1;
    }
    shown.textContent = count === rows.length ? '' : count + ' of ' + rows.length + ' tenants shown';
  };
  input.addEventListener('input', filter);
  input.closest('[hidden]').hidden = false;

  const collator = new Intl.Collator('en', { numeric: true });
  const text = (column) => (row) => row.cells[column].textContent;
  const number = (name) => (row) => Number(row.dataset[name]);
  const keys = [text(0), number('rank'), number('days'), number('days'), text(4)];
  const compare = (one, other) => typeof one === 'number' ? one - other : collator.compare(one, other);
  const sort = (key, sign) => {
    const keyed = rows.map((row) => ({ row, key: key(row) }));
    keyed.sort((one, other) => sign * compare(one.key, other.key));
    body.replaceChildren(...keyed.map(({ row }) => row));
  };
  const heads = [...document.querySelectorAll('thead th')];
  for (const [column, head] of heads.entries())
    inButton(head, () => {
      const falling = head.ariaSort === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.ariaSort = falling ? 'descending' : 'ascending';
      sort(keys[column], falling ? -1 : 1);
    });
  filter();
})();
`;

/** What is drawn, in days from today; what ends before or after stands at its edge. */
const [from, to] = [-45, 405];

/** Above so many ends those of a week are one column. */
const singly = 60;

/** Pixels: the foot of the columns, the room above it, and the widest step from one end to the next. */
const [foot, room, step] = [92, 64, 13];

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
function timeline(tenants: readonly FleetStatusTenant[]): Markup {
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
