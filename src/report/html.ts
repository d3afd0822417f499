import { createHash } from 'node:crypto';
import { inHtml } from '../text/printable.ts';

export interface Page {
  /** The result, as a sentence. */
  readonly heading: string;
  /** The outcome; the heading says it as well. */
  readonly mark?: 'ok' | 'bad' | undefined;
  readonly lead?: string | undefined;
  readonly body?: Markup | undefined;
  readonly banner?: string | undefined;
  /** The origin: `mfa-cli`. */
  readonly brand: string;
  /** The address behind the brand; default: none. */
  readonly home?: string;
}

const marks = { ok: '✓', bad: '✗' };

/** A page of one card, without external resources. */
export function renderPage({ heading, mark, lead, body, banner, brand, home }: Page): string {
  return renderDocument({
    title: `${heading} - ${brand}`,
    styles: stylesheet,
    banner,
    body: markup`<main class="column">
<div class="card">
${mark === undefined ? null : markup`<div class="mark ${mark}" aria-hidden="true">${marks[mark]}</div>`}
<h1>${heading}</h1>
${lead === undefined ? null : markup`<p class="lead">${lead}</p>`}
${body ?? null}
</div>
<p class="brand">${home === undefined ? brand : markup`<a href="${home}">${brand}</a>`}</p>
</main>`,
  });
}

