import type { ServerResponse } from 'node:http';
import { send } from './http-messages.ts';
import type { Route } from './route.ts';

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

/** Sends a page of `pages/app.ts`, to which no other page has any way. */
export function sendApp(response: ServerResponse, page: string): void {
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
