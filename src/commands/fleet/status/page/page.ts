import { basename } from 'node:path';
import { formatDay } from '../../../../report/dates.ts';
import { type Markup, markup, renderDocument } from '../../../../report/pages/document.ts';
import { sourceOf } from '../../../../report/pages/stylesheet.ts';
import { count } from '../../../../text/phrasing.ts';
import type { FleetStatusReport, FleetStatusTenant } from '../../report.ts';
import {
  byDaysLeft,
  countStates,
  originOf,
  reasonFor,
  states,
  stateWords,
  urgency,
  verdict,
} from '../summary.ts';
import { stylesFor, toneOf, widthClass } from './styles.ts';
import { timeline } from './timeline.ts';

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
  const numbers = countStates(tenants);
  const seen = states.filter((state) => state === 'valid' || (numbers.get(state) ?? 0) > 0);
  return markup`<ul class="counts">
${seen.map((state) => {
  const number = numbers.get(state) ?? 0;
  const { one, many } = stateWords[state];
  return markup`<li data-state="${state}"><b class="${toneOf(state)}">${`${number}`}</b> ${number === 1 ? one : many}</li>`;
})}
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
  return markup`<tr role="row" data-state="${state}" data-rank="${`${states.indexOf(state)}`}" data-days="${`${urgency(tenant)}`}"><th role="rowheader" scope="row">${name}<code>${new URL(tenant.tenant).host}</code></th><td role="cell"><span class="tag ${toneOf(state)}">${stateWords[state].one}</span>${reason}</td><td role="cell">${end}</td><td role="cell">${daysLeft === null ? '–' : left(daysLeft, toneOf(state))}</td><td role="cell"><code>${clientAppKey ?? '–'}</code></td></tr>`;
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
