import type { OutgoingHttpHeaders } from 'node:http';
import { markup, renderPage, rows } from '../report/pages/document.ts';
import { stylesheetSource } from '../report/pages/stylesheet.ts';
import type { Connection } from './connection.ts';

/** What a browser may do with a page of ours: nothing but show it, and keep and pass on nothing. */
export const pageHeaders: OutgoingHttpHeaders = {
  'content-type': 'text/html; charset=utf-8',
  'content-security-policy': `default-src 'none'; style-src ${stylesheetSource}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  connection: 'close',
};

/** A page for a request that is no answer to the sign-in, or for a sign-in that failed; both words are plain text. */
export function refusalPage(heading: string, lead: string): string {
  return renderPage({ heading, mark: 'bad', lead, brand: 'mfa-cli' });
}

/** The page at the end of a sign-in. `user` is null where the tenant did not name the person. */
export function signedInPage({ tenant, profile }: Connection, user: string | null): string {
  const { host } = new URL(tenant);
  return renderPage({
    heading: `Signed in to ${nameOf(host)}${user === null ? '' : ` as ${user}`}`,
    mark: 'ok',
    lead: 'You can close this tab and return to the terminal.',
    body: rows([
      ['Tenant', markup`<code>${host}</code>`],
      ['Profile', markup`${profile}`],
    ]),
    brand: 'mfa-cli',
  });
}

/** `acme` of `acme.id.cyberark.cloud`; of an address that is not the vendor's, all of it. */
function nameOf(host: string): string {
  return /^([^.]+)\.(?:id\.cyberark\.cloud|my\.idaptive\.app)$/.exec(host)?.[1] ?? host;
}
