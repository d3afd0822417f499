import type { Http, HttpRequest, HttpResponse } from '../../src/network/http.ts';

/** An answer; a body that is no text is sent as JSON. */
export interface Reply extends Partial<Omit<HttpResponse, 'body'>> {
  readonly body?: unknown;
}
/** What is answered; a function may fail. */
export type Turn = Reply | ((request: HttpRequest) => Reply | Promise<Reply>);

/** A network in memory that gives these answers in turn, and the last one forever. */
export function memoryHttp(...turns: readonly Turn[]): {
  readonly http: Http;
  readonly sent: HttpRequest[];
} {
  const sent: HttpRequest[] = [];
  const send: Http['send'] = async (request) => {
    const turn = turns[Math.min(sent.push(request), turns.length) - 1] ?? {};
    const { body = '', ...answer } = typeof turn === 'function' ? await turn(request) : turn;
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    return { status: 200, headers: {}, ...answer, body: text };
  };
  return { http: { send }, sent };
}
