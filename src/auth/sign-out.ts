import { CliError } from '../errors/cli-error.ts';
import type { Http } from '../network/http.ts';
import type { Secret } from '../text/secret.ts';
import { endpoints } from './connection.ts';
import type { StoredSession } from './stored-schemas.ts';
import { isRefusal, jsonObject, refusalWords } from './tenant-answer.ts';

/** What the tenant answered when asked to revoke one token. */
export interface Revocation {
  readonly token: 'refresh-token' | 'access-token';
  /** Accepted does not mean revoked: a tenant also accepts a token that it does not know (RFC 7009 §2.2). */
  readonly outcome: 'accepted' | 'refused' | 'unreachable';
  /** Why not, in the tenant's or the network's words; null if accepted. */
  readonly words: string | null;
}

/**
 * Asks a session's tenant to revoke its refresh token and then its access token (RFC 7009 §2.1), and returns the
 * answers; a refusal is data. Forgets nothing.
 * @param clientSecret of the session's client; null: a public client
 * @throws {CliError} interrupted
 */
export async function signOut(
  session: StoredSession,
  clientSecret: Secret | null,
  http: Http,
): Promise<readonly Revocation[]> {
  const tokens = [
    ['refresh-token', session.refreshToken],
    ['access-token', session.accessToken],
  ] as const;
  const revocations: Revocation[] = [];
  for (const [token, value] of tokens)
    if (value !== null) revocations.push({ token, ...(await revoke(session, value, clientSecret, http)) });
  return revocations;
}

async function revoke(
  session: StoredSession,
  token: string,
  clientSecret: Secret | null,
  http: Http,
): Promise<Omit<Revocation, 'token'>> {
  let words: string | null = null;
  try {
    for (const { headers, form, secrets } of proofs(session.clientId, clientSecret)) {
      const { status, body } = await http.send({
        method: 'POST',
        url: endpoints(session).revocation,
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          accept: 'application/json',
          ...headers,
        },
        body: new URLSearchParams({ token, ...form }).toString(),
        retry: true,
      });
      const answer = jsonObject(body) ?? {};
      if (status < 300 && !isRefusal(answer)) return { outcome: 'accepted', words: null };
      words ??= refusalWords(answer, status, [token, ...secrets]);
    }
    return { outcome: 'refused', words };
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return { outcome: 'unreachable', words: error.message };
  }
}

/** How a request shows which client sent it. */
interface Proof {
  readonly headers: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
  /** The secrets in it. */
  readonly secrets: readonly string[];
}

/**
 * The ways to show it, tried in turn: the ID in the form, or ID and secret as Basic. A tenant reportedly does not decode
 * those, so they are sent as is first, and form-encoded (RFC 6749 §2.3.1) only if that differs and was refused.
 */
function proofs(clientId: string, clientSecret: Secret | null): readonly Proof[] {
  if (clientSecret === null) return [{ headers: {}, form: { client_id: clientId }, secrets: [] }];
  const pair = [clientId, clientSecret.reveal()];
  const spellings = new Set([pair.join(':'), pair.map(encodeURIComponent).join(':')]);
  return [...spellings].map((spelling) => {
    const basic = Buffer.from(spelling).toString('base64');
    return {
      headers: { authorization: `Basic ${basic}` },
      form: {},
      secrets: [clientSecret.reveal(), basic],
    };
  });
}
