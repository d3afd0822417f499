import { type Markup, markup, renderPage, rows } from '../report/html.ts';
import type { AuthorizationError } from '../tenant/oauth/refusal.ts';
import { plainWords } from '../text/words.ts';
import type { SignInTerms } from './sign-in-terms.ts';

/**
 * The page for a request that does not answer the sign-in, or for a failed sign-in. Both
 * texts are plain.
 */
export function failurePage(heading: string, lead: string): string {
  return renderPage({ heading, mark: 'bad', lead, brand: 'mfa-cli' });
}

/** The errors of an authorization endpoint (RFC 6749 §4.1.2.1). */
const knownErrors: ReadonlySet<string> = new Set([
  'access_denied',
  'invalid_request',
  'invalid_scope',
  'server_error',
  'temporarily_unavailable',
  'unauthorized_client',
  'unsupported_response_type',
]);

/**
 * The page for an error that names no sign-in: most tenants send theirs without a state.
 * @param isOwn whether no other site led the browser there; another site may not put its
 *   words on this page
 */
export function tenantErrorPage(
  { error, description }: AuthorizationError,
  isOwn: boolean,
): string {
  const reasons: (readonly [name: string, value: Markup])[] = [];
  if (knownErrors.has(error)) reasons.push(['Reason', markup`<code>${error}</code>`]);
  if (isOwn && description !== null)
    reasons.push(['Description', markup`${plainWords(description)}`]);
  return renderPage({
    heading: 'Not signed in',
    mark: 'bad',
    lead: 'The sign-in was canceled or refused. The terminal shows what happens next.',
    body: reasons.length === 0 ? undefined : rows(reasons),
    brand: 'mfa-cli',
  });
}

/**
 * The page at the end of a sign-in. `user` is null if the tenant did not name the person.
 */
export function signedInPage({ tenant, profile }: SignInTerms, user: string | null): string {
  const { host } = new URL(tenant);
  return renderPage({
    heading: `Signed in to ${nameOf(host)}`,
    mark: 'ok',
    lead: 'You can close this tab and return to the terminal.',
    body: rows([
      ...(user === null ? [] : [['User', markup`${user}`] as const]),
      ['Tenant', markup`<code>${host}</code>`],
      ['Profile', markup`${profile}`],
    ]),
    brand: 'mfa-cli',
  });
}

/** `acme` for `acme.id.cyberark.cloud`; other addresses stay whole. */
function nameOf(host: string): string {
  return /^([^.]+)\.(?:id\.cyberark\.cloud|my\.idaptive\.app)$/.exec(host)?.[1] ?? host;
}
