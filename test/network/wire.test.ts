import type { CliError } from '../../src/errors/cli-error.ts';
import type { NetworkSettings } from '../../src/network/client.ts';
import type { Change, HttpRequest } from '../../src/network/http.ts';
import { judgeAnswer } from '../../src/tenant/envelope.ts';
import { testCases } from '../support/cases.ts';
import { createTestHttp, post, startTcpServer } from '../support/http.ts';

/** The bytes of an answer: those of a text, or an empty one of a status, or one with that JSON. */
function bytesOf(turn: unknown): string {
  if (typeof turn === 'string') return turn;
  const [status, body] = typeof turn === 'number' ? [turn, ''] : [200, JSON.stringify(turn)];
  return `HTTP/1.1 ${status} x\r\nRetry-After: 0\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** What a request ends with at a server that answers with these in turn, and the requests and connections it takes. */
function ending(request: Partial<HttpRequest>, settings: Partial<NetworkSettings> = {}) {
  return async (...turns: unknown[]): Promise<unknown> => {
    const seen = { requests: 0, connections: 0 };
    const port = await startTcpServer((socket) => {
      seen.connections++;
      socket.on('data', () => {
        const turn = turns[Math.min(++seen.requests, turns.length) - 1];
        const [, text = '', end] = /^(.*?)(END|CLOSE|RESET)?$/s.exec(bytesOf(turn)) ?? [];
        if (end === 'END') socket.end(text);
        else if (end === undefined) socket.write(text);
        else if (text === '') end === 'CLOSE' ? socket.destroy() : socket.resetAndDestroy();
        // What was written is to arrive before the end.
        else
          socket.write(text, () =>
            setTimeout(() => (end === 'CLOSE' ? socket.destroy() : socket.resetAndDestroy()), 50),
          );
      });
    });
    const origin = `http://127.0.0.1:${port}`;
    const http = createTestHttp({ aside: async () => {}, ...settings });
    const end = await http.send(post(origin, { retry: true, ...request })).then(
      ({ status, body }) => [status, body.length > 200 ? `${body.length} units` : body],
      ({ code, message, facts }: CliError) => [`${code}: ${message}`, facts],
    );
    return JSON.parse(JSON.stringify([...end, seen]).replaceAll(origin, 'T'));
  };
}

const change: Change = { done: 'set the certificate', idempotent: true, judge: judgeAnswer };
const once: Change = { done: 'deleted the certificate', idempotent: false, judge: judgeAnswer };

testCases('network/requests', {
  'a request that may be repeated': ending({}),
  'a request that may not be repeated': ending({ retry: false }),
  'a request that a redirect answers': ending({ answersRedirect: true }),
});

testCases('network/changes', {
  'a change that may be repeated': ending({ change }),
  'a change that may be made once': ending({ change: once }),
  'a change with half a second': ending({ change }, { timeout: 500 }),
});
