import type { RequestListener } from 'node:http';
import { freePort } from '../../../scripts/free-port.mjs';
import { readBody, startAnswering } from '../http.ts';
import type { StepVerb } from './verbs.ts';
import type { World } from './world.ts';

/** What a server answers, to which requests. */
interface Rule {
  /** A part of the path; empty: every request. */
  readonly path: string;
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Null: it never answers. */
  readonly body: string | null;
}

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
  const listener: RequestListener = async (request, response) => {
    const path = request.url ?? '';
    const type = request.headers['content-type'] ?? '';
    const body = (await readBody(request)).toString();
    server.received.push(`${path} ${type} ${body}`.trim());
    const rule = server.rules.findLast((each) => `${path} ${type}`.includes(each.path));
    if (rule === undefined) response.writeHead(404).end();
    else if (rule.body !== null) response.writeHead(rule.status, rule.headers).end(rule.body);
  };
  const origin = await startAnswering(listener);
  world.names.set('SERVER', origin);
  world.variables.set('MFA_CLI_TENANT', origin);
  world.variables.set('MFA_CLI_TOKEN', 'an-opaque-token');
  world.listeners.push({ name: '', requests: () => server.received });
  return server;
}

export const serverSteps: readonly StepVerb[] = [
  {
    form: 'server answers [PATH with] STATUS [HEADERS] [BODY]',
    pattern:
      /^server answers (?:(?<path>\S+) with )?(?<status>\d{3})(?: headers (?<headers>\{.*?\}))?(?: (?<text>.+))?$/,
    step: async (world, { path = '', status, headers, text }, { body }) => {
      const server = await serverOf(world);
      server.rules.push({
        path,
        status: Number(status),
        headers: headers === undefined ? {} : JSON.parse(headers),
        body: body ?? text ?? '',
      });
    },
  },
  {
    form: 'server is silent [at PATH]',
    pattern: /^server is silent(?: at (?<path>\S+))?$/,
    step: async (world, { path = '' }) => {
      const server = await serverOf(world);
      server.rules.push({ path, status: 0, headers: {}, body: null });
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
