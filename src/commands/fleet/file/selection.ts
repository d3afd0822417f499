import { CliError } from '../../../errors/cli-error.ts';
import { nearestName } from '../../../text/phrasing.ts';
import { quoted } from './faults.ts';
import type { Fleet, FleetTenant } from './fleet.ts';
import { type Shard, shardOf } from './shard.ts';

/** Which tenants of a fleet are meant; null: all. */
export interface Selection {
  readonly only: readonly string[] | null;
  /** `KEY=VALUE`; a tenant has to have all of them. */
  readonly label: readonly string[] | null;
  readonly shard: Shard | null;
}

/**
 * The fleet with the tenants that are meant, in the order of the file. A shard may hold none of them.
 * @throws {CliError} usage: a name that the fleet does not have, or labels that no tenant has
 */
export function selectTenants(fleet: Fleet, { only, label, shard }: Selection): Fleet {
  const names = only === null ? null : new Set(only);
  if (names !== null) requireNames(names, fleet);
  const labels = (label ?? []).map(parseLabel);
  const chosen = fleet.tenants.filter(
    (tenant) => (names?.has(tenant.name) ?? true) && labels.every((each) => hasLabel(tenant, each)),
  );
  if (chosen.length === 0 && labels.length > 0)
    throw new CliError(
      'usage',
      `No tenant ${names === null ? '' : 'of --only '}has the label ${(label ?? []).join(' and ')}`,
    );
  const tenants =
    shard === null ? chosen : chosen.filter(({ name }) => shardOf(name, shard.count) === shard.index);
  return { ...fleet, tenants };
}

function requireNames(names: ReadonlySet<string>, { tenants }: Fleet): void {
  const known = new Set(tenants.map(({ name }) => name));
  for (const name of names) {
    if (known.has(name)) continue;
    const near = nearestName(name.slice(0, 100), [...known]);
    const guess = near === undefined ? '' : `; did you mean ${near}?`;
    throw new CliError('usage', `The fleet has no tenant ${quoted(name)}${guess}`);
  }
}

interface Label {
  readonly key: string;
  readonly value: string;
}

function parseLabel(text: string): Label {
  const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined)
    throw new CliError('usage', `--label takes KEY=VALUE, and ${quoted(text)} has no =`);
  return { key, value };
}

function hasLabel({ labels }: FleetTenant, { key, value }: Label): boolean {
  return Object.hasOwn(labels, key) && labels[key] === value;
}
