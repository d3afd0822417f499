import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { freePort } from '../../../scripts/free-port.mjs';
import { p12Path } from '../fixtures.ts';
import { readBody, startTcpServer } from '../http.ts';
import { expanded } from './run-command.ts';
import type { StepVerb } from './verbs.ts';
import type { World } from './world.ts';

/** What a server does with a request. */
type Deed = (response: ServerResponse, socket: Socket) => void;

/** What a server does, with which requests. */
interface Rule {
  /** A part of the path; empty: every request. */
  readonly path: string;
  readonly deed: Deed;
  /** It stops before the request, or within it: its body is not read. */
  readonly unread?: 'connection' | 'body';
}

const success = '{"success":true,"Result":null}';
const unframed = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n';
const framed = `${unframed}Content-Length: ${success.length}\r\n\r\n`;

/** Where a server stops: it closes the connection after so much of the request, or of its answer. */
const stops: Readonly<Record<string, Omit<Rule, 'path'>>> = {
  'before the request': {
    unread: 'connection',
    deed: (_response, socket) => void socket.resetAndDestroy(),
  },
  'within the request': { unread: 'body', deed: (_response, socket) => void socket.destroy() },
  'after the request': { deed: (_response, socket) => void socket.destroy() },
  'within the head': { deed: (_response, socket) => void socket.end(framed.slice(0, 30)) },
  'after the head': { deed: (_response, socket) => void socket.end(framed) },
  'within the body': {
    deed: (_response, socket) => void socket.end(framed + success.slice(0, 9)),
  },
  'within a body without a length': {
    deed: (_response, socket) => void socket.end(`${unframed}\r\n${success.slice(0, 9)}`),
  },
};

interface StoryServer {
  readonly rules: Rule[];
  readonly received: string[];
}

const servers = new WeakMap<World, StoryServer>();

/** Opens the server in the place of a tenant, `$SERVER`, at the first of these steps. */
async function serverOf(world: World): Promise<StoryServer> {
  const known = servers.get(world);
  if (known !== undefined) return known;
  const server: StoryServer = { rules: [], received: [] };
  servers.set(world, server);
  const http = createServer((request, response) => serve(server, request, response));
  const port = await startTcpServer((socket) => {
    const last = server.rules.at(-1);
    if (last?.unread !== 'connection') return void http.emit('connection', socket);
    server.received.push('(unread)');
    // Once the request is on its way.
    socket.once('readable', () => socket.resetAndDestroy());
  });
  const origin = `http://127.0.0.1:${port}`;
  world.names.set('SERVER', origin);
  world.variables.set('MFA_CLI_TENANT', origin);
  world.variables.set('MFA_CLI_TOKEN', 'an-opaque-token');
  world.listeners.push({ name: '', requests: () => server.received });
  return server;
}

/** The fixtures as a request holds them, by their names. */
let fixtures: ReadonlyMap<string, string> | null = null;

function readFixtures(): ReadonlyMap<string, string> {
  const folder = p12Path('').slice(0, -'.p12'.length);
  const files = readdirSync(folder).filter((file) => file.endsWith('.p12'));
  return new Map(
    files.map((file) => [
      readFileSync(`${folder}/${file}`).toString('base64'),
      `%${file.slice(0, -'.p12'.length)}`,
    ]),
  );
}

/** A request with `%NAME` in the place of the bytes of a fixture, in JSON, a form or a query. */
function withFixtures(request: string): string {
  return request.replaceAll(/(?<=["=])(?:[a-z\d+/]|%2[BF]){400,}(?:=|%3D)*/gi, (bytes) => {
    fixtures ??= readFixtures();
    return fixtures.get(decodeURIComponent(bytes)) ?? bytes;
  });
}

/** Reads a request, unless its rule stops before that, and does what the last rule for it says. */
async function serve(
  { rules, received }: StoryServer,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { url: path = '', headers, socket } = request;
  const words = `${path} ${headers['content-type'] ?? ''}`.trim();
  const rule = rules.findLast((each) => words.includes(each.path));
  if (rule?.unread === undefined) {
    const body = (await readBody(request)).toString();
    received.push(withFixtures(`${words} ${body}`.trim()));
  } else {
    received.push(withFixtures(words));
  }
  if (rule === undefined) response.writeHead(404).end();
  else rule.deed(response, socket);
}

export const serverSteps: readonly StepVerb[] = [
  {
    form: 'server answers [PATH with] STATUS [HEADERS] [BODY]',
    pattern:
      /^server answers (?:(?<path>\S+) with )?(?<status>\d{3})(?: headers (?<headers>\{.*?\}))?(?: (?<text>.+))?$/,
    step: async (world, { path = '', status, headers, text }, { body }) => {
      const server = await serverOf(world);
      const answer = body ?? expanded(text ?? '', world);
      const fields = headers === undefined ? {} : JSON.parse(headers);
      server.rules.push({
        path,
        deed: (response) => void response.writeHead(Number(status), fields).end(answer),
      });
    },
  },
  {
    form: 'server is silent [at PATH]',
    pattern: /^server is silent(?: at (?<path>\S+))?$/,
    step: async (world, { path = '' }) => {
      const server = await serverOf(world);
      server.rules.push({ path, deed: () => {} });
    },
  },
  {
    form: 'server stops WHERE [at PATH]',
    pattern: /^server stops (?<where>(?:before|within|after) .+?)(?: at (?<path>\S+))?$/,
    step: async (world, { where = '', path = '' }) => {
      const stop = stops[where];
      if (stop === undefined)
        throw new Error(`a server stops ${Object.keys(stops).join(', ')}; not ${where}`);
      const server = await serverOf(world);
      server.rules.push({ path, ...stop });
    },
  },
  {
    form: 'nobody listens',
    pattern: /^nobody listens$/,
    step: async (world) => {
      const origin = `http://127.0.0.1:${await freePort()}`;
      world.names.set('SERVER', origin);
      world.variables.set('MFA_CLI_TENANT', origin);
      world.variables.set('MFA_CLI_TOKEN', 'an-opaque-token');
    },
  },
];
