import { membersOf, parseJson } from '../text/json.ts';
import { masked } from '../text/mask.ts';
import type { Secret } from '../text/secret.ts';
import type { HttpRequest, HttpResponse } from './http.ts';

/** Headers in which servers identify a request; the vendor does not document its own. */
const requestIdHeaders = ['x-request-id', 'request-id', 'x-correlation-id', 'x-ms-request-id', 'x-trace-id'];

/** An identifier and nothing else: no sentence, no credential with its punctuation. */
const identifier = /^[\w.:-]{1,100}$/;

/**
 * What support asks for, from an answer: `, request id 42, ErrorID 9e3f77bc-…`; empty if there is none. Anything that
 * was in the request does not identify the answer, nor does anything that contains a secret: either may be an echo.
 */
export function answerIds(request: HttpRequest, response: HttpResponse, secrets: readonly Secret[]): string {
  const requestId = requestIdHeaders.map((name) => response.headers[name]).find((id) => id !== undefined);
  const wasSent = (id: string): boolean =>
    [...Object.values(request.headers ?? {}), request.body ?? '', request.url].some(
      (text) => text.includes(id) || asForm(text).includes(id),
    );
  return [
    ['request id', requestId],
    ['ErrorID', errorId(response.body)],
  ]
    .flatMap(([name, id]) =>
      id !== undefined && identifier.test(id) && !wasSent(id) && masked(id, secrets) === id
        ? [`, ${name} ${id}`]
        : [],
    )
    .join('');
}

/** A text as decoded from a form or an address's query. */
function asForm(text: string): string {
  return [...new URLSearchParams(text)].flat().join('\n');
}

function errorId(body: string): string | undefined {
  if (!body.includes('"ErrorID"')) return undefined;
  const id = membersOf(parseJson(body))?.ErrorID;
  return typeof id === 'string' ? id : undefined;
}
