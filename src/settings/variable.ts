import type { Environment } from '../context.ts';

export const ownPrefix = 'MFA_CLI_';

/** The value of a variable. An empty one counts as unset. */
export function variable(env: Environment, name: string): string | undefined {
  const value = env[name];
  return value === '' ? undefined : value;
}
