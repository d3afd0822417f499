import { inHtml } from '../../text/printable.ts';
import { stylesheet } from './stylesheet.ts';

/** What a page has to say. */
export interface Page {
  /** The answer first, as a sentence. */
  readonly heading: string;
  /** How it ended; it is a word of the heading, too. */
  readonly mark?: 'ok' | 'bad' | undefined;
  /** What follows from it. */
  readonly lead?: string | undefined;
  /** A form, rows, a note. */
  readonly body?: Markup | undefined;
  /** Stands over all. */
  readonly banner?: string | undefined;
  /** Where it comes from: `mfa-cli`. */
  readonly brand: string;
}

const marks = { ok: '✓', bad: '✕' };

/** A page of one card, which loads nothing. */
export function renderPage({ heading, mark, lead, body, banner, brand }: Page): string {
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
<p class="brand">${brand}</p>
</main>`,
  });
}

/** A whole document, with its own styles in it if it has some. `head` is what else its head holds. */
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
${head ?? null}<title>${title}</title>
${styles === undefined ? null : markup`<style>${{ html: styles }}</style>`}
</head>
<body>
${banner === undefined ? null : markup`<header class="banner">${banner}</header>`}
${body}
</body>
</html>
`.html;
}

/** Names and values. */
export function rows(pairs: readonly (readonly [name: string, value: Markup])[]): Markup {
  return markup`<dl>
${pairs.map(([name, value]) => markup`<dt>${name}</dt><dd>${value}</dd>`)}
</dl>`;
}

/** HTML whose every value is text: what a stranger wrote never becomes an element. */
export interface Markup {
  readonly html: string;
}

type Value = string | Markup | readonly Markup[] | null;

/** A template whose strings are escaped, and whose null is nothing. */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  return { html: parts.map((part, i) => part + htmlOf(values[i] ?? null)).join('') };
}

function htmlOf(value: Value): string {
  if (value === null) return '';
  if (typeof value === 'string') return inHtml(value);
  return 'html' in value ? value.html : value.map(({ html }) => html).join('\n');
}
