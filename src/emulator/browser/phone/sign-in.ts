import { sha256 } from '@noble/hashes/sha2.js';
import { randomBytes, utf8ToBytes } from '@noble/hashes/utils.js';
import {
  type ApiRequest,
  base64,
  type Call,
  CallFailure,
  clientId,
  type Members,
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
 * The request of the vendor's iOS library, with a `state`. It has `prompt=login`, since
 * the browser's user is not the phone's.
 */
export function authorizationAddress(
  origin: string,
  { state, codeVerifier }: PendingSignIn,
  user: string,
): string {
  const query = new URLSearchParams({
    response_type: 'code',
    client_id: clientId,
    redirect_uri: redirectUri(origin),
    scope,
    state,
    code_challenge: base64Url(sha256(utf8ToBytes(codeVerifier))),
    code_challenge_method: 'S256',
    prompt: 'login',
    login_hint: user,
    nozso: 'true',
  });
  return `${origin}/OAuth2/Authorize/${clientId}?${query}`;
}

/**
 * Exchanges the code in the query for a session; null: the browser does not come from a
 * sign-in. A code needs the state that was sent. An error has none
 * (docs/decisions/error-without-state.md), so it ends nothing, and its words, which
 * anyone can make, are not shown.
 * @throws {CallFailure}
 */
export async function finishSignIn(
  send: Send,
  origin: string,
  query: string,
  pending: PendingSignIn | null,
): Promise<Session | null> {
  const parameters = new URLSearchParams(query);
  if (parameters.has('error') && pending !== null)
    throw new CallFailure('refused', 'The tenant rejected the sign-in.');
  const code = parameters.get('code');
  if (code === null) return null;
  if (pending === null || parameters.get('state') !== pending.state)
    throw new CallFailure('refused', 'This answer does not belong to a sign-in from this tab.');
  const accessToken = await exchangeCode(send, origin, code, pending);
  const { Result } = await callWith(send, accessToken, { path: '/Security/WhoAmI' });
  const user = textIn(membersOf(Result).User);
  if (user === null) throw new CallFailure('refused', 'The tenant did not say who signed in.');
  return { accessToken, user };
}

/** @returns the access token @throws {CallFailure} */
async function exchangeCode(
  send: Send,
  origin: string,
  code: string,
  { codeVerifier }: PendingSignIn,
): Promise<string> {
  const answer = await sendForm(send, 'Token', {
    grant_type: 'authorization_code',
    redirect_uri: redirectUri(origin),
    code,
    code_verifier: codeVerifier,
  });
  const { access_token, error_description } = membersOf(answer.document);
  const accessToken = textIn(access_token);
  if (accessToken === null) {
    const words = textIn(error_description) ?? `HTTP ${answer.status}`;
    throw new CallFailure('refused', `The tenant rejected the sign-in: ${words}`);
  }
  return accessToken;
}

function redirectUri(origin: string): string {
  return `${origin}/phone`;
}

/** RFC 7009; its answer proves nothing. @throws {CallFailure} unreachable */
export async function revokeSession(send: Send, { accessToken }: Session): Promise<void> {
  await sendForm(send, 'Revoke', { token: accessToken });
}

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

/** Calls with the access token of the session. */
export function createCall(send: Send, memory: Memory): Call {
  return async (request) => {
    const session = memory.now.session;
    if (session === null) throw signedOut();
    return callWith(send, session.accessToken, request);
  };
}

/** @throws {CallFailure} */
async function callWith(
  send: Send,
  accessToken: string,
  { path, body, signal }: ApiRequest,
): Promise<Members> {
  const { status, document } = await send({
    path,
    headers: {
      authorization: `Bearer ${accessToken}`,
      'content-type': 'application/json',
      'x-idap-native-client': 'true',
      'accept-language': 'en-IN',
    },
    body: body === undefined ? null : JSON.stringify(body),
    signal,
  });
  if (status === 401) throw signedOut();
  if (status >= 500 || document === undefined)
    throw new CallFailure(
      'unreachable',
      'Something other than the tenant answered at this address.',
    );
  const answer = membersOf(document);
  if (status < 400 && answer.success !== false) return answer;
  throw new CallFailure(
    'refused',
    textIn(answer.Message) ?? `The tenant refused (HTTP ${status}).`,
  );
}

function signedOut(): CallFailure {
  return new CallFailure('signed-out', 'The tenant ended the session.');
}
