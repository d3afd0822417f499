import type { TenantClient } from './client.ts';

/** `POST /Security/WhoAmI`: the name of the signed-in user, or null where the tenant does not name one. */
export async function whoAmI(client: TenantClient): Promise<string | null> {
  const result = await client.call('/Security/WhoAmI', {});
  if (typeof result !== 'object' || result === null) return null;
  const { User } = result as { User?: unknown };
  return typeof User === 'string' && User !== '' ? User : null;
}
