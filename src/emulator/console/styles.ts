import { stylesheet } from '../../report/html.ts';

/**
 * All styles of the emulator's console. Lists show a limited number of lines, so that
 * buttons stay in place.
 */
export const consoleStyles = `${stylesheet}
.console { display: flex; flex-direction: column; max-width: 1360px; }
.line {
  display: flex;
  flex-wrap: wrap;
  gap: 4px 12px;
  align-items: center;
  justify-content: space-between;
}
.console .brand { margin: 0; }
.brand code { color: var(--muted); font-weight: 400; }
.headline { min-height: 66px; margin: 18px 0 20px; }
.headline h1 { font-size: clamp(21px, 2.4vw, 27px); }
.columns { display: grid; grid-template-columns: minmax(0, 1fr); gap: 0 16px; align-items: start; }
.console .card { padding: 20px clamp(16px, 2vw, 24px); }
.card h2 { margin: 0; }
.card > .line { margin-bottom: 8px; }
h3 { margin: 0; font-size: 15px; }
.lead, .none, .words, .outcome, .script label, details, time { font-size: 14px; }
.none, .words, .outcome, summary, time { color: var(--muted); }
.none { padding: 6px 0; }
.none code, time { white-space: nowrap; }
.said {
  margin: 10px 0;
  padding: 7px 12px;
  border-radius: 8px;
  background: var(--background);
  font-size: 14px;
}
.said:empty { display: none; }
.item + .item { margin-top: 16px; padding-top: 16px; border-top: 1px solid var(--line); }
.item { display: flex; flex-wrap: wrap; gap: 12px 16px; align-items: end; }
.item > .line {
  flex: 1 0 100%;
  flex-wrap: nowrap;
  padding-bottom: 8px;
  border-bottom: 1px solid var(--line);
}
.item dl { flex: 1 1 260px; margin: 0; padding: 0; border: 0; gap: 3px 20px; font-size: 14px; }
.console .actions { margin-top: 10px; }
.item .actions { flex: 1 0 100%; justify-content: end; margin: 0; padding-top: 12px; border-top: 1px solid var(--line); }
button.small, .button { flex: 0 0 auto; padding: 6px 14px; font-size: 14px; }
.button {
  border: 1px solid var(--edge);
  border-radius: 8px;
  color: inherit;
  font-weight: 600;
  text-decoration: none;
}
.button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
[aria-disabled=true] { opacity: .5; cursor: default; filter: none; }
button.danger { border-color: var(--bad); color: var(--bad); }
dialog button.danger { background: var(--bad); color: var(--on-accent); }
ul, ol { margin: 0; padding: 0; list-style: none; }
.people { display: grid; grid-template-columns: fit-content(45%) minmax(0, 1fr) auto; gap: 0 20px; }
.people > li {
  display: grid;
  grid-column: 1 / -1;
  grid-template-columns: subgrid;
  align-items: center;
  min-height: 46px;
  padding: 5px 0;
  border-top: 1px solid var(--line);
}
details { margin-top: 8px; }
summary { cursor: pointer; border-radius: 4px; }
.others { columns: 200px; margin-top: 8px; color: var(--muted); }
.events, .phones { container-type: inline-size; }
.events li {
  display: grid;
  grid-template-columns: auto minmax(0, 1fr) auto;
  gap: 0 10px;
  align-items: baseline;
  padding: 7px 0;
  border-top: 1px solid var(--line);
}
.phones li {
  display: grid;
  grid-template-columns: minmax(0, 1fr) fit-content(55%);
  gap: 0 10px;
  align-items: center;
  padding: 2px 0;
}
.events .words { grid-column: 2 / -1; }
/* Beside buttons, lines have the same height, so that none moves when another changes.
   Only those of requests wrap. */
.events bdi, .phones .words { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.console [aria-labelledby=requests] .words { white-space: normal; }
.outcome {
  display: flex;
  flex-wrap: wrap;
  gap: 0 10px;
  align-items: baseline;
  justify-content: end;
}
.tag { overflow-wrap: normal; }
.phones .tag { grid-area: 1 / 2 / span 2; white-space: normal; }
.check {
  display: flex;
  gap: 8px;
  align-items: center;
  margin: 0;
  font-weight: 400;
  font-size: 14px;
}
.check input { width: 16px; height: 16px; margin: 0; accent-color: var(--accent); }
.script {
  display: grid;
  align-items: end;
  grid-template-columns: minmax(0, 1fr) 5.6em;
  gap: 10px;
  margin: 10px 0 8px;
}
.script .actions { grid-column: 1 / -1; margin: 0; }
.script input, select { height: 42px; margin: 0; }
[aria-labelledby=requests] .who { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
select {
  width: 100%;
  padding: 9px 12px;
  border: 1px solid var(--edge);
  border-radius: 8px;
  background: var(--background);
  color: inherit;
  font: inherit;
}
.lead + .events, .said + .events { margin-top: 10px; }
.stacked { display: block; columns: 420px; column-gap: 32px; margin-top: 8px; padding-top: 8px; }
.stacked dt { color: inherit; break-after: avoid; }
.stacked dd { margin-bottom: 8px; color: var(--muted); font-size: 14px; }
.notice {
  display: flex;
  flex-wrap: wrap;
  gap: 10px 16px;
  align-items: center;
  justify-content: space-between;
  position: sticky;
  bottom: 16px;
  z-index: 1;
  order: 1;
  padding: 12px 16px;
  border-radius: 10px;
  background: var(--warn-soft);
  color: var(--warn);
  box-shadow: 0 6px 24px #0003;
}
.stale .columns { opacity: .55; }
dialog {
  width: min(420px, calc(100vw - 32px));
  padding: 24px;
  border: 1px solid var(--line);
  border-radius: 10px;
  background: var(--card);
  color: inherit;
}
dialog form { margin: 0; }
.card dialog h2 { margin-bottom: 4px; font-size: 18px; }
.console dialog .actions { margin-top: 16px; }
::backdrop { background: #0006; }
@media (min-width: 960px) {
  .columns { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .columns > :nth-child(n + 3) { grid-column: 1 / -1; }
}
@media (max-width: 620px) {
  .people { grid-template-columns: minmax(0, 1fr) auto; }
  .people > li > :nth-child(2) { grid-column: 1 / -1; grid-row: 2; }
  .headline { min-height: 84px; margin: 12px 0; }
  .people > li { row-gap: 6px; }
  .events .words, .phones .words { white-space: normal; overflow-wrap: anywhere; }
  .button, button.small { padding: 6px 10px; }
}
/* Text can be larger than the page. */
@container (max-width: 21em) {
  .events li { grid-template-columns: minmax(0, 1fr) auto; }
  .events .who, .events .words { grid-column: 1 / -1; }
  .events .who { grid-row: 2; }
}
@container (max-width: 13em) {
  .events li { grid-template-columns: minmax(0, 1fr); }
  .outcome { justify-content: start; }
  .phones li { grid-template-columns: minmax(0, 1fr); }
  .phones .tag { grid-area: auto; justify-self: start; }
}
@media (prefers-reduced-motion: no-preference) {
  .tag { transition: background-color .2s, color .2s; }
  .stale .columns { transition: opacity .3s; }
}
`;
