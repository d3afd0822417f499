import { markup, renderDocument } from '../report/pages/document.ts';

/** A page that a script of ours fills, which gets all it needs for the first time with the page. */
interface App {
  readonly title: string;
  readonly banner: string;
  /** Addresses on the same host. */
  readonly styles: string;
  readonly script: string;
  /** What `readFirstState` in `browser/` gives to the script; it becomes JSON. */
  readonly state: unknown;
}

export function renderApp({ title, banner, styles, script, state }: App): string {
  return renderDocument({
    title,
    banner,
    head: markup`<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="${styles}">
`,
    body: markup`<div id="app"></div>
<noscript><main class="column"><div class="card"><h1>This page needs JavaScript</h1><p class="lead">It shows what happens while it happens.</p></div></main></noscript>
<script type="application/json" id="state">${{ html: jsonForHtml(state) }}</script>
<script src="${script}"></script>`,
  });
}

/** JSON that ends no element: `<` cannot occur outside its texts. */
function jsonForHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}
