import type { Environment } from '../context.ts';
import type { Destination } from '../errors/hint.ts';
import { table } from './table.ts';
import { variable } from './values.ts';

/** The options of a command line that decide where it goes. */
export interface GivenDestination {
  readonly tenant: string | undefined;
  readonly profile: string | undefined;
  readonly appId: string | undefined;
  readonly clientId: string | undefined;
}

/**
 * Where a command goes, as far as its options and variables say. What the profile says is
 * left out: a command in a hint finds it there. The IDs of the application count as
 * options alone: a pipeline's variables belong to its service user.
 */
export function destinationOf(given: GivenDestination, env: Environment): Destination {
  const tenant = given.tenant ?? variable(env, table.tenant.variable) ?? null;
  return {
    tenant: tenant === null ? null : addressIn(tenant),
    profile: given.profile ?? variable(env, table.profile.variable) ?? null,
    appId: given.appId ?? null,
    clientId: given.clientId ?? null,
  };
}

/**
 * The address without the query and the fragment of a browser; null: a part of it may be
 * a secret.
 */
function addressIn(tenant: string): string | null {
  if (tenant.includes('@')) return null;
  const [address = ''] = tenant.split(/[?#]/, 1);
  return address === '' ? null : address;
}
