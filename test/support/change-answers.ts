import type { IncomingMessage, ServerResponse } from 'node:http';
import { freePort } from '../../scripts/free-port.mjs';
import type { AnswerKind } from '../../src/change/answer-table.ts';
import { startServer, startTcpServer, success } from './http.ts';
import { listenAs, stranger } from './second-user.ts';

/** A way in which a server, or whatever is in its place, takes a request. */
type Plays = (response: ServerResponse, request: IncomingMessage) => void;

/** A kind of answer on the wire, by a few words. */
export interface Example {
  readonly words: string;
  readonly plays: Plays;
}

/** Kinds of which nothing is written: the address of each. */
export const unwritten = {
  unreachable: async () => `http://127.0.0.1:${await freePort()}`,
  neighbor: async () => `http://127.0.0.1:${(await listenAs(stranger)).port}`,
  tls: async () =>
    `https://127.0.0.1:${await startTcpServer((socket) => void socket.end('no TLS'))}`,
  late: async () => `https://127.0.0.1:${await startTcpServer(() => {})}`,
} satisfies Partial<Record<AnswerKind, () => Promise<string>>>;

export type WrittenKind = Exclude<AnswerKind, keyof typeof unwritten>;

const page = '<!DOCTYPE html><title>Sign in to the network</title>';

function envelope(members: object): string {
  return JSON.stringify({ success: false, Result: null, Message: null, ...members });
}

function answer(status: number, body = '', headers: Readonly<Record<string, string>> = {}): Plays {
  return (response) => {
    response.writeHead(status, headers).end(body);
  };
}

function raw(bytes: string): Plays {
  return (response) => {
    response.socket?.end(bytes);
  };
}

function one(words: string, plays: Plays): Example {
  return { words, plays };
}

const noRight = envelope({ MessageID: '_I18N_System.UnauthorizedAccessException' });
const noParameter = envelope({
  Message: 'The required parameter ClientAppKey is missing.',
  MessageID: '_I18N_RequiredParameter',
});
const noFile = envelope({ Message: 'The specified network password is not correct.' });
const noKey = envelope({ Message: 'No such key.', ErrorID: 'e1:2' });

/** Examples of each kind of answer, as they arrive once the request is there. */
export const examples: Readonly<Record<WrittenKind, readonly Example[]>> = {
  nothing: [one('the connection ends', (response) => response.destroy())],
  cut: [
    one('a part of the head', raw('HTTP/1.1 200 OK\r\nContent-Ty')),
    one('a part of the body', raw('HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"succ')),
    one('a part of a body without a length', raw('HTTP/1.1 200 OK\r\n\r\n{"succ')),
  ],
  'not-http': [one('another protocol', raw('SSH-2.0-OpenSSH_9.2\r\n'))],
  'too-long': [
    one('9 MiB', (response) => response.writeHead(200).end(' '.repeat(9 * 1024 * 1024))),
  ],
  foreign: [
    one('a page', answer(200, page)),
    one('other JSON', answer(200, '{"Result":null}')),
    one('nothing', answer(204)),
  ],
  gateway: [one('a page of 502', answer(502, page)), one('nothing with 504', answer(504))],
  'server-error': [
    one('a page of 500', answer(500, page)),
    one('JSON with 501', answer(501, '{}')),
  ],
  fault: [
    one('500 with words', answer(500, envelope({ Message: 'deadlock victim', ErrorID: 'e1:2' }))),
    one('503 with words', answer(503, envelope({ Message: 'Maintenance.' }))),
  ],
  redirect: [
    one('to a page of its own', answer(302, '', { location: '/login?token=x' })),
    one('to another host', answer(307, page, { location: 'https://portal.example/a?token=x' })),
  ],
  unauthorized: [one('401', answer(401, page))],
  'out-of-scope': [one('401', answer(401, page))],
  limited: [one('429', answer(429, '', { 'retry-after': '0' }))],
  forbidden: [
    one('403 with an envelope', answer(403, noKey)),
    one('the ID of a missing right', answer(200, noRight)),
    one('that ID with 500', answer(500, noRight)),
  ],
  'missing-parameter': [
    one('the ID with 200', answer(200, noParameter)),
    one('the ID with 500', answer(500, noParameter)),
  ],
  'refused-file': [
    one("the words of .NET's with 200", answer(200, noFile)),
    one('those words with 500', answer(500, noFile)),
  ],
  refused: [one('with 200', answer(200, noKey)), one('with 400', answer(400, noKey))],
  'refused-page': [one('a page of 403', answer(403, page)), one('nothing with 415', answer(415))],
  'refused-json': [one('404 with words', answer(404, '{"Message":"No HTTP resource was found"}'))],
  done: [one('success', answer(200, success.body))],
};

/** Two answers that ask for a pause come first. */
const paused = answer(429, '', { 'retry-after': '0' });

/**
 * A tenant that gives an access token, and takes a set or a delete as the example says: at
 * once, or at the third try.
 */
export async function startExample({ plays }: Example, turn: 'first' | 'last') {
  let calls = 0;
  let hasEnded = false;
  const server = await startServer([
    (response, request) => {
      const { url = '' } = request;
      if (url.startsWith('/OAuth2/Token')) {
        response.end('{"access_token":"the-access-token","token_type":"Bearer"}');
        return;
      }
      if (!url.startsWith('/Mobile/')) {
        response.statusCode = hasEnded ? 401 : 200;
        response.end(success.body);
        return;
      }
      calls++;
      const isEarly = turn === 'last' && calls <= 2;
      (isEarly ? paused : plays)(response, request);
      // A session that has ended is accepted by no other call, either.
      hasEnded = response.statusCode === 401;
    },
  ]);
  return { url: server.origin, calls: () => calls };
}
