import { clientId } from './client.ts';
import { CallFailure, membersOf, type Send, signedOut, type TenantAnswer, textIn } from './tenant-call.ts';

/** What a sign-in gave. */
export interface Session {
  readonly accessToken: string;
  readonly refreshToken: string | null;
  /** Who signed in. */
  readonly user: string;
}

/** Where the session is kept. */
export interface SessionPlace {
  get(): Session | null;
  set(session: Session | null): void;
}

/** An API of the tenant, as the vendor's iOS library asks it. */
interface ApiRequest {
  readonly path: string;
  readonly body?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

/** Gives the whole answer to a call. @throws {CallFailure} */
export type Call = (request: ApiRequest) => Promise<Readonly<Record<string, unknown>>>;

/** Calls with the access token, and with a new one where that has expired. */
export function createCall(send: Send, place: SessionPlace): Call {
  let renewing: Promise<void> | null = null;
  const renew = (): Promise<void> => {
    renewing ??= refresh(send, place).finally(() => {
      renewing = null;
    });
    return renewing;
  };
  const ask = ({ path, body, signal }: ApiRequest): Promise<TenantAnswer> => {
    const session = place.get();
    if (session === null) throw signedOut();
    return send({
      path,
      headers: {
        authorization: `Bearer ${session.accessToken}`,
        'x-idap-native-client': 'true',
        'accept-language': 'en-IN',
        'content-type': 'application/json',
      },
      body: body === undefined ? null : JSON.stringify(body),
      signal,
    });
  };
  return async (request) => {
    const used = place.get()?.accessToken;
    let answer = await ask(request);
    if (answer.status === 401) {
      // Another call may have renewed it meanwhile.
      if (place.get()?.accessToken === used) await renew();
      answer = await ask(request);
    }
    return read(answer);
  };
}

/** @throws {CallFailure} */
function read({ status, document }: TenantAnswer): Readonly<Record<string, unknown>> {
  if (status === 401) throw signedOut();
  if (status >= 500 || document === undefined)
    throw new CallFailure('unreachable', 'Something other than the tenant answers at this address.');
  const answer = membersOf(document);
  if (status < 400 && answer.success !== false) return answer;
  throw new CallFailure('refused', textIn(answer.Message) ?? `The tenant refused (HTTP ${status}).`);
}

/** RFC 6749 §6; an answer without a new refresh token leaves the old one. @throws {CallFailure} signed-out, unreachable */
async function refresh(send: Send, place: SessionPlace): Promise<void> {
  const session = place.get();
  if (session === null || session.refreshToken === null) throw signedOut();
  const { status, document } = await send({
    path: `/OAuth2/Token/${clientId}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: session.refreshToken,
    }).toString(),
  });
  if (status >= 500) throw new CallFailure('unreachable', 'The tenant does not answer.');
  const { access_token, refresh_token } = membersOf(document);
  const accessToken = textIn(access_token);
  if (status !== 200 || accessToken === null) throw signedOut();
  place.set({ ...session, accessToken, refreshToken: textIn(refresh_token) ?? session.refreshToken });
}
