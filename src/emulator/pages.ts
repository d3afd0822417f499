import type { Markup, Page } from '../report/html.ts';
import { markup, renderPage, rows } from '../report/html.ts';
import { spelledOut } from '../text/printable.ts';
import { administrator, user } from './people.ts';

/** @param failure the reason for showing it again */
export function signInPage(name = '', failure: string | null = null): string {
  return page({
    heading: 'Sign in to the local tenant',
    body: markup`${alert(failure)}
<form method="post">
<label for="user">User name</label>
${userField(name)}
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
<p class="note">Use the administrator's password.</p>`,
  });
}

/** @param pin to enter where the sign-in started; null: none */
export function signedInPage(pin: string | null): string {
  const heading = 'You are signed in';
  if (pin === null) return page({ heading, mark: 'ok', lead: 'You can close this tab.' });
  return page({
    heading,
    mark: 'ok',
    lead: 'Enter this PIN where you started signing in:',
    body: markup`<strong id="pin">${pin}</strong>`,
  });
}

/** The page for an error outside the APIs. */
export function errorPage(heading: string, lead: string, body?: Markup): string {
  return page({ heading, mark: 'bad', lead, body });
}

/** The page for an unknown address, with links back. */
export function notFoundPage(): string {
  return errorPage(
    'Page not found',
    'The local tenant has no page at this address.',
    markup`<p class="note"><a href="/">Open the console</a> or <a href="/phone">a phone</a></p>`,
  );
}

function link(address: string, words: string): Markup {
  return markup`<p class="note"><a href="${address}">${words}</a></p>`;
}

/** A refusal of an API in a browser, with all its members. */
export function refusalPage(body: Readonly<Record<string, string>>): string {
  return errorPage(
    'The tenant refused this request',
    'Nothing was granted. Close this tab and return to where you started signing in.',
    rows(Object.entries(body).map(([name, value]) => memberOf(name, spelledOut(value)))),
  );
}

/** The name of a member without `error_`; only prose is not set as code. */
function memberOf(name: string, value: string): readonly [label: string, Markup] {
  const word = name.replace(/^error_/, '');
  const shown = word === 'description' ? markup`${value}` : markup`<code>${value}</code>`;
  return [word.charAt(0).toUpperCase() + word.slice(1), shown];
}

/** An attribute for the field that has the focus first. */
function focusIf(isFirst: boolean): Markup {
  return { html: isFirst ? ' autofocus' : '' };
}

function userField(name: string): Markup {
  const focus = focusIf(name === '');
  const attributes = markup`autocomplete="username" value="${name}" required${focus}`;
  return markup`<input id="user" name="user" ${attributes}>`;
}

function passwordField(isFirst: boolean): Markup {
  const attributes = markup`autocomplete="current-password" required${focusIf(isFirst)}`;
  return markup`<label for="password">Password</label>
<input id="password" name="password" type="password" ${attributes}>`;
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
export function openingPage(): string {
  return page({ heading: 'Opening the console', body: link('/', 'Open the console') });
}

export function usedCodePage(): string {
  return errorPage(
    'This address no longer opens the console',
    'It works once, within a minute. If someone else used it, they have been signed out.',
    link('/', 'Sign in'),
  );
}

export const banner = 'Local emulator · nothing here reaches a real tenant, Apple or a phone';

function page(content: Omit<Page, 'banner' | 'brand'>): string {
  return renderPage({ ...content, banner, brand: 'mfa-cli emulator', home: '/' });
}
