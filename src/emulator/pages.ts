import { type Markup, markup, type Page, renderDocument, renderPage, rows } from '../report/document.ts';
import { visible } from './browser/shown.ts';
import { type Answering, type Route, send } from './http.ts';
import { administrator, user } from './people.ts';

/** The sign-in form; `failure` says why it is shown again. */
export function signInPage(name = '', failure: string | null = null): string {
  return page({
    heading: 'Sign in to the local tenant',
    body: markup`${alert(failure)}
<form method="post">
<label for="user">User name</label>
<input id="user" name="user" autocomplete="username" value="${name}" required autofocus>
${passwordField('')}
<div class="actions">
<button class="primary" name="action" value="sign-in">Sign in</button>
<button name="action" value="deny" formnovalidate>Cancel</button>
</div>
</form>
<p class="note"><code>${administrator.user}</code> and <code>${user.user}</code> can sign in here.
The emulator printed their passwords when it was started.</p>`,
  });
}

export function consentPage(name: string, client: string, scopes: readonly string[]): string {
  return page({
    heading: `Allow ${visible(client)} to act as you?`,
    lead: 'It can then do at this tenant what you can do, within the scope.',
    body: markup`${rows([
      ['Client', markup`<code>${visible(client)}</code>`],
      ['You', markup`<strong>${visible(name)}</strong>`],
      ['Scope', markup`<code>${visible(scopes.join(' '))}</code>`],
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
  return name === null
    ? page({ heading: 'Signed out', lead: 'You are signed out. You can close this tab.' })
    : page({ heading: `You are signed in as ${visible(name)}`, mark: 'ok', lead: 'You can close this tab.' });
}

/** What the identity provider of somebody's company asks them. */
export function identityProviderPage(name: string, failure: string | null = null): string {
  return page({
    heading: 'Sign in at your company',
    lead: 'This stands for your company’s identity provider.',
    body: markup`${alert(failure)}
${rows([['You', markup`<strong>${visible(name)}</strong>`]])}
<form method="post">
${passwordField(' autofocus')}
<div class="actions"><button class="primary">Sign in</button></div>
</form>
<p class="note">The password is the administrator’s.</p>`,
  });
}

/** @param pin what has to be entered where the sign-in was begun; null: nothing */
export function signedInPage(pin: string | null): string {
  const signedIn = { heading: 'You are signed in', mark: 'ok' } as const;
  return pin === null
    ? page({ ...signedIn, lead: 'You can close this tab.' })
    : page({
        ...signedIn,
        lead: 'Enter this PIN where you began to sign in:',
        body: markup`<strong id="pin">${pin}</strong>`,
      });
}

/** An error that is no API's. */
export function errorPage(heading: string, lead: string, body: Markup | null = null): string {
  return page({ heading, mark: 'bad', lead, ...(body && { body }) });
}

/** An address that does not exist, and the ways back. */
export const notFoundPage = (): string =>
  errorPage(
    'There is nothing at this address',
    'The local tenant has no such path.',
    markup`<p class="note"><a href="/">Open the console</a> or <a href="/phone">a phone</a></p>`,
  );

const link = (address: string, words: string): Markup =>
  markup`<p class="note"><a href="${address}">${words}</a></p>`;

/** An answer of an API that says no, where a person sees it: each member that it has. */
export function refusalPage(body: Readonly<Record<string, string>>): string {
  return errorPage(
    'The tenant refused this request',
    'Nothing was granted. Close this tab and go back to where you began to sign in.',
    rows(
      Object.entries(body).map(([name, value]) => [labelOf(name), markup`<code>${visible(value)}</code>`]),
    ),
  );
}

/** `Description` of `error_description`; `Error` of `error`. */
function labelOf(name: string): string {
  const word = name.replace(/^error_/, '');
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function passwordField(attribute: '' | ' autofocus'): Markup {
  return markup`<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${attribute}>`;
}

function alert(failure: string | null): Markup | null {
  return failure === null ? null : markup`<p role="alert">${failure}</p>`;
}

/** @param user who is signed in at this tenant, and may not see the console */
export function otherPersonPage(user: string): string {
  return errorPage(
    'The console is for administrators',
    `You are signed in as ${visible(user)}, who is not one.`,
    link('/login?cloudRedirect=%2F', 'Sign in as an administrator'),
  );
}

/** What `--open` leads over, for a moment. */
export const openingPage = (): string =>
  page({ heading: 'Opening the console', body: link('/', 'Go there') });

export function usedCodePage(): string {
  return errorPage(
    'This address no longer opens the console',
    'It works once, within a minute. If somebody else has used it, they are signed out now.',
    link('/', 'Sign in'),
  );
}

const banner = 'Local emulator · nothing here reaches a real tenant, Apple or a phone';

function page(content: Omit<Page, 'banner' | 'brand'>): string {
  return renderPage({ ...content, banner, brand: 'mfa-cli emulator' });
}

/** JSON that ends no element: `<` cannot occur outside its texts. */
function jsonForHtml(value: unknown): string {
  return JSON.stringify(value).replaceAll('<', '\\u003c');
}

/** No text can become markup or code, wherever it comes from (Trusted Types). */
const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'";

/**
 * Sends a page that a script of ours fills, to which no other page has any way. It gets all it needs for the first time with
 * the page, and may load that script and its styles, and speak with its own tenant.
 * @param state what `readFirstState` in `browser/` gives to the script; it becomes JSON
 */
export function sendApp(
  response: Answering,
  { title, styles, script }: { readonly title: string; readonly styles: string; readonly script: string },
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
<noscript><main class="column"><div class="card"><h1>This page needs JavaScript</h1><p class="lead">It shows what happens while it happens.</p></div></main></noscript>
<script type="application/json" id="state">${{ html: jsonForHtml(state) }}</script>
<script src="${script}"></script>`;
  send(response, 200, 'text/html; charset=utf-8', renderDocument({ title, banner, head, body }));
}

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
