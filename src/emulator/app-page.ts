import { markup, renderDocument } from '../report/pages/document.ts';
import { type Answering, type Route, send } from './http.ts';

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

/** What a page may do that a script of ours fills: load that script and its styles, and speak with its own tenant. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  // No text can become markup or code, wherever it comes from.
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/** Sends a page of `renderApp`, to which no other page has any way. */
export function sendApp(response: Answering, page: string): void {
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Referrer-Policy', 'same-origin');
  send(response, 200, 'text/html; charset=utf-8', page);
}

/** A script or a stylesheet of ours. */
export function resourceRoute(path: string, type: 'text/javascript' | 'text/css', text: string): Route {
  return {
    method: 'GET',
    path,
    listedAs: null,
    answer(_request, response) {
      response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
      send(response, 200, `${type}; charset=utf-8`, text);
    },
  };
}
