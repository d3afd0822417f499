import { appendFileSync } from 'node:fs';
import { encodeLine, type LedgerLine } from '../../../src/change/ledger-line.ts';
import { type Misbehaving, refuse } from '../fleet.ts';
import { setLine } from '../fleet-status.ts';
import {
  declareCertificate,
  declareTenant,
  fleetOf,
  fleetTenantOf,
  openFleet,
} from './fleet-world.ts';
import { expanded } from './run-command.ts';
import type { StepVerb } from './verbs.ts';
import type { World } from './world.ts';

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

/** A line of the record that an earlier `fleet apply` of this fleet has left. */
function putOnRecord(world: World, number: string, line: Partial<LedgerLine>): void {
  const { record } = fleetOf(world).fleet;
  const tenant = world.names.get(`T${number}`) ?? '';
  appendFileSync(record, encodeLine(setLine('', 400, { ...line, tenant })));
}

export const fleetSteps: readonly StepVerb[] = [
  {
    form: 'fleet of N [tls] [telling]',
    pattern: /^fleet of (?<count>\d+)(?<words>(?: (?:tls|telling))*)$/,
    step: (world, { count, words = '' }) => openFleet(world, Number(count), words.split(' ')),
  },
  {
    form: 'declare certificate NAME: FIELDS',
    pattern: /^declare certificate (?<name>\w+): (?<fields>.+)$/,
    step: (world, { name = '', fields = '' }) =>
      declareCertificate(world, name, expanded(fields, world)),
  },
  {
    form: 'declare NAME [at t1]: FIELDS',
    pattern: /^declare (?<name>\w+)(?: at t(?<number>\d+))?: (?<fields>.+)$/,
    step: (world, { name = '', number, fields = '' }) =>
      declareTenant(world, name, number, expanded(fields, world)),
  },
  {
    form: 'declare no NAME',
    pattern: /^declare no (?<name>\w+)$/,
    step: (world, { name = '' }) => declareTenant(world, name, undefined, null),
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
    form: 't1 has KEY [topic TOPIC] [on record since DATE]',
    pattern:
      /^t(?<number>\d+) has (?<key>\S+)(?: topic (?<topic>\S+))?(?: on record since (?<day>\S+))?$/,
    step: (world, { number = '', key = '', topic = key, day }) => {
      fleetTenantOf(world, number).holds.set(key, topic);
      if (day === undefined) return;
      putOnRecord(world, number, { clientAppKey: key, topic, at: `${day}T00:00:00.000Z` });
    },
  },
  {
    form: 'record t1: {JSON}',
    pattern: /^record t(?<number>\d+): (?<members>\{.+\})$/,
    step: (world, { number = '', members = '' }) =>
      putOnRecord(world, number, JSON.parse(expanded(members, world))),
  },
  {
    form: 't1 loses KEY',
    pattern: /^t(?<number>\d+) loses (?<key>\S+)$/,
    step: (world, { number, key = '' }) => {
      fleetTenantOf(world, number).holds.delete(key);
    },
  },
  {
    form: 't1 pushes to KEY',
    pattern: /^t(?<number>\d+) pushes to (?<key>\S+)$/,
    step: (world, { number, key = '' }) => {
      fleetTenantOf(world, number).holds.set('latest', key);
    },
  },
];
