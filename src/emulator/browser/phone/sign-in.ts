import { sha256 } from '@noble/hashes/sha2.js';
import { randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  type ApiRequest,
  base64,
  type Call,
  CallFailure,
  clientId,
  membersOf,
  type Send,
  scope,
  type TenantAnswer,
  textIn,
} from './device-calls.ts';
import type { Memory, PendingSignIn, Session } from './memory.ts';

/** Without padding (RFC 4648 §5): 32 bytes are 43 characters (RFC 7636 §4.1). */
function base64Url(bytes: Uint8Array): string {
  return base64(bytes).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

export function beginSignIn(): PendingSignIn {
  return { state: base64Url(randomBytes(32)), codeVerifier: base64Url(randomBytes(32)) };
}

/**
 * The authorization request (RFC 6749 §4.1.1, RFC 7636 §4.3), with `nozso` like the vendor's iOS library, and a `state`, which
 * that library omits. `prompt=login`: the browser's user is not the phone's.
 */
export function authorizationAddress(
  origin: string,
  { state, codeVerifier }: PendingSignIn,
  user: string,
): string {
  const query = new URLSearchParams({
    ...{ response_type: 'code', client_id: clientId, redirect_uri: redirectUri(origin), scope, state },
    code_challenge: base64Url(sha256(utf8ToBytes(codeVerifier))),
    ...{ code_challenge_method: 'S256', prompt: 'login', login_hint: user, nozso: 'true' },
  });
  return `${origin}/OAuth2/Authorize/${clientId}?${query}`;
}

/** RFC 6749 §4.1.2.1, OpenID Connect Core §3.1.2.6. The page shows no other words of an address: anyone can make one. */
const errorCodes: readonly string[] = [
  ...['access_denied', 'invalid_request', 'invalid_scope', 'server_error', 'temporarily_unavailable'],
  ...['unauthorized_client', 'unsupported_response_type', 'login_required', 'interaction_required'],
];

/**
 * Exchanges the code in the query for a session, and asks for its user; null: the browser does not come from a sign-in. A code
 * needs the state that was sent; the tenant sends errors without one (docs/decisions/error-without-state.md), so an error is
 * reported but ends nothing, and only while this tab waits for one. @throws {CallFailure}
 */
export async function finishSignIn(
  send: Send,
  origin: string,
  query: string,
  pending: PendingSignIn | null,
): Promise<Session | null> {
  const parameters = new URLSearchParams(query);
  const error = parameters.get('error');
  if (error !== null && pending === null) return null;
  if (error !== null) throw refusal(errorCodes.includes(error) ? error : 'unknown error');
  const code = parameters.get('code');
  if (code === null) return null;
  if (pending === null || parameters.get('state') !== pending.state)
    throw new CallFailure('refused', 'This answer does not belong to a sign-in from this tab.');
  const grant = { grant_type: 'authorization_code', redirect_uri: redirectUri(origin) };
  const form = { ...grant, code, code_verifier: pending.codeVerifier };
  const tokens = requireAnswer(await sendForm(send, 'Token', form));
  const accessToken = textIn(tokens.access_token);
  if (accessToken === null) throw new CallFailure('refused', 'The tenant sent no access token.');
  const headers = { authorization: `Bearer ${accessToken}` };
  const person = requireAnswer(await send({ path: `/OAuth2/UserInfo/${clientId}`, headers, body: null }));
  const user = textIn(person.unique_name);
  if (user === null) throw new CallFailure('refused', 'The tenant did not say who signed in.');
  return { accessToken, refreshToken: textIn(tokens.refresh_token), user };
}

function redirectUri(origin: string): string {
  return `${origin}/phone`;
}

function refusal(words: string): CallFailure {
  return new CallFailure('refused', `The tenant refused the sign-in: ${words}`);
}

const signedOut = (): CallFailure => new CallFailure('signed-out', 'The tenant ended the session.');

/** RFC 7009; its answer proves nothing. @throws {CallFailure} unreachable */
export async function revokeSession(send: Send, { accessToken, refreshToken }: Session): Promise<void> {
  for (const token of [refreshToken, accessToken])
    if (token !== null) await sendForm(send, 'Revoke', { token });
}

/** Sends a form of this client to an endpoint. @throws {CallFailure} unreachable */
function sendForm(
  send: Send,
  endpoint: 'Token' | 'Revoke',
  parameters: Readonly<Record<string, string>>,
): Promise<TenantAnswer> {
  return send({
    path: `/OAuth2/${endpoint}/${clientId}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ client_id: clientId, ...parameters }).toString(),
  });
}

/** @throws {CallFailure} refused, unreachable */
function requireAnswer({ status, document }: TenantAnswer): ReturnType<typeof membersOf> {
  const answer = membersOf(document);
  if (status === 200) return answer;
  if (status >= 500) throw new CallFailure('unreachable', 'The tenant does not answer.');
  throw refusal(textIn(answer.error_description) ?? textIn(answer.error) ?? `HTTP ${status}`);
}

/** Calls with the access token, and renews it if it has expired. */
export function createCall(send: Send, memory: Memory): Call {
  let renewing: Promise<void> | null = null;
  const renew = (): Promise<void> => {
    renewing ??= refresh(send, memory).finally(() => {
      renewing = null;
    });
    return renewing;
  };
  const ask = ({ path, body, signal }: ApiRequest): Promise<TenantAnswer> => {
    const session = memory.now.session;
    if (session === null) throw signedOut();
    return send({
      path,
      headers: {
        ...{ authorization: `Bearer ${session.accessToken}`, 'content-type': 'application/json' },
        ...{ 'x-idap-native-client': 'true', 'accept-language': 'en-IN' },
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal,
    });
  };
  return async (request) => {
    const used = memory.now.session?.accessToken;
    let answer = await ask(request);
    if (answer.status === 401) {
      // Another call may have renewed it.
      if (memory.now.session?.accessToken === used) await renew();
      answer = await ask(request);
    }
    return read(answer);
  };
}

function read({ status, document }: TenantAnswer): ReturnType<typeof membersOf> {
  if (status === 401) throw signedOut();
  if (status >= 500 || document === undefined)
    throw new CallFailure('unreachable', 'Something other than the tenant answered at this address.');
  const answer = membersOf(document);
  if (status < 400 && answer.success !== false) return answer;
  throw new CallFailure('refused', textIn(answer.Message) ?? `The tenant refused (HTTP ${status}).`);
}

/** RFC 6749 §6; without a new refresh token in the answer, the old one stays. @throws {CallFailure} signed-out, unreachable */
async function refresh(send: Send, memory: Memory): Promise<void> {
  const session = memory.now.session;
  if (session === null || session.refreshToken === null) throw signedOut();
  const form = { grant_type: 'refresh_token', refresh_token: session.refreshToken };
  const { status, document } = await sendForm(send, 'Token', form);
  if (status >= 500) throw new CallFailure('unreachable', 'The tenant does not answer.');
  const tokens = membersOf(document);
  const accessToken = textIn(tokens.access_token);
  if (status !== 200 || accessToken === null) throw signedOut();
  const refreshToken = textIn(tokens.refresh_token) ?? session.refreshToken;
  memory.keep({ session: { ...session, accessToken, refreshToken } });
}
