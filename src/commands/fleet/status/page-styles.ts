import { stylesheet } from '../../../report/html.ts';
import type { FleetState } from '../report.ts';

/** The percent of a bar that a day without another still shows. */
const shortestBar = 4;

/**
 * The days of a whole bar. A bar shows how urgent a renewal is: later days all look
 * alike.
 */
export function daysOfBar(warnDays: number): number {
  return Math.max(90, 2 * warnDays);
}

/**
 * The class of a bar for a number of days, 0 or more: `w36`. Inline styles would need a
 * weaker policy.
 */
export function widthClass(daysLeft: number, warnDays: number): string {
  const percent = Math.round((daysLeft / daysOfBar(warnDays)) * 100);
  return `w${Math.max(shortestBar, Math.min(100, percent))}`;
}

/** All styles of the page. The line in the bars marks the warning limit. */
export function stylesFor(warnDays: number): string {
  const widths = Array.from({ length: 101 }, (_, percent) => `.w${percent}{--w:${percent}%}`).join(
    '',
  );
  return `${stylesheet}${styles}:root{--tick:${(warnDays / daysOfBar(warnDays)).toFixed(3)}}${widths}`;
}

/** Rows as cards, where the columns of a table have no room. */
const cards = `
  thead tr { display: flex; flex-wrap: wrap; }
  thead tr:has(button)::before { content: "Sort by"; padding: 6px 0 6px 10px; color: var(--muted); font-size: 14px; }
  thead th { padding: 6px 10px; }
  tbody tr[data-state] { padding: 6px 0; contain-intrinsic-size: auto 112px; }
  tbody th, tbody tr[data-state] td { padding: 3px 10px; }
  tbody th { grid-column: 1 / -1; }
  td:empty::before { content: none; }
`;

/**
 * On a screen, rows are grids, and those out of sight are not laid out; on paper it is a
 * table with a head on each sheet.
 */
