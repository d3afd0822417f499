import * as v from 'valibot';
import { members } from '../text/json.ts';
import type { TenantClient } from './client.ts';

const named = members({ User: v.pipe(v.string(), v.nonEmpty()) });

/** `POST /Security/WhoAmI`: the signed-in user's name, or null if the tenant does not say. */
export async function whoAmI(client: TenantClient): Promise<string | null> {
  const result = await client.call('/Security/WhoAmI', {});
  const read = v.safeParse(named, result);
  return read.success ? read.output.User : null;
}
