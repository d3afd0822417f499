import type { HttpRequest, HttpResponse } from '../http.ts';
import { parseJson } from '../json.ts';
import { masked } from '../mask.ts';
import type { Secret } from '../secret.ts';

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
  const sent = [...Object.values(request.headers ?? {}), request.body ?? '', request.url].join('\n');
  return [
    ['request id', requestId],
    ['ErrorID', errorId(response.body)],
  ]
    .flatMap(([name, id]) =>
      id !== undefined && identifier.test(id) && !sent.includes(id) && masked(id, secrets) === id
        ? [`, ${name} ${id}`]
        : [],
    )
    .join('');
}

function errorId(body: string): string | undefined {
  if (!body.includes('"ErrorID"')) return undefined;
  const document = parseJson(body);
  const id = typeof document === 'object' && document !== null && 'ErrorID' in document && document.ErrorID;
  return typeof id === 'string' && id !== '' ? id : undefined;
}
