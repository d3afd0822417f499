import { stylesheet } from '../report/html.ts';

/** All styles of the phone. */
export const phoneStyles = `${stylesheet}
.phone-page {
  display: grid;
  justify-content: center;
  grid-template-columns: minmax(0, 344px);
  gap: 16px 56px;
}
.words { min-height: 78px; text-wrap: pretty; }
.words :focus-visible { outline: none; }
.phone {
  height: 620px;
  padding: 13px;
  border-radius: 46px;
  background: light-dark(#0b0c0e, #2d3035);
  box-shadow: 0 0 0 1px var(--line), 0 14px 40px rgb(0 0 0 / .18);
}
.screen {
  display: flex;
  flex-direction: column;
  gap: 22px;
  height: 100%;
  padding: 14px 14px 18px;
  border-radius: 34px;
  overflow: auto;
  color: #fff;
  background: linear-gradient(165deg, #24406f 8%, #56397a 68%, #79465c);
}
.screen:has(.app-screen) { background: var(--card); color: var(--ink); }
.status-bar {
  display: flex;
  gap: 6px;
  align-items: center;
  padding: 0 16px;
  font-size: 13px;
  font-weight: 600;
}
.status-bar span { margin-inline-end: auto; }
.signal {
  --bar: linear-gradient(currentColor 0 0);
  width: 18px;
  height: 11px;
  background:
    var(--bar) 0 100% / 3px 4px,
    var(--bar) 5px 100% / 3px 6px,
    var(--bar) 10px 100% / 3px 8px,
    var(--bar) 15px 100% / 3px 11px;
  background-repeat: no-repeat;
}
.battery {
  width: 25px;
  height: 12px;
  border: 1px solid;
  border-radius: 4px;
  padding: 1px;
  background: linear-gradient(90deg, currentColor 75%, transparent 0) content-box;
}
.clock { text-align: center; }
.date { font-size: 16px; font-weight: 600; }
.time { font-size: 68px; font-weight: 250; line-height: 1.05; letter-spacing: .01em; }
.notifications { display: grid; gap: 8px; margin: 0; padding: 0; list-style: none; }
.notification {
  display: grid;
  grid-template-columns: 38px minmax(0, 1fr);
  gap: 0 12px;
  align-items: start;
  color-scheme: light;
  padding: 12px 14px 14px;
  border-radius: 20px;
  background: #ecebf2;
  color: var(--ink);
}
.notification > * { grid-column: 2; justify-self: stretch; }
.notification .icon {
  display: grid;
  grid-column: 1;
  grid-row: 1 / 4;
  place-items: center;
  height: 38px;
  border-radius: 9px;
  color: #fff;
  background: linear-gradient(160deg, #4c8df6, #1f4fb8);
  font-size: 19px;
  font-weight: 700;
}
.notification .actions, .notification .refusal, .notification .small { grid-column: 1 / -1; }
.notification .tag { justify-self: start; }
.notification .app {
  display: flex;
  justify-content: space-between;
  gap: 12px;
  color: #53565c;
  font-size: 13px;
  font-weight: 600;
}
.notification .app time { font-weight: 400; }
.title { font-weight: 600; }
.notification .actions { margin-top: 12px; }
.notification button { flex-basis: 80px; border-color: transparent; background: #d3d2db; }
.notification button.primary { background: var(--accent); }
.notification .tag { margin-top: 8px; }
[aria-disabled=true] { opacity: .6; cursor: default; }
.notification .small, .refusal { margin-top: 8px; font-size: 14px; }
.refusal { padding: 6px 10px; border-radius: 8px; background: var(--bad-soft); color: var(--bad); }
.offer { display: flex; margin-top: auto; }
.offer button { color-scheme: light; padding: 13px 16px; border-radius: 14px; }
.app-screen { margin: auto 0; padding: 0 6px; }
.app-screen h2 { margin-bottom: 18px; font-size: 19px; }
.caption dl { margin-top: 0; }
.caption .actions { margin-top: 16px; }
.caption button { flex: none; }
.caption h2 { margin-top: 24px; }
.phone-page .brand { order: -1; }
.activity { margin: 0; padding: 0; list-style: none; }
.activity li { display: flex; gap: 14px; padding: 7px 0; border-top: 1px solid var(--line); }
.activity time { color: var(--muted); white-space: nowrap; }
@media (min-width: 860px) {
  .phone-page {
    grid-template:
      "phone home" auto "phone words" auto "phone caption" 1fr / 326px minmax(0, 460px);
    padding-top: 48px;
  }
  .phone { grid-area: phone; }
  .phone-page .brand { grid-area: home; }
  .words { grid-area: words; }
  .caption { grid-area: caption; }
}
/* A phone shows the screen, and no phone around it. */
@media (max-width: 480px) {
  .phone-page { grid-template-columns: minmax(0, 1fr); }
  .phone {
    height: auto;
    margin: 0 calc(-1 * var(--gutter));
    padding: 0;
    border-radius: 0;
    background: none;
    box-shadow: none;
  }
  .screen { min-height: 62vh; border-radius: 0; }
}
@media (prefers-reduced-motion: no-preference) {
  .coming { animation: coming .45s cubic-bezier(.2, .9, .3, 1.1); }
}
@media (forced-colors: active) {
  .phone, .notification { border: 1px solid; }
}
@keyframes coming { from { opacity: 0; translate: 0 28px; scale: .96; } }
`;
