import { CliError } from '../errors.ts';
import type { Http } from '../http.ts';
import { endpoints } from './endpoints.ts';
import type { StoredSession } from './profile.ts';
import { isRefusal, jsonObject, refusalWords } from './tenant-answer.ts';

/** What the tenant answered when one token was to be revoked. */
export interface Revocation {
  readonly token: 'refresh-token' | 'access-token';
  readonly outcome: 'revoked' | 'refused' | 'unreachable';
  /** Why not, in the tenant's or the network's words; null where it was revoked. */
  readonly words: string | null;
}

/**
 * Revokes the refresh token and then the access token of a session at its own tenant (RFC 7009 §2.1) and tells what
 * came of each; a refusal is data. Forgets nothing.
 * @throws {CliError} interrupted
 */
export async function signOut(session: StoredSession, http: Http): Promise<readonly Revocation[]> {
  const revocations: Revocation[] = [];
  if (session.refreshToken !== null)
    revocations.push({ token: 'refresh-token', ...(await revoke(session, session.refreshToken, http)) });
  revocations.push({ token: 'access-token', ...(await revoke(session, session.accessToken, http)) });
  return revocations;
}

async function revoke(session: StoredSession, token: string, http: Http): Promise<Omit<Revocation, 'token'>> {
  try {
    const { status, body } = await http.send({
      method: 'POST',
      url: endpoints(session).revocation,
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body: new URLSearchParams({ token, client_id: session.clientId }).toString(),
      retry: true,
    });
    const answer = jsonObject(body) ?? {};
    if (status < 300 && !isRefusal(answer)) return { outcome: 'revoked', words: null };
    return { outcome: 'refused', words: refusalWords(answer, status, [token]) };
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    return { outcome: 'unreachable', words: error.message };
  }
}
