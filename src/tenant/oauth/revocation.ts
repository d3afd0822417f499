import type { Http } from '../../network/http.ts';
import type { Secret } from '../../text/secret.ts';
import { basicCredentials, endpoints, type OAuthClient } from './endpoints.ts';
import { isRefusal, jsonObject, refusalWords } from './refusal.ts';

/**
 * `POST /OAuth2/Revoke`: asks for the revocation of a token (RFC 7009 §2.1). Accepted
 * does not mean revoked: a tenant also accepts an unknown token (§2.2).
 * @param clientSecret null: a public client
 * @returns the words of a refusal; null: accepted
 * @throws {CliError} what Http throws
 */
export async function revokeToken(
  client: OAuthClient,
  token: string,
  clientSecret: Secret | null,
  http: Http,
): Promise<string | null> {
  const { clientId } = client;
  const secret = clientSecret?.reveal() ?? null;
  const basic = secret === null ? null : basicCredentials(clientId, secret);
  const form = basic === null ? { token, client_id: clientId } : { token };
  const { status, body } = await http.send({
    method: 'POST',
    url: endpoints(client).revocation,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
      ...(basic === null ? {} : { authorization: `Basic ${basic}` }),
    },
    body: new URLSearchParams(form).toString(),
    retry: true,
  });
  const answer = jsonObject(body) ?? {};
  if (status < 300 && !isRefusal(answer)) return null;
  const secrets = [token, secret, basic].filter((value) => value !== null);
  return refusalWords(answer, status, secrets);
}
