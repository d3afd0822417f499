import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi } from '../support/emulator.ts';
import { postForm } from './local-tenant.ts';

/** The session of somebody who is asked for a password alone. */
export async function sessionOf(
  emulator: Emulator,
  { user, password }: { readonly user: string; readonly password: string } = emulator.administrator,
): Promise<string> {
  const begun = await callApi(emulator, '/Security/StartAuthentication', '', {
    User: user,
    Version: '1.0',
  });
  const { SessionId, Challenges } = begun.body.Result as {
    SessionId: string;
    Challenges: readonly { Mechanisms: readonly { MechanismId: string }[] }[];
  };
  const MechanismId = Challenges[0]?.Mechanisms[0]?.MechanismId;
  const answer = { SessionId, MechanismId, Action: 'Answer', Answer: password };
  const ended = await callApi(emulator, '/Security/AdvanceAuthentication', '', answer);
  return String((ended.body.Result as Record<string, unknown>).Token);
}

/** The service user's platform token, which may look at everybody's phones. */
export async function serviceToken({ url, serviceUser }: Emulator): Promise<string> {
  const { user: client_id, password: client_secret } = serviceUser;
  const grant = { grant_type: 'client_credentials', client_id, client_secret };
  const { body } = await postForm(`${url}/OAuth2/PlatformToken`, grant);
  return String(body.access_token);
}

/** The result of a call that must succeed. */
export async function resultOf(
  emulator: Emulator,
  token: string,
  path: string,
  body: unknown = {},
): Promise<unknown> {
  const answer = await callApi(emulator, path, token, body);
  if (answer.body.success !== true) throw new Error(`${path}: ${JSON.stringify(answer)}`);
  return answer.body.Result;
}

interface Waiting {
  readonly User: string;
  readonly Mechanism: string;
  readonly Code: string | null;
}

/** The requests that wait on somebody's phone or in their mailbox. */
export async function waitingFor(emulator: Emulator, user: string): Promise<readonly Waiting[]> {
  const all = await resultOf(emulator, await serviceToken(emulator), '/emulator/factors');
  return (all as readonly Waiting[]).filter(({ User }) => User === user);
}
