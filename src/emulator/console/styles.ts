import { stylesheet } from '../../report/document.ts';

/** All styles of the emulator's console. Lists that grow have a height of their own, so that nothing below them moves. */
export const consoleStyles = `${stylesheet}
.console { max-width: 1360px; }
.line { display: flex; flex-wrap: wrap; gap: 4px 12px; align-items: center; justify-content: space-between; }
.console .brand { margin: 0; }
.brand code { color: var(--muted); font-weight: 400; }
.headline { min-height: 66px; margin: 18px 0 20px; }
.headline h1 { font-size: clamp(21px, 2.4vw, 27px); }
.columns { display: grid; gap: 0 16px; align-items: start; }
.columns > div { min-width: 0; }
.console .card { padding: 20px clamp(16px, 2vw, 24px); }
h2 { margin-bottom: 6px; }
h3 { margin: 0; font-size: 15px; }
.lead, .small-text { font-size: 14px; }
.small-text { color: var(--muted); }
.small-text:empty, .said:empty { display: none; }
.total { min-height: 21px; }
.said { margin-top: 12px; padding: 7px 12px; border-radius: 8px; background: var(--background); font-size: 14px; }
.none { display: grid; align-content: center; justify-items: center; gap: 10px; height: 100%; color: var(--muted); font-size: 14px; text-align: center; text-wrap: balance; }
.none code { padding: 6px 12px; border-radius: 8px; background: var(--background); color: var(--ink); }
[aria-labelledby=certificates] .none { min-height: 140px; }
[aria-labelledby=certificates] { min-height: 226px; }
.item + .item { margin-top: 16px; padding-top: 16px; border-top: 1px solid var(--line); }
.item .line { flex-wrap: nowrap; justify-content: flex-start; }
.item .line button { margin-inline-start: auto; }
.item dl { margin-top: 10px; padding-top: 10px; gap: 3px 20px; font-size: 14px; }
button.small, .button { flex: 0 0 auto; padding: 6px 14px; font-size: 14px; }
.button { display: inline-block; border: 1px solid var(--edge); border-radius: 8px; color: inherit; font-weight: 600; text-decoration: none; }
.button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
[aria-disabled=true] { opacity: .5; cursor: default; filter: none; }
button.danger { border-color: var(--bad); color: var(--bad); }
.people, .phones, .others, .events { margin: 0; padding: 0; list-style: none; }
.people { display: grid; grid-template-columns: fit-content(45%) minmax(0, 1fr) auto; gap: 0 20px; }
.card > .line + .people { margin-top: 8px; }
.people > li { display: grid; grid-column: 1 / -1; grid-template-columns: subgrid; align-items: center; min-height: 46px; padding: 5px 0; }
.people > li + li { border-top: 1px solid var(--line); }
.phones li { padding: 2px 0; }
details { margin-top: 10px; font-size: 14px; }
summary { color: var(--muted); cursor: pointer; border-radius: 4px; }
.others { columns: 200px; margin-top: 8px; color: var(--muted); }
.scroll { container-type: inline-size; height: 264px; margin: 0 -8px; padding: 0 8px; overflow: auto; overscroll-behavior: contain; }
.scroll.short { height: 148px; margin-top: 10px; }
.events li { display: grid; grid-template-columns: 4.4em minmax(0, 1fr) 8em; gap: 4px 8px; justify-items: start; align-items: start; padding: 7px 0; border-top: 1px solid var(--line); }
/* Each as high as the next, so that none moves when another's words change. */
.events li > div { max-width: 100%; }
.events bdi { display: block; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.tag { overflow-wrap: normal; }
time { color: var(--muted); font-size: 14px; white-space: nowrap; }
.check { display: flex; gap: 8px; align-items: center; margin: 0; font-weight: 400; font-size: 14px; }
.check input { width: 16px; height: 16px; margin: 0; accent-color: var(--accent); }
table { width: 100%; table-layout: fixed; margin-top: 8px; border-collapse: collapse; }
td { padding: 6px 12px 6px 0; border-top: 1px solid var(--line); vertical-align: top; }
col.time { width: 4.93em; }
col.tags { width: 7.2em; }
col.took { width: 4.67em; }
td:nth-child(4) { padding-right: 0; }
.took { color: var(--muted); font-size: 14px; text-align: end; white-space: nowrap; }
.request { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.script { display: grid; grid-template-columns: minmax(0, 1fr) 5.6em; gap: 10px; margin: 14px 0 8px; }
.script .actions { grid-column: 1 / -1; margin: 0; }
.script input, select { margin: 0; }
select { width: 100%; padding: 9px 12px; border: 1px solid var(--edge); border-radius: 8px; background: var(--background); color: inherit; font: inherit; }
.script label { font-size: 14px; }
.console .actions { margin-top: 10px; }
.console dl dd code { color: var(--muted); }
#assumptions ~ dl, details dl { display: block; margin-top: 8px; padding-top: 8px; font-size: 14px; }
#assumptions ~ dl dd, details dl dd { margin-bottom: 6px; }
.notice { display: flex; flex-wrap: wrap; gap: 10px 16px; align-items: center; justify-content: space-between; position: sticky; bottom: 16px; z-index: 1; order: 1; padding: 12px 16px; border-radius: 10px; background: var(--warn-soft); color: var(--warn); box-shadow: 0 6px 24px #0003; }
.console { display: flex; flex-direction: column; }
.stale .columns { opacity: .55; }
dialog { width: min(420px, calc(100vw - 32px)); padding: 24px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); color: inherit; }
dialog form { margin: 0; }
dialog h2 { font-size: 18px; }
dialog .actions { margin-top: 20px; }
::backdrop { background: #0006; }
@media (min-width: 960px) {
  .columns { grid-template: auto 1fr / minmax(0, 1.65fr) minmax(340px, 1fr); }
  .columns > :nth-child(2) { grid-row: 1 / 3; grid-column: 2; }
}
@media (min-width: 1600px) {
  .console { max-width: 1840px; }
  .columns { grid-template: auto / minmax(0, 1.3fr) minmax(340px, 1fr) minmax(0, 1.3fr); }
  .columns > :nth-child(2) { grid-row: 1; }
}
@media (max-width: 620px) {
  .people { grid-template-columns: minmax(0, 1fr) auto; }
  .people > li > :nth-child(2) { grid-column: 1 / -1; grid-row: 2; }
  .item .line { flex-wrap: wrap; }
  .headline { min-height: 84px; margin: 12px 0; }
  table, tbody { display: block; }
  tbody tr { display: flex; flex-wrap: wrap; padding: 6px 0; border-top: 1px solid var(--line); }
  td { padding: 0; border: 0; width: auto !important; }
  td:nth-child(1) { flex: 1 1 4.93em; }
  td:nth-child(2) { flex: 1 0 100%; order: 1; min-width: 0; }
  td:nth-child(3) { flex: 0 0 7.2em; }
  td:nth-child(4) { flex: 0 0 4.4em; }
}
/* Text can be larger than the page. */
@container (max-width: 21em) {
  .events li { grid-template-columns: minmax(0, 1fr) 8em; }
  .events li > :nth-child(2) { grid-column: 1 / -1; grid-row: 2; }
}
@container (max-width: 13em) {
  .events li { grid-template-columns: minmax(0, 1fr); }
}
@media (prefers-reduced-motion: no-preference) {
  .tag { transition: background-color .2s, color .2s; }
  .stale .columns { transition: opacity .3s; }
}
`;
