import * as v from 'valibot';
import { readAnswer, text } from '../answer.ts';
import type { TenantClient } from '../client.ts';

const whoAmIMembers = v.object({ User: text });

/**
 * `POST /Security/WhoAmI`: the signed-in user's name, or null if the tenant does not say.
 * @throws {CliError} as TenantClient.call
 */
export async function whoAmI(client: TenantClient): Promise<string | null> {
  return readAnswer(whoAmIMembers, await client.call('/Security/WhoAmI', {})).User;
}

/**
 * `POST /Security/Logout`: ends the session.
 * @param retry whether a failed attempt is repeated
 * @returns whether the tenant confirmed it
 * @throws {CliError} as TenantClient.send
 */
export async function logout(client: Pick<TenantClient, 'send'>, retry: boolean): Promise<boolean> {
  const answer = await client.send({
    method: 'POST',
    path: '/Security/Logout',
    body: '{}',
    retry,
  });
  return answer.status <= 299;
}
