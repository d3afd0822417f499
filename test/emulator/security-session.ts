import type { Assumptions } from '../../src/emulator/assumptions.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi } from '../support/emulator.ts';
import { postForm, startTenant } from './local-tenant.ts';

/** The envelope of an answer, and its cookies. */
export interface SecurityAnswer {
  readonly status: number;
  readonly success: unknown;
  readonly message: unknown;
  readonly result: Readonly<Record<string, unknown>>;
  readonly cookies: readonly string[];
}

/** A call that needs no session, as the vendor's SDK makes it. */
export async function callSecurity(
  url: string,
  path: string,
  body: object,
  headers: Record<string, string> = { oobidpauth: 'true' },
): Promise<SecurityAnswer> {
  const response = await fetch(`${url}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-idap-native-client': 'true', ...headers },
    body: JSON.stringify(body),
  });
  const envelope = (await response.json()) as Record<string, unknown>;
  return {
    status: response.status,
    success: envelope.success,
    message: envelope.Message,
    result: (envelope.Result ?? {}) as SecurityAnswer['result'],
    cookies: response.headers.getSetCookie(),
  };
}

export function startAuthentication(
  emulator: Emulator,
  user: string,
  changes: Record<string, unknown> = {},
  headers?: Record<string, string>,
): Promise<SecurityAnswer> {
  const body = {
    ...{ User: user, Version: '1.0', PlatformTokenResponse: true },
    ...{ AssociatedEntityType: 'API', MfaRequestor: 'DeviceAgent', ...changes },
  };
  return callSecurity(emulator.url, '/Security/StartAuthentication', body, headers);
}

interface Mechanism {
  readonly Name: string;
  readonly AnswerType: string;
  readonly MechanismId: string;
}

/** A sign-in under way. */
export interface SignIn {
  readonly sessionId: string;
  /** The names of the mechanisms, challenge by challenge. */
  readonly offered: readonly (readonly string[])[];
  mechanismId(name: string): string;
  advance(name: string, action: string, answer?: string): Promise<SecurityAnswer>;
}

export async function beginSignIn(emulator: Emulator, user: string): Promise<SignIn> {
  return signInOf(emulator, (await startAuthentication(emulator, user)).result);
}

/** @param result of a `NewPackage` */
export function signInOf(emulator: Emulator, result: SecurityAnswer['result']): SignIn {
  const challenges = result.Challenges as readonly { Mechanisms: readonly Mechanism[] }[];
  const sessionId = String(result.SessionId);
  const mechanismId = (name: string): string =>
    challenges.flatMap(({ Mechanisms }) => Mechanisms).find(({ Name }) => Name === name)?.MechanismId ?? name;
  return {
    sessionId,
    offered: challenges.map(({ Mechanisms }) => Mechanisms.map(({ Name }) => Name)),
    mechanismId,
    advance: (name, action, answer) =>
      callSecurity(emulator.url, '/Security/AdvanceAuthentication', {
        ...{ TenantId: 'EMU0001', SessionId: sessionId, MechanismId: mechanismId(name), Action: action },
        ...(answer === undefined ? {} : { Answer: answer }),
      }),
  };
}

/** The session of somebody who is asked for a password alone. */
export async function sessionOf(
  emulator: Emulator,
  { user, password }: { readonly user: string; readonly password: string } = emulator.administrator,
): Promise<string> {
  const { result } = await (await beginSignIn(emulator, user)).advance('UP', 'Answer', password);
  return String(result.Token);
}

/** The service user's token, which may look at everybody's phones. */
export async function serviceToken({ url, serviceUser }: Emulator): Promise<string> {
  const { user: client_id, password: client_secret } = serviceUser;
  const grant = { grant_type: 'client_credentials', client_id, client_secret };
  const { body } = await postForm(`${url}/OAuth2/PlatformToken`, grant);
  return String(body.access_token);
}

/** What a call gives that must succeed. */
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

/** What waits on somebody's phone or in their mailbox. */
export async function waitingFor(emulator: Emulator, user: string): Promise<readonly Waiting[]> {
  const all = await resultOf(emulator, await serviceToken(emulator), '/emulator/factors');
  return (all as readonly Waiting[]).filter(({ User }) => User === user);
}

/** A call's `Result`, or the tenant's words where it refuses. */
export type Ask = (path: string, body?: unknown) => Promise<unknown>;

export function askWith(emulator: Emulator, token: string): Ask {
  return async (path, body = {}) => {
    const answer = await callApi(emulator, path, token, body);
    return answer.body.success === true ? answer.body.Result : answer.body.Message;
  };
}

/** A tenant of the test's own, and how its administrator asks it. */
export async function administered(assumptions: Partial<Assumptions> = {}) {
  const emulator = await startTenant({ assumptions });
  const token = await sessionOf(emulator);
  return { emulator, token, ask: askWith(emulator, token) };
}

export const notFound = 'The requested data or its dependent data was not found in the service.';
export const forbidden = {
  success: false,
  MessageID: '_I18N_System.UnauthorizedAccessException',
  Message: 'You are not authorized to perform this operation. Please contact your IT helpdesk.',
};
