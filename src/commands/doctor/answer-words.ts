import type { HttpResponse } from '../../network/http.ts';
import { isHtmlPage, isMissingRight, successIn } from '../../tenant/envelope.ts';
import { membersOf, parseJson } from '../../text/json.ts';

/** The members of the vendor's envelope, `success` in this spelling; null where it is none. */
export function envelopeIn({ body }: HttpResponse): Readonly<Record<string, unknown>> | null {
  const members = membersOf(parseJson(body));
  const success = members === null ? undefined : successIn(members);
  return success === undefined ? null : { ...members, success };
}

/** Whether a refusal is for a right that is missing. */
export function lacksRight(answer: HttpResponse): boolean {
  const { success, MessageID } = envelopeIn(answer) ?? {};
  return success === false && (answer.status === 403 || isMissingRight(MessageID));
}

/** An answer in words that hold nothing of the tenant's but codes. */
export function wordsFor(answer: HttpResponse): string {
  const { status, body } = answer;
  const members = envelopeIn(answer);
  if (members?.success === true) return `HTTP ${status}, success`;
  if (members !== null) {
    const { MessageID } = members;
    const isCode = typeof MessageID === 'string' && /^_I18N_[\w.]{1,100}$/.test(MessageID);
    return `HTTP ${status}, refused, ${isCode ? MessageID : 'no MessageID'}`;
  }
  const { error } = membersOf(parseJson(body)) ?? {};
  if (typeof error === 'string' && /^[a-z_]{1,40}$/.test(error)) return `HTTP ${status}, ${error}`;
  return `HTTP ${status}${isHtmlPage(answer) ? ', a page' : ''}`;
}
