import type { Http } from '../../network/http.ts';
import type { Secret } from '../../text/secret.ts';
import { readEnvelope } from '../envelope.ts';
import { type FactorAnswer, readFactorAnswer } from './factor-answer.ts';

/** The tenant and what was typed at it. */
export interface FactorHost {
  readonly tenant: string;
  /** Typed texts so far, masked in the tenant's words. */
  readonly typed: Secret[];
}

/** A sign-in in progress at one host. */
export interface FactorSession extends FactorHost {
  readonly sessionId: string;
  readonly tenantId: string | null;
}

/** An action on a mechanism. */
export interface Advance {
  readonly action: 'StartOOB' | 'Poll' | 'Answer';
  readonly answer?: Secret;
}

/**
 * `POST /Security/StartAuthentication`: starts a sign-in.
 * @throws {CliError} what Http throws, rate-limited, tenant-forbidden, tenant-refused,
 *   tenant-unreachable, tenant-not-json
 */
export function startAuthentication(
  at: FactorHost,
  user: string,
  http: Http,
): Promise<FactorAnswer> {
  return post(at, '/Security/StartAuthentication', http, {
    User: user,
    Version: '1.0',
    PlatformTokenResponse: true,
    AssociatedEntityType: 'API',
    MfaRequestor: 'DeviceAgent',
  });
}

/**
 * `POST /Security/AdvanceAuthentication`: continues with one mechanism.
 * @throws {CliError} as startAuthentication
 */
export function advanceAuthentication(
  session: FactorSession,
  mechanismId: string,
  { action, answer }: Advance,
  http: Http,
): Promise<FactorAnswer> {
  if (answer !== undefined) session.typed.push(answer);
  return post(session, '/Security/AdvanceAuthentication', http, {
    ...idsOf(session),
    MechanismId: mechanismId,
    Action: action,
    Answer: answer?.reveal(),
  });
}

/**
 * `POST /Security/CleanupAuthentication`: cancels a sign-in; as far as public code shows,
 * the answer is of no use.
 */
export function cleanupAuthentication(session: FactorSession, http: Http): Promise<FactorAnswer> {
  return post(session, '/Security/CleanupAuthentication', http, idsOf(session));
}

/**
 * `POST /Security/OobAuthStatus`: whether the person has signed in at the identity
 * provider.
 * @throws {CliError} as startAuthentication
 */
export function oobAuthStatus(session: FactorSession, http: Http): Promise<FactorAnswer> {
  return post(session, '/Security/OobAuthStatus', http, idsOf(session));
}

function idsOf({ sessionId, tenantId }: FactorSession): Readonly<Record<string, string>> {
  return tenantId === null
    ? { SessionId: sessionId }
    : { TenantId: tenantId, SessionId: sessionId };
}

async function post(
  { tenant, typed }: FactorHost,
  path: string,
  http: Http,
  document: object,
): Promise<FactorAnswer> {
  const response = await http.send({
    method: 'POST',
    url: `${tenant}${path}`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-idap-native-client': 'true',
      // Tells the tenant that mfa-cli can wait for a browser.
      oobidpauth: 'true',
    },
    body: JSON.stringify(document),
    // A repeated answer could count as a second wrong one.
    retry: false,
  });
  return readFactorAnswer(readEnvelope(response, tenant, typed), response.headers, typed);
}
