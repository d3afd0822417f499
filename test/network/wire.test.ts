import { inspect } from 'node:util';
import { expect } from 'vitest';
import type { CliError } from '../../src/errors/cli-error.ts';
import type { NetworkSettings } from '../../src/network/client.ts';
import { ProxyRefusal } from '../../src/network/failure.ts';
import type { HttpRequest } from '../../src/network/http.ts';
import { openTunnel } from '../../src/network/tunnel.ts';
import { plainJudge } from '../../src/tenant/plain-change.ts';
import { userAgent } from '../../src/text/version.ts';
import { testCases } from '../support/cases.ts';
import { createTestHttp, post, startTcpServer } from '../support/http.ts';

/** The bytes of an answer: those of a text, or an empty one of a status, or one with that JSON. */
function bytesOf(turn: unknown): string {
  if (typeof turn === 'string') return turn;
  const [status, body] = typeof turn === 'number' ? [turn, ''] : [200, JSON.stringify(turn)];
  return `HTTP/1.1 ${status} x\r\nRetry-After: 0\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

/** A server that answers what it hears with these in turn; a text may end with what is done with the connection. */
async function startTalking(turns: readonly unknown[]) {
  const heard: string[] = [];
  const seen = { connections: 0, port: 0 };
  seen.port = await startTcpServer((socket) => {
    seen.connections++;
    socket.on('data', (data) => {
      const turn = turns[Math.min(heard.push(String(data)), turns.length) - 1];
      const [, text = '', end] = /^(.*?)(END|CLOSE|RESET)?$/s.exec(bytesOf(turn)) ?? [];
      const stop = () => (end === 'CLOSE' ? socket.destroy() : socket.resetAndDestroy());
      if (end === 'END') socket.end(text);
      else if (end === undefined) socket.write(text);
      else if (text === '') stop();
      // What was written is to arrive before the end.
      else socket.write(text, () => setTimeout(stop, 50));
    });
  });
  return { heard, seen };
}

/** What a request ends with at a server, or a proxy, that answers so, and the requests and connections it takes. */
function ending(
  request: Partial<HttpRequest>,
  settings: Partial<NetworkSettings> = {},
  isProxied = false,
) {
  return async (...turns: unknown[]): Promise<unknown> => {
    const { heard, seen } = await startTalking(turns);
    const host = `127.0.0.1:${seen.port}`;
    const origin = isProxied ? 'https://tenant.example.test' : `http://${host}`;
    const proxies = {
      https: isProxied ? `http://jo:hunter22@${host}` : null,
      http: null,
      bypass: null,
    };
    const http = createTestHttp({ pause: async () => {}, proxies, ...settings });
    const end = await http.send(post(origin, { retry: true, ...request })).then(
      ({ status, body }) => [status, body.length > 200 ? `${body.length} units` : body],
      (error: CliError) => {
        expect(inspect(error, { depth: 10, showHidden: true })).not.toMatch(
          /hunter22|am86aHVudGVyMjI/,
        );
        return [`${error.code}: ${error.message}`, error.facts];
      },
    );
    const counts = { requests: heard.length, connections: seen.connections };
    return JSON.parse(JSON.stringify([...end, counts]).replaceAll(origin, 'T'));
  };
}

const changeJudge = plainJudge({ mayHave: 'set the certificate', idempotent: true });
const once = plainJudge({ mayHave: 'deleted the certificate', idempotent: false });

testCases('network/requests', {
  'a request that may be repeated': ending({}),
  'a request that may not be repeated': ending({ retry: false }),
  'a request that a redirect answers': ending({ answersRedirect: true }),
});

testCases('network/changes', {
  'a change that may be repeated': ending({ changeJudge }),
  'a change that may be made once': ending({ changeJudge: once }),
  'a change with half a second': ending({ changeJudge }, { timeout: 500 }),
});

/** The tunnel to an address through a proxy that answers so: what the proxy heard, and what came of it. */
async function tunnel(answer: unknown, user = '', url = 'https://tenant.test/a?b') {
  const { heard, seen } = await startTalking([answer, 'heard again']);
  const proxy = new URL(`http://${user}127.0.0.1:${seen.port}`);
  const { signal } = new AbortController();
  const opened = openTunnel(proxy, new URL(url), { signal });
  const end = await opened.then(
    (socket) => {
      socket.destroy();
      return 'open';
    },
    (error: Error) => {
      expect(error).not.toHaveProperty('code');
      return error instanceof ProxyRefusal ? `refused: ${error.status}` : error.constructor.name;
    },
  );
  return { heard: heard.map((bytes) => bytes.replace(userAgent, 'AGENT')), end };
}

testCases('network/tunnels', {
  'what a proxy is asked, by its user and the address': (user: string, url: string) =>
    tunnel(200, user, url),
  'the tunnel, by the answer of the proxy': async (answer: unknown) => {
    const { end, heard } = await tunnel(answer);
    expect(heard).toHaveLength(1);
    return end;
  },
  'a request through a proxy that answers so': ending({}, {}, true),
});
