import type { Http, HttpResponse } from '../network/http.ts';
import { membersOf, parseJson } from '../text/json.ts';
import type { Secret } from '../text/secret.ts';
import { isMissingRight, successIn, textIn } from './envelope.ts';

/**
 * A call that changes nothing, by which `doctor` sees how a tenant answers: its answer is
 * kept as it came.
 */
export interface BareCall {
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** A tenant and the access token for it, which is not renewed. */
export interface BareSession {
  readonly tenant: string;
  readonly token: Secret;
}

/** `POST` without a body. @throws {CliError} what Http throws */
export function sendBareCall(
  { path, query }: BareCall,
  { tenant, token }: BareSession,
  http: Http,
): Promise<HttpResponse> {
  const search = query === undefined ? '' : `?${new URLSearchParams(query)}`;
  return http.send({
    method: 'POST',
    url: `${tenant}${path}${search}`,
    headers: {
      accept: 'application/json',
      'x-idap-native-client': 'true',
      authorization: `Bearer ${token.reveal()}`,
    },
    retry: false,
  });
}

/** The content of the vendor's envelope. */
export interface BareAnswer {
  readonly isSuccess: boolean;
  readonly result: unknown;
  /** Null: none. */
  readonly messageId: string | null;
}

/** The vendor's envelope, in any spelling of `success`; null: not an envelope. */
export function readBareAnswer({ body }: HttpResponse): BareAnswer | null {
  const members = membersOf(parseJson(body)) ?? {};
  const success = successIn(members);
  if (success === undefined) return null;
  return {
    isSuccess: success === true,
    result: members.Result,
    messageId: textIn(members.MessageID),
  };
}

/** Whether an answer says that a right or a scope is missing. */
export function lacksRight({ status, body }: HttpResponse): boolean {
  const members = membersOf(parseJson(body)) ?? {};
  const { MessageID, Message } = members;
  const isRefused = successIn(members) === false;
  return isRefused && (status === 403 || isMissingRight({ MessageID, Message }));
}
