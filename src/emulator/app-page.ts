import type { ServerResponse } from 'node:http';
import { markup, renderDocument, strictPolicy } from '../report/html.ts';
import { type Route, send } from './http.ts';
import { banner } from './pages.ts';

/** A page that its script draws. */
interface App {
  readonly title: string;
  /** The addresses of its stylesheet and its script. */
  readonly styles: string;
  readonly script: string;
}

/** Text can never become markup or code (Trusted Types). */
const policy = [
  strictPolicy,
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

/**
 * Sends a page that a script fills from `state`. It may load its script and styles, and
 * call its own tenant.
 */
export function sendApp(
  response: ServerResponse,
  { title, styles, script }: App,
  state: unknown,
): void {
  response.setHeader('Content-Security-Policy', policy);
  response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
  response.setHeader('Cross-Origin-Resource-Policy', 'same-origin');
  response.setHeader('Referrer-Policy', 'same-origin');
  const head = markup`<meta name="color-scheme" content="light dark">
<link rel="stylesheet" href="${styles}">
`;
  const body = markup`<div id="app"></div>
<noscript>${withoutScript}</noscript>
<script type="application/json" id="state">${{ html: jsonForHtml(state) }}</script>
<script src="${script}"></script>`;
  send(response, 200, 'text/html; charset=utf-8', renderDocument({ title, banner, head, body }));
}

const withoutScript = markup`<main class="column"><div class="card">
<h1>This page needs JavaScript</h1><p class="lead">It shows live events.</p>
</div></main>`;

/** JSON in which `<` occurs only escaped, so that it cannot end an element. */
function jsonForHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

export function resourceRoute(
  path: string,
  type: 'text/javascript' | 'text/css',
  text: string,
): Route {
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
