import { expect, test } from 'vitest';
import { formatShard, parseShard, selectTenants, shardOf } from '../../../src/commands/fleet/file/fleet.ts';
import { readFleet } from '../../../src/commands/fleet/file/read-fleet.ts';
import { generatedFleet } from './generated-fleet.ts';

const labels = ['region: eu, ring: canary', 'region: eu, ring: late', 'region: us, ring: late', ''];
const tenants = labels.map(
  (words, index) =>
    `  tenant-${index}: { tenant: t${index}.example, certificate: a, sign-in: { profile: p }, labels: { ${words} } }`,
);
const text = ['version: 1', 'certificates: { a: { p12: a } }', 'tenants:', ...tenants].join('\n');
const fleet = readFleet(text, { file: 'f', directory: '/' });
const all = { only: null, label: null, shard: null };

function selected(selection: Partial<Parameters<typeof selectTenants>[1]>): readonly string[] {
  return selectTenants(fleet, { ...all, ...selection }).tenants.map(({ name }) => name);
}

test('names select in the order of the file; labels have to fit all', () => {
  expect(selected({})).toHaveLength(4);
  expect(selected({ only: ['tenant-2', 'tenant-0', 'tenant-2'] })).toEqual(['tenant-0', 'tenant-2']);
  expect(selected({ label: ['region=eu'] })).toEqual(['tenant-0', 'tenant-1']);
  expect(selected({ label: ['region=eu', 'ring=late'] })).toEqual(['tenant-1']);
  expect(selected({ only: ['tenant-1', 'tenant-2'], label: ['region=us'] })).toEqual(['tenant-2']);
});

test('a name or a label that selects nothing is a mistake; an empty shard is none', () => {
  expect(() => selected({ only: ['tenant'] })).toThrow('The fleet has no tenant "tenant"');
  expect(() => selected({ only: ['tenent-1', 'tenant-1'] })).toThrow('no tenant "tenent-1"');
  expect(() => selected({ only: ['x\u001b[31m'] })).toThrow('no tenant "x\\u001b[31m"');
  expect(() => selected({ label: ['ring=lat'] })).toThrow('No tenant has the label ring=lat');
  expect(() => selected({ label: ['toString=x'] })).toThrow('No tenant has the label');
  expect(() => selected({ label: ['ring'] })).toThrow('--label takes KEY=VALUE');
  expect(() => selected({ only: ['tenant-3'], label: ['ring=late'] })).toThrow('No tenant of --only has');
  const another = (shardOf('tenant-0', 9) + 1) % 9;
  expect(selected({ only: ['tenant-0'], shard: { index: another, count: 9 } })).toEqual([]);
});

test('a mistyped name is guessed', () => {
  const named = readFleet(text.replace('tenant-0', 'acme'), { file: 'f', directory: '/' });
  expect(() => selectTenants(named, { ...all, only: ['acne'] })).toThrow('did you mean acme?');
});

test('ten shards of 10,000 tenants are disjoint, complete and even, and adding a tenant moves none', () => {
  const names = Array.from({ length: 10_000 }, (_, index) => `tenant-${index}`);
  const shards = Array.from({ length: 10 }, (_, index) =>
    names.filter((name) => shardOf(name, 10) === index),
  );
  expect(shards.flat().sort()).toEqual([...names].sort());
  const sizes = shards.map(({ length }) => length);
  expect(Math.max(...sizes) / Math.min(...sizes)).toBeLessThan(1.15);
  const big = readFleet(generatedFleet(200), { file: 'f', directory: '/' });
  const fewer = readFleet(generatedFleet(199), { file: 'f', directory: '/' });
  for (const index of [0, 1, 2]) {
    const shard = { index, count: 3 };
    const namesOf = (each: typeof big) =>
      selectTenants(each, { ...all, shard }).tenants.map(({ name }) => name);
    expect(namesOf(big).filter((name) => name !== 'tenant-199')).toEqual(namesOf(fewer));
  }
});

test('the shard of a name is the same in every version', () => {
  // As sha256sum begins: 822b33ad87c1, 4cdc1a4207f4 and 2974744982f0.
  expect(['acme', 'initech', 'umbrella'].map((name) => shardOf(name, 1000))).toEqual([105, 124, 856]);
});

test('a shard is I/N with I from 0 on', () => {
  expect(parseShard('0/10', 'no shard')).toEqual({ index: 0, count: 10 });
  expect(formatShard(parseShard('3/10', 'no shard'))).toBe('3/10');
  for (const wrong of [
    '10/10',
    '1',
    '/',
    '1/',
    '/2',
    '-1/2',
    '1/0',
    '0/0',
    '0/100001',
    '1.0/2',
    '1/2/3',
    ' 1/2',
  ])
    expect(() => parseShard(wrong, 'no shard')).toThrow('no shard');
});
