import type { Http, HttpRequest } from '../../../src/network/http.ts';

export interface MemoryTenant {
  readonly http: Http;
  readonly requests: readonly HttpRequest[];
}

/** An envelope, with `success: true` unless it says otherwise; a function makes one, or fails. */
export type Turn = object | ((request: HttpRequest) => object | Promise<object>);

/** A tenant without a network, which answers with these in turn, the last one for ever. */
export function memoryTenant(...envelopes: readonly Turn[]): MemoryTenant {
  const requests: HttpRequest[] = [];
  const send: Http['send'] = async (request) => {
    requests.push(request);
    const turn = envelopes[Math.min(requests.length, envelopes.length) - 1];
    const envelope = typeof turn === 'function' ? await turn(request) : turn;
    return { status: 200, headers: {}, body: JSON.stringify({ success: true, ...envelope }) };
  };
  return { http: { send }, requests };
}

/** What a request asks the tenant to do with a mechanism. */
export function actionOf({ body = '{}' }: HttpRequest): string {
  return String(JSON.parse(body).Action);
}
