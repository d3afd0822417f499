import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { serverCa } from '../apns.ts';
import { type Misbehaving, startFleet, type TestFleet, trusting } from '../fleet.ts';
import type { World } from './world.ts';

export type FleetTenantServer = TestFleet['tenants'][number];

/** The fleet of a story, with what its tenants do in place of an answer: `t1`, or `all`. */
interface StoryFleet {
  readonly fleet: TestFleet;
  readonly faults: Map<string, Misbehaving>;
}

const fleets = new WeakMap<World, StoryFleet>();

/** @throws where no step has made a fleet */
export function fleetOf(world: World): StoryFleet {
  const fleet = fleets.get(world);
  if (fleet === undefined) throw new Error('no step has made a fleet: `fleet of N`');
  return fleet;
}

/** The tenant of that number. @throws where the fleet has fewer */
export function fleetTenantOf(world: World, number = ''): FleetTenantServer {
  const tenant = fleetOf(world).fleet.tenants[Number(number) - 1];
  if (tenant === undefined) throw new Error(`the fleet has no tenant t${number}`);
  return tenant;
}

/** Starts the tenants, and writes `mfa-fleet.yaml`, which the machine trusts as it is at each command. */
export async function openFleet(
  world: World,
  count: number,
  words: readonly string[],
): Promise<void> {
  const faults = new Map<string, Misbehaving>();
  const order: string[] = [];
  const fleet: TestFleet = await startFleet(count, {
    directory: world.directory,
    tls: (number) => words.includes('tls') && number !== 2,
    misbehaving: (number) => (url, response, request) => {
      const call = /^\/(Core\/Get)?TenantConfig/.test(url) ? 'ask' : url;
      order.push(`t${number} ${call}`);
      const fault = faults.get(`t${number}`) ?? faults.get('all');
      if (fault?.(call, response, request)) return true;
      const holds = fleet.tenants[number - 1]?.holds;
      const tells = call === 'ask' && words.includes('telling') && holds !== undefined;
      return tells ? tell(url, response, holds) : false;
    },
  });
  fleets.set(world, { fleet, faults });
  world.listeners.push({ name: '', requests: () => order });
  for (const [index, origin] of originsIn(fleet.file).entries()) {
    world.names.set(`T${index + 1}`, origin);
  }
  world.names.set('CA', serverCa);
  world.variables.set('APP_PASSWORD', 'secret');
  world.variables.set('CI_SECRET', secretOfPipeline);
  world.variablesFor.push((argv) =>
    argv[0] === 'fleet' && existsSync(fleet.file) ? trusting(fleet.file) : {},
  );
  world.rules.push(() => {
    expectNoForeignToken(fleet);
    expectNothingTold(world);
  });
}

const secretOfPipeline = 'the-secret-of-the-pipeline';

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

const originsIn = (file: string): readonly string[] =>
  [...readFileSync(file, 'utf8').matchAll(/tenant: "([^"]*)"/g)].map(([, origin = '']) => origin);

/** Each tenant sees its own session alone. */
function expectNoForeignToken({ tenants }: TestFleet): void {
  for (const { name, bytes } of tenants) {
    const foreign = bytes.join('\n').replaceAll(`token-of-${name}-`, '');
    if (foreign.includes('token-of-')) throw new Error(`${name} has seen another's token`);
  }
}

/** Neither a token nor the secret of the sign-in is on a stream or on record. */
function expectNothingTold({ directory, ended }: World): void {
  const record = join(directory, 'mfa-fleet.ledger.jsonl');
  const recorded = existsSync(record) ? readFileSync(record, 'utf8') : '';
  const told = `${ended?.stdout}${ended?.stderr}${recorded}`;
  for (const secret of ['token-of-', secretOfPipeline]) {
    if (told.includes(secret)) throw new Error(`a secret is shown or on record: ${secret}`);
  }
}

/** Replaces the line of a tenant in the fleet file, adds it at the end, or takes it away. */
export function declareTenant(
  world: World,
  name: string,
  number: string | undefined,
  fields: string | null,
): void {
  const { fleet } = fleetOf(world);
  const text = readFileSync(fleet.file, 'utf8');
  const line = new RegExp(`^  ${name}: .*\\n`, 'm');
  const before = line.exec(text)?.[0];
  if (fields === null && before === undefined) throw new Error(`the file has no ${name}`);
  const known = before?.match(/tenant: "(.*?)"/)?.[1];
  const origin = number === undefined ? known : world.names.get(`T${number}`);
  if (origin === undefined)
    throw new Error(`at which tenant is ${name}: \`declare ${name} at t1\``);
  const usual = `sign-in: { client-id: ci@${name}, client-secret: { env: CI_SECRET } }`;
  const signIn = fields?.includes('sign-in:') ? '' : `, ${usual}`;
  const now = fields === null ? '' : `  ${name}: { tenant: "${origin}", ${fields}${signIn} }\n`;
  const whole = before === undefined ? `${text}${now}` : text.replace(line, () => now);
  writeFileSync(fleet.file, whole);
}

export function declareCertificate(world: World, name: string, fields: string): void {
  const { file } = fleetOf(world).fleet;
  const text = readFileSync(file, 'utf8');
  const certificates = 'certificates:\n';
  writeFileSync(
    file,
    text.replace(certificates, () => `${certificates}  ${name}: { ${fields} }\n`),
  );
}
