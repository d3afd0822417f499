import type { Http, HttpResponse } from '../network/http.ts';
import { membersOf, parseJson } from '../text/json.ts';
import type { Secret } from '../text/secret.ts';
import { isMissingRight, successIn } from './envelope.ts';

/** A call that changes nothing, by which `doctor` sees how a tenant answers: its answer is kept as it came. */
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

/** The members of the vendor's envelope, with `success` in this spelling; null: not an envelope. */
export function envelopeIn({ body }: HttpResponse): Readonly<Record<string, unknown>> | null {
  const members = membersOf(parseJson(body));
  const success = members === null ? undefined : successIn(members);
  return success === undefined ? null : { ...members, success };
}

export function lacksRight(answer: HttpResponse): boolean {
  const { success, MessageID, Message } = envelopeIn(answer) ?? {};
  return success === false && (answer.status === 403 || isMissingRight({ MessageID, Message }));
}
