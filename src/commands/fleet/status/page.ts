import { basename } from 'node:path';
import { type Markup, markup, renderDocument, sourceOf } from '../../../report/document.ts';
import { count } from '../../../text/phrasing.ts';
import type { FleetState, FleetStatusReport, FleetStatusTenant } from '../report.ts';
import {
  countStates,
  grouped,
  mostUrgentFirst,
  originOf,
  reasonFor,
  stateWords,
  verdict,
} from '../report.ts';
import { longest, stylesFor, toneOf, widthClass } from './page-styles.ts';

/**
 * One page that loads nothing: its policy blocks everything else. It is readable without its script, which only
 * filters. Escapes its texts; the caller removes characters that change the direction of text.
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
<p class="lead"><span>Made ${made(now)} ·</span> <span>warns ${count(warnDays, 'day')} ahead</span></p>
</div>
<div class="filter" hidden><label class="unseen" for="filter">Filter tenants</label><input id="filter" type="search" placeholder="Filter tenants" autocomplete="off" spellcheck="false"></div>
</div>
${counts(tenants)}
${timeline(tenants, warnDays)}
${tenants.length === 0 ? null : list(mostUrgentFirst(tenants), warnDays)}
<div class="foot">
<p>${originOf(report)} Dates are in UTC.</p>
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
  return markup`<time datetime="${iso}">${iso.slice(0, 10)}, ${iso.slice(11, 16)} UTC</time>`;
}

/** Leaves out states without tenants, except `valid`. */
function counts(tenants: readonly FleetStatusTenant[]): Markup {
  const numbers = new Map([...countStates(tenants)]);
  if (!numbers.has('valid')) numbers.set('valid', 0);
  return markup`<ul class="counts">
${[...numbers].map(
  ([state, number]) =>
    markup`<li data-state="${state}"><b class="${toneOf(state)}">${`${number}`}</b> ${wordFor(state, number)}</li>`,
)}
</ul>`;
}

const wordFor = (state: FleetState, number: number): string =>
  stateWords[state][number === 1 ? 'one' : 'many'];

/** Explicit roles replace those that a table loses in a grid layout. */
function list(tenants: readonly FleetStatusTenant[], warnDays: number): Markup {
  const titles = ['Tenant', 'State', 'Valid until', 'Days left', 'Client app key'];
  const head = titles.map((title) => markup`<th role="columnheader" scope="col">${title}</th>`);
  return markup`<div class="card list">
<p class="legend"><span><i class="bar ok w60"></i> days left, up to ${`${longest}`}</span><span>The gap in a bar marks ${count(warnDays, 'day')}, when warnings start.</span><span id="shown" role="status"></span></p>
<table role="table" aria-label="Tenants">
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
<tbody role="rowgroup">
${tenants.map(row)}
</tbody>
</table>
</div>`;
}

function row(tenant: FleetStatusTenant): Markup {
  const { name, state, recorded, daysLeft, clientAppKey, expected } = tenant;
  const absent = expected === null ? 'none declared' : '–';
  const reason = reasonFor(tenant);
  const cells = [
    markup`<span class="tag ${toneOf(state)}">${stateWords[state].one}</span>`,
    recorded?.notAfter?.slice(0, 10) ?? absent,
    daysLeft === null ? '–' : left(daysLeft, toneOf(state)),
    markup`<code>${clientAppKey ?? '–'}</code>${reason === null ? null : markup`<small>${reason}</small>`}`,
  ];
  return markup`<tr role="row" data-state="${state}"><th role="rowheader" scope="row">${name}<code>${new URL(tenant.tenant).host}</code></th>${cells.map((cell) => markup`<td role="cell">${cell}</td>`)}</tr>`;
}

/** The range and the width of a column, in days from today. Dates outside the range appear at its edge. */
const [from, to, width] = [-45, 405, 15];

/** Pixels: the top and the foot of the columns, and the height of the picture. */
const [top, foot, height] = [28, 92, 116];

/** A column is full with this many dates, or with more if another column has more. */
const fewest = 5;

type Dated = FleetStatusTenant & { readonly daysLeft: number };

/** A chart of all expiry dates, with today and the days of interest, and a caption that says the same. */
function timeline(tenants: readonly FleetStatusTenant[], warnDays: number): Markup {
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

/** An expired certificate has no bar. */
function left(daysLeft: number, tone: string): Markup {
  if (daysLeft < 0) return markup`${count(-daysLeft, 'day')} ago`;
  return markup`${count(daysLeft, 'day')}<i class="bar ${tone} ${widthClass(daysLeft)}"></i>`;
}

/**
 * Filters the list by words and by state. It adds its own buttons, so that no button is there without it. Plain JavaScript, named
 * by its hash in the page's policy.
 */
const script = `
(() => {
  const inButton = (element, press) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...element.childNodes);
    button.addEventListener('click', press);
    element.append(button);
    return button;
  };
  const input = document.querySelector('#filter');
  const rows = [...document.querySelectorAll('tr[data-state]')];
  if (rows.length === 0) return;
  const none = document.createElement('p');
  none.className = 'none';
  const clear = document.createElement('span');
  clear.append('Clear filter');
  none.append('No tenant matches. ', clear);
  inButton(clear, () => {
    input.value = '';
    state = null;
    show();
    input.focus();
  });
  document.querySelector('table').after(none);

  let state = null;
  const tiles = [...document.querySelectorAll('.counts li')].map((item) => {
    const button = inButton(item, () => {
      state = state === item.dataset.state ? null : item.dataset.state;
      show();
    });
    return { name: item.dataset.state, button };
  });
  const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const show = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    let count = 0;
    for (const [row, text] of texts) {
      row.hidden = (state !== null && row.dataset.state !== state) || !words.every((word) => text.includes(word));
      if (!row.hidden) count += 1;
    }
    none.hidden = count > 0;
    for (const { name, button } of tiles) button.ariaPressed = String(name === state);
    const isFiltered = state !== null || words.length > 0;
    document.querySelector('#shown').textContent = isFiltered ? count + ' of ' + rows.length + ' tenants shown' : '';
  };
  input.addEventListener('input', show);
  input.closest('[hidden]').hidden = false;

  show();
})();
`;
