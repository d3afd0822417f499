import type { Markup, Page } from '../report/html.ts';
import { markup, renderDocument, renderPage, rows, strictPolicy } from '../report/html.ts';
import { spelledOut } from '../text/printable.ts';
import { type Answering, type Route, send } from './http.ts';
import { administrator, user } from './people.ts';

/** @param failure the reason for showing it again */
export function signInPage(name = '', failure: string | null = null): string {
  return page({
    heading: 'Sign in to the local tenant',
    body: markup`${alert(failure)}
<form method="post">
<label for="user">User name</label>
<input id="user" name="user" autocomplete="username" value="${name}" required${focused(name === '')}>
${passwordField(name !== '')}
<div class="actions">
<button class="primary" name="action" value="sign-in">Sign in</button>
<button name="action" value="deny" formnovalidate>Cancel</button>
</div>
</form>
<p class="note"><code>${administrator.user}</code> and <code>${user.user}</code> can sign in here.
The emulator printed their passwords when it started.</p>`,
  });
}

export function consentPage(name: string, client: string, scopes: readonly string[]): string {
  return page({
    heading: `Allow ${spelledOut(client)} to act as you?`,
    lead: 'It can then act for you at this tenant, within the scope.',
    body: markup`${rows([
      ['Client', markup`<code>${spelledOut(client)}</code>`],
      ['You', markup`<strong>${spelledOut(name)}</strong>`],
      ['Scope', markup`<code>${spelledOut(scopes.join(' '))}</code>`],
    ])}
<form method="post">
<div class="actions">
<button class="primary" name="result" value="1">Allow</button>
<button name="result" value="0">Deny</button>
</div>
</form>`,
  });
}

export function portalPage(name: string | null): string {
  const heading = name === null ? 'Signed out' : `You are signed in as ${spelledOut(name)}`;
  return page({ heading, mark: 'ok', lead: 'You can close this tab.' });
}

/** The sign-in page of a company's identity provider. */
export function identityProviderPage(name: string, failure: string | null = null): string {
  return page({
    heading: 'Sign in at your company',
    lead: "This page stands in for your company's identity provider.",
    body: markup`${alert(failure)}
${rows([['You', markup`<strong>${spelledOut(name)}</strong>`]])}
<form method="post">
${passwordField(true)}
<div class="actions"><button class="primary">Sign in</button></div>
</form>
<p class="note">The password is the administrator's.</p>`,
  });
}

/** @param pin to enter where the sign-in started; null: none */
export function signedInPage(pin: string | null): string {
  const lead =
    pin === null ? 'You can close this tab.' : 'Enter this PIN where you started signing in:';
  const body = pin === null ? {} : { body: markup`<strong id="pin">${pin}</strong>` };
  return page({ heading: 'You are signed in', mark: 'ok', lead, ...body });
}

/** The page for an error outside the APIs. */
export function errorPage(heading: string, lead: string, body: Markup | null = null): string {
  return page({ heading, mark: 'bad', lead, ...(body && { body }) });
}

/** The page for an unknown address, with links back. */
export const notFoundPage = (): string =>
  errorPage(
    'Page not found',
    'The local tenant has no page at this address.',
    markup`<p class="note"><a href="/">Open the console</a> or <a href="/phone">a phone</a></p>`,
  );

const link = (address: string, words: string): Markup =>
  markup`<p class="note"><a href="${address}">${words}</a></p>`;

/** A refusal of an API in a browser, with all its members. */
export function refusalPage(body: Readonly<Record<string, string>>): string {
  return errorPage(
    'The tenant refused this request',
    'Nothing was granted. Close this tab and return to where you started signing in.',
    rows(Object.entries(body).map(([name, value]) => memberOf(name, spelledOut(value)))),
  );
}

/** `Description`, which is prose, of `error_description`; `Error`, which may be copied, of `error`. */
function memberOf(name: string, value: string): readonly [label: string, Markup] {
  const word = name.replace(/^error_/, '');
  const shown = word === 'description' ? markup`${value}` : markup`<code>${value}</code>`;
  return [word.charAt(0).toUpperCase() + word.slice(1), shown];
}

const focused = (isFirst: boolean): Markup => ({ html: isFirst ? ' autofocus' : '' });

function passwordField(isFirst: boolean): Markup {
  return markup`<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${focused(isFirst)}>`;
}

function alert(failure: string | null): Markup | null {
  return failure === null ? null : markup`<p role="alert">${failure}</p>`;
}

/** @param user the signed-in user, who may not see the console */
export function otherPersonPage(user: string): string {
  return errorPage(
    'The console is for administrators',
    `You are signed in as ${spelledOut(user)}, who is not an administrator.`,
    link('/login?cloudRedirect=%2F', 'Sign in as an administrator'),
  );
}

/** The page of `--open` while the console loads. */
export const openingPage = (): string =>
  page({ heading: 'Opening the console', body: link('/', 'Open the console') });

export function usedCodePage(): string {
  return errorPage(
    'This address no longer opens the console',
    'It works once, within a minute. If someone else used it, they have been signed out.',
    link('/', 'Sign in'),
  );
}

const banner = 'Local emulator · nothing here reaches a real tenant, Apple or a phone';

function page(content: Omit<Page, 'banner' | 'brand'>): string {
  return renderPage({ ...content, banner, brand: 'mfa-cli emulator', home: '/' });
}

/** JSON in which `<` occurs only escaped, so that it cannot end an element. */
function jsonForHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** Text can never become markup or code (Trusted Types). */
const policy = `${strictPolicy}; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'`;

/** Sends a page that a script fills from `state`. It may load its script and styles, and call its own tenant. */
export function sendApp(
  response: Answering,
  {
    title,
    styles,
    script,
  }: { readonly title: string; readonly styles: string; readonly script: string },
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
<noscript><main class="column"><div class="card"><h1>This page needs JavaScript</h1><p class="lead">It shows live events.</p></div></main></noscript>
<script type="application/json" id="state">${{ html: jsonForHtml(state) }}</script>
<script src="${script}"></script>`;
  send(response, 200, 'text/html; charset=utf-8', renderDocument({ title, banner, head, body }));
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