const styles = `
.top > div:first-child { flex: 1 1 300px; }
.lead { display: flex; flex-wrap: wrap; gap: 0 18px; }
.lead span { white-space: nowrap; }
.filter { flex: 0 1 240px; }
.filter input { margin: 0; background: var(--card); }
.counts { display: grid; grid-template-columns: repeat(auto-fit, minmax(120px, 1fr)); gap: 12px; margin: 0 0 16px; padding: 0; list-style: none; }
.counts li { border: 1px solid var(--line); border-radius: 10px; background: var(--card); color: var(--ink); padding: 10px 20px 12px; }
.counts li:has(button) { padding: 0; }
.counts button { width: 100%; padding: 10px 20px 12px; border: 0; border-radius: 9px; text-align: start; font-weight: 400; }
.counts button[aria-pressed=true] { box-shadow: inset 0 0 0 2px var(--accent); background: var(--background); }
.counts b { display: block; background: none; font-size: 25px; line-height: 1.3; }
.counts .ring::after { content: "" / ""; display: inline-block; width: .5em; height: .5em; margin-inline-start: .3em; border: .12em solid; border-radius: 50%; }
.tag.ring { background: none; box-shadow: inset 0 0 0 1.5px currentColor; }
figure { margin: 0; }
figure.card { padding: 20px; }
figcaption { margin-top: 6px; color: var(--muted); font-size: 14px; }
svg { display: block; width: 100%; overflow: visible; font-size: 12px; }
svg text { fill: var(--muted); text-anchor: middle; }
svg line { stroke: var(--line); }
svg .today line { stroke: var(--accent); stroke-width: 2; }
svg .today text { fill: var(--accent); font-weight: 600; }
svg .end { fill: currentColor; stroke: var(--card); stroke-width: 1.5; }
svg circle { r: 6.5px; }
svg .end.ring { fill: var(--card); stroke: currentColor; stroke-width: 2.5; }
svg circle.ring { r: 5.5px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; margin-top: 4px; color: var(--muted); font-size: 13px; }
.legend .dot { display: inline-block; width: 10px; height: 10px; border-radius: 50%; background: currentColor; print-color-adjust: exact; }
.legend .dot.ring { background: none; border: 2px solid; }
.legend .bar { display: inline-block; width: 80px; margin: 0 4px 0 0; }
.list { padding: 4px 10px; }
.list .legend { padding: 10px 10px 4px; }
#shown { margin-inline-start: auto; }
.none { padding: 10px; color: var(--muted); }
.none button { padding: 0 4px; border: 0; color: var(--accent); }
table { width: 100%; border-collapse: collapse; text-align: start; }
th, td { padding: 10px; text-align: start; vertical-align: top; }
th { font-weight: 600; }
thead th { color: var(--muted); font-size: 14px; }
thead button { white-space: nowrap; }
thead button, .group button { flex: none; padding: 0; border: 0; border-radius: 4px; font: inherit; text-align: start; }
thead button::after { content: " ↕"; opacity: .8; }
[aria-sort=ascending] button::after { content: " ↑"; opacity: 1; }
[aria-sort=descending] button::after { content: " ↓"; opacity: 1; }
.group button { color: var(--accent); font-weight: 600; }
.group button:disabled { cursor: default; filter: none; }
.group button:disabled::before { visibility: hidden; }
.group [aria-expanded]::before { content: "▸" / ""; display: inline-block; width: 1.2em; color: var(--muted); }
.group [aria-expanded=true]::before { content: "▾" / ""; }
td:not(:last-child) { white-space: nowrap; }
td:empty::before { content: "–"; }
tbody tr { border-top: 1px solid var(--line); }
tbody code, small { color: var(--muted); font-size: 13px; overflow-wrap: anywhere; }
tbody th code, small { display: block; font-weight: 400; }
.bar { --fill: linear-gradient(currentColor 0 0); display: block; height: 8px; margin-top: 7px; border-radius: 4px; background: linear-gradient(var(--ink) 0 0) calc(var(--tick) * 100%) 0 / 1px 100% no-repeat, var(--fill) 0 0 / var(--w, 0%) 100% no-repeat, var(--line); print-color-adjust: exact; }
.bar.ring { --fill: repeating-linear-gradient(120deg, currentColor 0 3px, transparent 0 6px); }
.foot { color: var(--muted); font-size: 14px; }
.foot p { margin-bottom: 4px; }
@media screen {
  table, thead, tbody { display: block; }
  tr { display: grid; grid-template-columns: minmax(0, 8fr) 8.5em minmax(0, 4fr) minmax(0, 6.5fr); align-items: start; }
  .flat tr { grid-template-columns: minmax(0, 7fr) 9em 8.5em minmax(0, 4fr) minmax(0, 6fr); }
  .group { display: block; }
  .folded { display: none; }
  tbody tr[data-state] { content-visibility: auto; contain-intrinsic-size: auto 64px; }
}
@media screen and (max-width: 960px) {
  .filter { flex: 1 1 100%; }
  tbody code { font-size: 12px; }
}
@media screen and (max-width: 900px) {
  .flat { ${cards} tbody tr[data-state] { grid-template-columns: 9em 8.5em minmax(0, 1fr) minmax(0, 1.5fr); } }
}
@media screen and (max-width: 720px) {
  .counts { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .counts li:last-child:nth-child(odd) { grid-column: 1 / -1; }
  svg circle { r: 4.5px; }
  svg circle.ring { r: 3.5px; stroke-width: 2; }
  .grouped { ${cards} }
  .grouped, .flat {
    tr[data-state]:not(.folded) { display: block; padding: 6px 10px; }
    tbody tr[data-state] :is(th, td) { display: block; padding: 3px 0; }
    tbody tr[data-state] td:not(:last-child) { display: inline; }
    td:nth-last-child(2):not(:empty)::before { content: " · "; }
    .tag { margin-inline-end: 10px; }
  }
}
@media print {
  body { display: block; font-size: 10pt; background: #fff; }
  .filter, .group:last-child { display: none; }
  .wide { max-width: none; padding: 0; }
  .tag, svg { print-color-adjust: exact; }
  tr, figure { break-inside: avoid; }
  th[scope] button::after, .group button::before { content: none !important; }
  table { overflow-wrap: break-word; }
  th, td { padding: 6px 10px; }
  tbody code, small { font-size: 8pt; overflow-wrap: inherit; }
  .counts { grid-template-columns: repeat(auto-fit, minmax(100px, 1fr)); }
}
`;

/** The classes of a state. A ring tells a difference from an expiry. */
const tones = {
  expired: 'bad',
  'expires-soon': 'warn',
  differs: 'warn ring',
  'never-set': 'warn',
  unknown: 'warn',
  valid: 'ok',
} as const satisfies Record<FleetState, string>;

export function toneOf(state: FleetState): (typeof tones)[FleetState] {
  return tones[state];
}
