import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { type RecordedKey, recordIn } from '../fleet-record.ts';
import { fleetTenantOf } from './fleet-world.ts';
import { partAt, readValue } from './json-path.ts';
import { expanded, shown } from './run-command.ts';
import { type AssertionVerb, expectThat } from './verbs.ts';
import type { World } from './world.ts';

/** The keys on record; empty where nothing was recorded. */
function recordOf({ directory }: World): { readonly tenants: readonly RecordedKey[] } {
  const at = (name: string): string => resolve(directory, name);
  return { tenants: recordIn(at('mfa-fleet.ledger.jsonl'), at('mfa-fleet.yaml')) };
}

/** `topic TOPIC`, `file FILE` and `password PASSWORD` of what the tenant was given for a key last. */
function expectPart(given: Readonly<Record<string, string>>, part: string, world: World): void {
  const [, name = '', value = ''] = /^(\w+) (.*)$/.exec(part) ?? [];
  if (name === 'file') {
    const bytes = readFileSync(resolve(world.directory, expanded(value, world)));
    const isSame = given.APNSCert === bytes.toString('base64');
    expectThat(isSame, `exactly the bytes of ${value}`, 'other bytes');
    return;
  }
  const seen = { topic: given.APNSTopic, password: given.APNSPass }[name];
  expectThat(seen === value, part, String(seen));
}

export const fleetAssertions: readonly AssertionVerb[] = [
  {
    form: 't1 holds KEY: file FILE, topic TOPIC, password TEXT',
    pattern: /^t(?<number>\d+) holds (?<key>[^\s:]+)(?:: (?<parts>.+))?$/,
    assert: (world, { number, key = '', parts = '' }) => {
      const { holds, sets } = fleetTenantOf(world, number);
      const seen = [...holds.keys()].join(', ') || 'nothing';
      if (key === 'nothing') return expectThat(holds.size === 0, 'nothing', seen);
      expectThat(holds.has(key), `a certificate for ${key}`, seen);
      for (const part of parts.split(', ').filter(Boolean)) {
        expectPart(sets.get(key) ?? {}, part, world);
      }
    },
  },
  {
    form: 't1 lacks KEY',
    pattern: /^t(?<number>\d+) lacks (?<key>\S+)$/,
    assert: (world, { number, key = '' }) => {
      const { holds } = fleetTenantOf(world, number);
      expectThat(!holds.has(key), `no certificate for ${key}`, [...holds.keys()].join(', '));
    },
  },
  {
    form: 'on record NAME STATE, NAME STATE',
    pattern: /^on record (?<list>.+)$/,
    assert: (world, { list = '' }) => {
      const { tenants } = recordOf(world);
      const seen = tenants.map(({ name, state }) => `${name} ${state}`).join(', ') || 'nothing';
      expectThat(seen === list, `on record: ${list}`, seen);
    },
  },
  {
    form: 'record PATH is VALUE',
    pattern: /^record (?<path>\.\S+) is (?<value>.+)$/,
    assert: (world, { path = '', value = '' }) => {
      const seen = partAt(JSON.parse(shown(JSON.stringify(recordOf(world)), world)), path);
      const isAbsent = value === 'absent' && seen === undefined;
      const holds = isAbsent || isDeepStrictEqual(seen, readValue(value));
      expectThat(holds, `${path} is ${value}`, JSON.stringify(seen) ?? 'absent');
    },
  },
];
