import { CliError } from '../errors/cli-error.ts';
import type { Http } from '../network/http.ts';
import { Secret } from '../text/secret.ts';
import type { Connection } from './connection.ts';
import { isRefusal, jsonObject, refusalWords } from './tenant-answer.ts';

/** The vendor's application in every platform tenant, and its redirect URI. */
const application = '__idaptive_cybr_user_oidc';
const redirectUri = 'https://cyberark.cloud/redirect';

/**
 * Signs a service user in through the vendor's own application: client credentials, then an ID token, which is the session.
 * @throws {CliError} sign-in-failed, tenant-not-json, and what Http throws
 */
export async function builtInSession(
  {
    tenant,
    clientId,
    clientSecret,
  }: Pick<Connection, 'tenant' | 'clientId'> & { readonly clientSecret: Secret },
  http: Http,
): Promise<Secret> {
  const basic = Buffer.from(`${clientId}:${clientSecret.reveal()}`).toString('base64');
  const response = await http.send({
    method: 'POST',
    url: `${tenant}/OAuth2/Token/${application}`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/x-www-form-urlencoded',
      authorization: `Basic ${basic}`,
    },
    body: 'grant_type=client_credentials&scope=api',
    retry: true,
  });
  const answer = jsonObject(response.body);
  const token = answer?.access_token;
  if (answer === null) throw notUnderstood(tenant);
  if (isRefusal(answer) || typeof token !== 'string')
    throw new CliError(
      'sign-in-failed',
      `${tenant} did not sign the service user in: ${refusalWords(answer, response.status, [clientSecret.reveal(), basic])}`,
    );
  const query = new URLSearchParams({
    client_id: application,
    response_type: 'id_token',
    scope: 'openid profile api',
    redirect_uri: redirectUri,
  });
  const redirect = await http.send({
    method: 'GET',
    url: `${tenant}/OAuth2/Authorize/${application}?${query}`,
    headers: { authorization: `Bearer ${token}` },
    retry: true,
    answersRedirect: true,
  });
  const { location = '' } = redirect.headers;
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
