import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { type Misbehaving, refuse, startFleet, trusting } from '../fleet.ts';
import { type AssertionVerb, expectThat, type StepVerb } from './verbs.ts';
import type { World } from './world.ts';

type Fleet = Awaited<ReturnType<typeof startFleet>>;

/** The fleet of a story, with what its tenants do in place of an answer: `t1`, or `all`. */
interface StoryFleet {
  readonly fleet: Fleet;
  readonly faults: Map<string, Misbehaving>;
}

const fleets = new WeakMap<World, StoryFleet>();

function fleetOf(world: World): StoryFleet {
  const fleet = fleets.get(world);
  if (fleet === undefined) throw new Error('no step has made a fleet: `fleet of N`');
  return fleet;
}

/** `refuses CALL`, `drops CALL`, `forgets CALL` (it never answers), `answers STATUS`. */
function faultOf(verb: string, word: string): Misbehaving {
  return (call, response) => {
    if (verb !== 'answers' && call !== word) return false;
    if (verb === 'forgets') return true;
    if (verb === 'drops') response.destroy();
    else if (verb === 'answers') response.writeHead(Number(word)).end();
    else if (call === 'token') response.writeHead(400).end('{"error":"invalid_client"}');
    else refuse(response);
    return true;
  };
}

/** A tenant that tells the topics that it holds, and the key set last, if it has one. */
function tell(url: string, response: ServerResponse, holds: ReadonlyMap<string, string>): true {
  const key = new URL(url, 'http://tenant').searchParams.get('key') ?? '';
  const latest = holds.get('latest') ?? [...holds.keys()].at(-1) ?? null;
  const isLatest = key === 'Mobile.IosCustomApp.ClientAppKey';
  const Result = isLatest ? latest : (holds.get(key.replace('_APNSTopic', '')) ?? null);
  const body = JSON.stringify({ success: true, Result });
  response.setHeader('content-type', 'application/json').end(body);
  return true;
}

async function openFleet(world: World, count: number, words: readonly string[]): Promise<void> {
  const faults = new Map<string, Misbehaving>();
  const order: string[] = [];
  const fleet: Fleet = await startFleet(count, {
    directory: world.directory,
    tls: (number) => words.includes('tls') && number !== 2,
    misbehaving: (number) => (url, response, request) => {
      const call = /^\/(Core\/Get)?TenantConfig/.test(url) ? 'ask' : url;
      order.push(`t${number} ${call}`);
      const fault = faults.get(`t${number}`) ?? faults.get('all');
      if (fault?.(call, response, request)) return true;
      const holds = fleet.tenants[number - 1]?.holds;
      return call === 'ask' && words.includes('telling') && holds !== undefined
        ? tell(url, response, holds)
        : false;
    },
  });
  fleets.set(world, { fleet, faults });
  world.listeners.push({ name: '', requests: () => order });
  for (const index of fleet.tenants.keys())
    world.names.set(`T${index + 1}`, originOf(fleet, index));
  world.variables.set('APP_PASSWORD', 'secret');
  world.variables.set('CI_SECRET', 'the-secret-of-the-pipeline');
  const file = join(world.directory, 'mfa-fleet.yaml');
  world.variablesFor.push((argv) =>
    argv[0] === 'fleet' && existsSync(file) ? trusting(file) : {},
  );
  world.rules.push(() => expectNoForeignToken(fleet));
}

const originOf = ({ file }: Fleet, index: number): string => {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/tenant: "([^"]*)"/g)][index]?.[1] ?? '';
};

/** Each tenant sees its own session alone. */
function expectNoForeignToken({ tenants }: Fleet): void {
  for (const { name, bytes } of tenants) {
    const foreign = bytes.join('\n').replaceAll(`token-of-${name}-`, '');
    if (foreign.includes('token-of-')) throw new Error(`${name} has seen another's token`);
  }
}

export const fleetSteps: readonly StepVerb[] = [
  {
    form: 'fleet of N [tls] [telling]',
    pattern: /^fleet of (?<count>\d+)(?<words>(?: (?:tls|telling))*)$/,
    step: (world, { count, words = '' }) => openFleet(world, Number(count), words.split(' ')),
  },
  {
    form: 't1 refuses set | drops delete | forgets token | answers 401',
    pattern: /^(?<name>t\d+|all) (?<verb>refuses?|drops?|forgets?|answers?) (?<word>\w+)$/,
    step: (world, { name = '', verb = '', word = '' }) => {
      fleetOf(world).faults.set(name, faultOf(verb.replace(/s?$/, 's'), word));
    },
  },
  {
    form: 't1 recovers',
    pattern: /^(?<name>t\d+|all) recovers?$/,
    step: (world, { name = '' }) => {
      fleetOf(world).faults.delete(name);
    },
  },
  {
    form: 't1 has KEY [topic TOPIC]',
    pattern: /^t(?<number>\d+) has (?<key>\S+)(?: topic (?<topic>\S+))?$/,
    step: (world, { number, key = '', topic = key }) => {
      fleetOf(world).fleet.tenants[Number(number) - 1]?.holds.set(key, topic);
    },
  },
];

export const fleetAssertions: readonly AssertionVerb[] = [
  {
    form: 't1 holds KEY [topic TOPIC]',
    pattern: /^t(?<number>\d+) holds (?<key>\S+)(?: topic (?<topic>\S+))?$/,
    assert: (world, { number, key = '', topic }) => {
      const holds = fleetOf(world).fleet.tenants[Number(number) - 1]?.holds ?? new Map();
      const seen = [...holds].map((entry) => entry.join(' topic ')).join(', ') || 'nothing';
      if (key === 'nothing') return expectThat(holds.size === 0, 'nothing', seen);
      const isHeld = holds.has(key) && (topic === undefined || holds.get(key) === topic);
      expectThat(isHeld, `${key}${topic === undefined ? '' : ` topic ${topic}`}`, seen);
    },
  },
];
