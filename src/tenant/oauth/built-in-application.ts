import { CliError } from '../../errors/cli-error.ts';
import type { Http } from '../../network/http.ts';
import { Secret } from '../../text/secret.ts';
import { basicCredentials, endpoints } from './endpoints.ts';
import { isRefusal, jsonObject, refusalWords } from './refusal.ts';

/** The vendor's application in every platform tenant, and its redirect URI. */
const application = '__idaptive_cybr_user_oidc';
const redirectUri = 'https://cyberark.cloud/redirect';

/** A service user with a password, at a tenant. */
export interface ServiceUser {
  readonly tenant: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
}

/**
 * Signs a service user in through the vendor's own application: client credentials, then
 * an ID token, which is the session.
 * @throws {CliError} sign-in-failed, tenant-not-json, and what Http throws
 */
export async function builtInSession(user: ServiceUser, http: Http): Promise<Secret> {
  return idTokenFor(user.tenant, await accessTokenOf(user, http), http);
}

/** `POST /OAuth2/Token`: the access token of a service user (RFC 6749 §4.4). */
async function accessTokenOf(
  { tenant, clientId, clientSecret }: ServiceUser,
  http: Http,
): Promise<string> {
  const basic = basicCredentials(clientId, clientSecret.reveal());
  const response = await http.send({
    method: 'POST',
    url: endpoints({ tenant, appId: application }).token,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${basic}`,
    },
    body: 'grant_type=client_credentials&scope=api',
    retry: true,
  });
  const answer = jsonObject(response.body);
  if (answer === null) throw notUnderstood(tenant);
  const token = answer.access_token;
  if (!isRefusal(answer) && typeof token === 'string') return token;
  const words = refusalWords(answer, response.status, [clientSecret.reveal(), basic]);
  throw new CliError('sign-in-failed', `${tenant} did not sign the service user in: ${words}`);
}

/**
 * `GET /OAuth2/Authorize`: the ID token in the redirect (OpenID Connect Core 1.0
 * §3.2.2.5), which is the session.
 */
async function idTokenFor(tenant: string, accessToken: string, http: Http): Promise<Secret> {
  const query = new URLSearchParams({
    client_id: application,
    response_type: 'id_token',
    scope: 'openid profile api',
    redirect_uri: redirectUri,
  });
  const { headers } = await http.send({
    method: 'GET',
    url: `${endpoints({ tenant, appId: application }).authorization}?${query}`,
    headers: { authorization: `Bearer ${accessToken}` },
    retry: true,
    answersRedirect: true,
  });
  const { location = '' } = headers;
  const target = URL.canParse(location) ? new URL(location) : null;
  const idToken = new URLSearchParams(target?.hash.slice(1)).get('id_token') ?? '';
  if (!/^[\x21-\x7e]+$/.test(idToken)) throw notUnderstood(tenant);
  return new Secret(idToken);
}

function notUnderstood(tenant: string): CliError {
  return new CliError(
    'tenant-not-json',
    `${tenant} answered the service user without a usable session`,
  );
}
