import type { Secret } from '../secret.ts';
import { masked } from '../text/mask.ts';
import type { HttpRequest, HttpResponse } from './http.ts';
import { parseJson } from './json.ts';

/** Headers by which servers name a request; which one the vendor's send is not documented. */
const requestIdHeaders = ['x-request-id', 'request-id', 'x-correlation-id', 'x-ms-request-id', 'x-trace-id'];

/** An identifier and nothing else: no sentence, no credential with its punctuation. */
const identifier = /^[\w.:-]{1,100}$/;

/**
 * What support asks for, out of an answer: `, request id 42, ErrorID 9e3f77bc-…`; empty where it has none. What the
 * request itself held is no identifier of the answer, nor is what holds one of the secrets: either may be one that
 * comes back.
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

/** A text as whoever reads it as a form, or as an address with a query, understands it. */
function asForm(text: string): string {
  return [...new URLSearchParams(text)].flat().join('\n');
}

function errorId(body: string): string | undefined {
  if (!body.includes('"ErrorID"')) return undefined;
  const document = parseJson(body);
  const id = typeof document === 'object' && document !== null && 'ErrorID' in document && document.ErrorID;
  return typeof id === 'string' ? id : undefined;
}
