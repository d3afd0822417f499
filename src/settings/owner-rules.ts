import type { Environment } from '../context.ts';
import type { OwnerRules } from '../programs/owners.ts';
import { isOn } from '../text/switch.ts';
import { table } from './table.ts';
import { variable } from './values.ts';

/** Whose programs of this machine count as this user's. */
export function ownerRulesOf(env: Environment): OwnerRules {
  const user = variable(env, table['sudo-user'].variable) ?? '';
  return {
    sudoUser: /^\d{1,10}$/.test(user) ? Number(user) : null,
    acceptsUnknown: isOn(variable(env, table['unknown-peers'].variable)),
  };
}