/** A whole document with inline styles. `head` is more content of its head. */
export function renderDocument(content: {
  readonly title: string;
  readonly styles?: string | undefined;
  readonly head?: Markup | undefined;
  readonly banner?: string | undefined;
  readonly body: Markup;
}): string {
  const { title, styles, head, banner, body } = content;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
${head ?? null}<link rel="icon" href="data:,">
<title>${title}</title>
${styles === undefined ? null : markup`<style>${{ html: styles }}</style>`}
</head>
<body>
${banner === undefined ? null : markup`<header class="banner">${banner}</header>`}
${body}
</body>
</html>
`.html;
}

export function rows(pairs: readonly (readonly [name: string, value: Markup])[]): Markup {
  return markup`<dl>
${pairs.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}
</dl>`;
}

/** HTML in which every value is escaped text. */
export interface Markup {
  readonly html: string;
}

type Value = string | Markup | readonly Markup[] | null;

/** Escapes strings, and leaves out null. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { html: parts.map((part, i) => part + htmlOf(values[i] ?? null)).join('') };
}

function htmlOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return inHtml(value);
  return 'html' in value ? value.html : value.map(({ html }) => html).join('\n');
}

/**
 * The styles of every page, light and dark. Every text has a contrast of 5.2:1 or more.
 */
export const stylesheet = `
:root {
  color-scheme: light dark;
  --background: light-dark(#fbfbfa, #131416);
  --card: light-dark(#fff, #1b1d20);
  --line: light-dark(#e3e3df, #2d3035);
  --edge: light-dark(#80858b, #7a8087);
  --ink: light-dark(#1c1d1f, #ececea);
  --muted: light-dark(#5f6368, #a3a7ad);
  --accent: light-dark(#1f5fd0, #7fb0ff);
  --on-accent: light-dark(#fff, #0d1420);
  --ok: light-dark(#177245, #5fd394);
  --ok-soft: light-dark(#e4f4ea, #12301f);
  --warn: light-dark(#8a5a00, #f0b649);
  --warn-soft: light-dark(#fcf0d6, #33270c);
  --bad: light-dark(#b3261e, #ff8a80);
  --bad-soft: light-dark(#fbe6e4, #3a1715);
  --gutter: clamp(12px, 3vw, 32px);
}
*, ::before, ::after { box-sizing: border-box; }
body {
  min-height: 100vh;
  margin: 0;
  display: flex;
  flex-direction: column;
  background: var(--background);
  color: var(--ink);
  font: 15px/1.5 system-ui, sans-serif;
  font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere;
}
.banner { padding: 8px var(--gutter); text-align: center; text-wrap: balance; background: var(--warn-soft); color: var(--warn); font-weight: 600; font-size: 14px; }
.column { width: 100%; max-width: calc(400px + 2 * var(--gutter)); margin: 0 auto; padding: clamp(24px, 6vw, 80px) var(--gutter) 32px; }
.card { padding: 24px; border: 1px solid var(--line); border-radius: 10px; background: var(--card); }
h1 { margin: 0 0 4px; font-size: 21px; line-height: 1.3; text-wrap: balance; }
h2 { margin: 0 0 8px; font-size: 15px; }
p { margin: 0; }
a { color: var(--accent); text-underline-offset: 3px; }
.lead { color: var(--muted); }
.mark { display: grid; width: 42px; height: 42px; margin-bottom: 14px; place-items: center; border-radius: 50%; font-size: 20px; line-height: 1; }
.ok { background: var(--ok-soft); color: var(--ok); }
.bad { background: var(--bad-soft); color: var(--bad); }
.warn { background: var(--warn-soft); color: var(--warn); }
.plain { background: var(--line); color: var(--ink); }
.tag { display: inline-block; padding: 1px 9px; border-radius: 12px; font-size: 13px; font-weight: 600; white-space: nowrap; }
dl { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 4px 16px; margin: 20px 0 0; padding-top: 20px; border-top: 1px solid var(--line); align-items: baseline; }
dt { color: var(--muted); }
dd { margin: 0; }
code, #pin { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; }
#pin { display: block; margin-top: 16px; font-size: 28px; letter-spacing: .15em; }
form { margin-top: 20px; }
label { display: block; margin-bottom: 4px; font-weight: 600; }
input { width: 100%; margin-bottom: 16px; padding: 9px 12px; border: 1px solid var(--edge); border-radius: 8px; background: var(--background); color: inherit; font: inherit; }
::placeholder { color: var(--muted); opacity: 1; }
.actions { display: flex; flex-wrap: wrap; gap: 10px; margin-top: 4px; }
button { flex: 1 1 120px; padding: 9px 16px; border: 1px solid var(--edge); border-radius: 8px; background: transparent; color: inherit; font: inherit; font-weight: 600; cursor: pointer; }
button.primary { border-color: var(--accent); background: var(--accent); color: var(--on-accent); }
button:hover { filter: brightness(.94); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
[role=alert] { margin-top: 16px; padding: 9px 12px; border-radius: 8px; background: var(--bad-soft); color: var(--bad); }
.note { margin-top: 20px; padding-top: 16px; border-top: 1px solid var(--line); color: var(--muted); font-size: 14px; }
.note code { color: var(--ink); }
.brand { display: flex; align-items: center; gap: 8px; margin-top: 14px; color: var(--muted); font-size: 14px; font-weight: 600; }
.brand::before { content: ""; width: 10px; height: 10px; margin-left: 2px; border-radius: 2px; background: var(--accent); rotate: 45deg; }
.wide { width: 100%; max-width: 1080px; margin: 0 auto; padding: clamp(16px, 3vw, 32px) var(--gutter) 40px; }
.brand a { color: inherit; text-decoration: none; }
.brand a:hover { text-decoration: underline; }
.wide .brand { margin: 0 0 6px; color: var(--ink); }
.top { display: flex; flex-wrap: wrap; gap: 12px 24px; align-items: end; justify-content: space-between; margin-bottom: 18px; }
.wide .card { margin-bottom: 16px; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
@media (forced-colors: active) { .tag, .mark { border: 1px solid; } button.primary { border-width: 3px; } }
@media print { :root { color-scheme: light; } }
`;

/**
 * The policy of every page, which only a page's own needs widen. Its empty icon spares
 * the server a request.
 */
export const strictPolicy = "default-src 'none'; img-src data:; base-uri 'none'";

/** The source expression of inline styles or a script in a Content-Security-Policy. */
export function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

export const stylesheetSource = sourceOf(stylesheet);
