import { basename } from 'node:path';
import {
  type Markup,
  markup,
  renderDocument,
  sourceOf,
  strictPolicy,
} from '../../../report/html.ts';
import { wordsForOwner } from '../../../report/ownership.ts';
import { count } from '../../../text/phrasing.ts';
import type { FleetState, FleetStatusReport, FleetStatusTenant } from '../report.ts';
import { originOf } from './origin.ts';
import { daysOfBar, stylesFor, toneOf, widthClass } from './page-styles.ts';
import {
  countStates,
  mostUrgentFirst,
  reasonFor,
  stateMeanings,
  stateWords,
  urgency,
  verdict,
} from './status-words.ts';
import { timeline } from './timeline.ts';

/**
 * One page that loads nothing: its policy blocks everything else. It is readable without
 * its script, which only filters and sorts. Escapes its texts; the caller removes
 * characters that change the direction of text.
 */
export function statusPage(report: FleetStatusReport, now: Date): string {
  const { tenants, warnDays, file, record } = report;
  const styles = stylesFor(warnDays);
  const policy = `${strictPolicy}; style-src ${sourceOf(styles)}; script-src ${sourceOf(script)}; form-action 'none'`;
  const heading = verdict(report);
  const records = record.split(', ').map((path) => basename(path));
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
<p class="lead"><span>Made ${made(now)}</span> <span>Warns ${count(warnDays, 'day')} ahead</span></p>
</div>
<div class="filter" hidden><label class="unseen" for="filter">Filter tenants</label><input id="filter" type="search" placeholder="Filter tenants" autocomplete="off" spellcheck="false"></div>
</div>
${counts(tenants)}
${timeline(tenants, warnDays)}
${tenants.length === 0 ? null : list(mostUrgentFirst(tenants), warnDays)}
<div class="foot">
<p>${originOf(report).join(' ')} Dates are in UTC.</p>
<p>Made by mfa-cli from ${file === '-' ? 'stdin' : basename(file)} and ${records.join(', ')}.</p>
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

/**
 * A longer list has a group for each state, the most urgent first; a shorter one has a
 * column for the state.
 */
const many = 25;

/** Explicit roles replace those that a table loses in a grid layout. */
function list(tenants: readonly FleetStatusTenant[], warnDays: number): Markup {
  const isGrouped = tenants.length > many;
  const titles = [
    'Tenant',
    ...(isGrouped ? [] : ['State']),
    'Valid until',
    'Days left',
    'Client app key',
  ];
  const head = titles.map((title) => {
    const sorted =
      title === (isGrouped ? 'Days left' : 'State') ? { html: ' aria-sort="ascending"' } : null;
    return markup`<th role="columnheader" scope="col"${sorted}>${title}</th>`;
  });
  const states = [...countStates(tenants).keys()];
  const of = (state: FleetState) => tenants.filter((tenant) => tenant.state === state);
  return markup`<div class="card list">
<p class="legend"><span><i class="bar ok w60"></i> days left; full at ${`${daysOfBar(warnDays)}`} or more</span><span>The line in a bar marks ${count(warnDays, 'day')}, when warnings start.</span>${meanings(tenants)}<span id="shown" role="status"></span></p>
<table role="table" aria-label="Tenants" class="${isGrouped ? 'grouped' : 'flat'}">
<thead role="rowgroup"><tr role="row">${head}</tr></thead>
${isGrouped ? states.map((state) => group(of(state), state, warnDays)) : group(tenants, null, warnDays)}
</table>
</div>`;
}

/** The next step of each state that occurs and needs one. */
function meanings(tenants: readonly FleetStatusTenant[]): readonly Markup[] {
  return [...countStates(tenants).keys()].flatMap((state) => {
    const words = stateMeanings[state];
    const name = markup`<b class="${toneOf(state)}">${stateWords[state].one}</b>`;
    return words === undefined ? [] : [markup`<span>${name}: ${words}</span>`];
  });
}

/** @param state null: tenants of every state, which their rows name */
function group(
  tenants: readonly FleetStatusTenant[],
  state: FleetState | null,
  warnDays: number,
): Markup {
  return markup`<tbody role="rowgroup">
${state === null ? null : groupHead(state, tenants.length)}
${tenants.map((tenant) => row(tenant, state === null, warnDays))}
</tbody>`;
}

function groupHead(state: FleetState, number: number): Markup {
  const name = wordFor(state, number).replace(/^./, (letter) => letter.toUpperCase());
  return markup`<tr role="row" class="group"><td role="cell" colspan="4"><span class="tag ${toneOf(state)}">${name}: ${count(number, 'tenant')}</span></td></tr>`;
}

function row(tenant: FleetStatusTenant, namesState: boolean, warnDays: number): Markup {
  const { name, tenant: url, state, recorded, daysLeft, clientAppKey, expected } = tenant;
  const reason = reasonFor(tenant);
  const owner = wordsForOwner(tenant);
  const cells = [
    ...(namesState
      ? [markup`<span class="tag ${toneOf(state)}">${stateWords[state].one}</span>`]
      : []),
    recorded?.notAfter?.slice(0, 10) ?? (expected === null ? 'none, as declared' : ''),
    daysLeft === null ? '' : left(state, daysLeft, warnDays),
    markup`<code>${clientAppKey ?? '–'}</code>${reason === null ? null : markup`<small>${reason}</small>`}${owner === null ? null : markup`<small>${owner}</small>`}`,
  ];
  return markup`<tr role="row" data-state="${state}" data-days="${`${urgency(tenant)}`}"><th role="rowheader" scope="row">${name}<code>${new URL(url).host}</code></th>${cells.map((cell) => markup`<td role="cell">${cell}</td>`)}</tr>`;
}

/**
 * An expired certificate has no bar. The color is that of the state: a long bar alone is
 * not well.
 */
function left(state: FleetState, daysLeft: number, warnDays: number): Markup {
  if (daysLeft < 0) return markup`${count(-daysLeft, 'day')} ago`;
  const words = daysLeft === 0 ? 'today' : count(daysLeft, 'day');
  return markup`${words}<i class="bar ${toneOf(state)} ${widthClass(daysLeft, warnDays)}"></i>`;
}

/**
 * Filters the list by words and by state, sorts it by a column, and folds its groups. It
 * adds its own buttons, so that no button is there without it. Plain JavaScript, named by
 * its hash in the page's policy.
 */
const script = `
(() => {
  /**
   * A grouped list is folded: the valid group completely, other groups after their first
   * rows.
   */
  const few = 10;
  const inButton = (element, press) => {
    const button = document.createElement('button');
    button.type = 'button';
    button.append(...element.childNodes);
    button.addEventListener('click', press);
    element.append(button);
    return button;
  };
  const input = document.querySelector('#filter');
  const shown = document.querySelector('#shown');
  const total = document.querySelectorAll('tr[data-state]').length;
  if (total === 0) return;

  const groups = [...document.querySelectorAll('tbody')].map((body) => {
    const rows = [...body.querySelectorAll('tr[data-state]')];
    for (const row of rows) row.cells[0].tabIndex = -1;
    const group = { body, rows, most: Infinity, isOpen: true };
    const head = body.querySelector('.group');
    if (head === null) return group;
    group.most = few;
    group.isOpen = rows[0].dataset.state !== 'valid';
    group.name = head.textContent;
    group.button = inButton(head.cells[0], () => {
      group.isOpen = !group.isOpen;
      show();
    });
    group.foot = body.insertRow();
    group.foot.className = 'group';
    const cell = group.foot.insertCell();
    cell.colSpan = 4;
    cell.append('Show all ' + rows.length);
    inButton(cell, () => {
      group.most = Infinity;
      show();
      rows[few].querySelector('th').focus();
    });
    return group;
  });
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
  const texts = new Map();
  const textOf = (row, group) => {
    if (!texts.has(row)) texts.set(row, (row.textContent + ' ' + (group.name ?? '')).toLowerCase());
    return texts.get(row);
  };
  const show = () => {
    const words = input.value.toLowerCase().split(/\\s+/).filter((word) => word !== '');
    const isFiltered = state !== null || words.length > 0;
    let count = 0;
    for (const group of groups) {
      const isOpen = isFiltered || group.isOpen;
      let room = isFiltered ? Infinity : isOpen ? group.most : 0;
      let found = 0;
      for (const row of group.rows) {
        row.hidden = (state !== null && row.dataset.state !== state) || !words.every((word) => textOf(row, group).includes(word));
        row.classList.toggle('folded', !row.hidden && room-- <= 0);
        if (!row.hidden) found += 1;
      }
      group.body.hidden = found === 0;
      count += found;
      if (group.button === undefined) continue;
      group.button.ariaExpanded = String(isOpen);
      group.button.disabled = isFiltered;
      group.foot.hidden = isFiltered || !isOpen || group.rows.length <= group.most;
    }
    none.hidden = count > 0;
    for (const { name, button } of tiles) button.ariaPressed = String(name === state);
    shown.textContent = isFiltered ? count + ' of ' + total + ' tenants shown' : '';
  };
  input.addEventListener('input', show);
  input.closest('[hidden]').hidden = false;

  const collator = new Intl.Collator('en', { numeric: true });
  const text = (column) => (row) => [...row.cells].at(column).textContent;
  const days = (row) => Number(row.dataset.days);
  const rank = (row) => tiles.findIndex(({ name }) => name === row.dataset.state);
  const keys = { Tenant: text(0), State: rank, 'Valid until': days, 'Days left': days, 'Client app key': text(-1) };
  const compare = (one, other) => typeof one === 'number' ? one - other : collator.compare(one, other);
  const sort = (key, sign) => {
    for (const group of groups) {
      const keyed = group.rows.map((row) => ({ row, key: key(row) }));
      keyed.sort((one, other) => sign * compare(one.key, other.key));
      group.rows = keyed.map(({ row }) => row);
      group.body.prepend(...[group.button?.closest('tr')].filter(Boolean), ...group.rows);
    }
    show();
  };
  const heads = [...document.querySelectorAll('thead th')];
  for (const head of heads) {
    const key = keys[head.textContent];
    inButton(head, () => {
      const falling = head.ariaSort === 'ascending';
      for (const other of heads) other.removeAttribute('aria-sort');
      head.ariaSort = falling ? 'descending' : 'ascending';
      sort(key, falling ? -1 : 1);
    });
  }
  show();
})();
`;
