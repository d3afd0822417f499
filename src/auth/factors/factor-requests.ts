import type { Http } from '../../network/http.ts';
import { readEnvelope } from '../../tenant/envelope.ts';
import { Secret } from '../../text/secret.ts';
import { type FactorAnswer, readFactorAnswer } from './answer.ts';

/** A sign-in in progress at one host. */
export interface FactorSession {
  readonly tenant: string;
  readonly sessionId: string;
  readonly tenantId: string | null;
  /** What was typed so far, which no words of the tenant may reveal. */
  readonly typed: Secret[];
}

/** What is done with a mechanism. Several security questions are answered together, each by its ID. */
export type Advance =
  | { readonly action: 'StartOOB' | 'Poll' }
  | { readonly action: 'Answer'; readonly answer: Secret | Readonly<Record<string, Secret>> };

/**
 * Begins a sign-in.
 * @throws {CliError} what Http throws, rate-limited, tenant-forbidden, tenant-refused, tenant-unreachable, tenant-not-json
 */
export function startAuthentication(
  { tenant, typed }: Pick<FactorSession, 'tenant' | 'typed'>,
  user: string,
  http: Http,
): Promise<FactorAnswer> {
  return post(tenant, '/Security/StartAuthentication', http, typed, {
    User: user,
    Version: '1.0',
    PlatformTokenResponse: true,
    AssociatedEntityType: 'API',
    MfaRequestor: 'DeviceAgent',
  });
}

/** Goes on with one mechanism. @throws {CliError} as startAuthentication */
export function advanceAuthentication(
  { tenant, sessionId, tenantId, typed }: FactorSession,
  mechanismId: string,
  advance: Advance,
  http: Http,
): Promise<FactorAnswer> {
  const answer = advance.action === 'Answer' ? advance.answer : null;
  if (answer !== null) typed.push(...(answer instanceof Secret ? [answer] : Object.values(answer)));
  return post(tenant, '/Security/AdvanceAuthentication', http, typed, {
    ...(tenantId === null ? {} : { TenantId: tenantId }),
    SessionId: sessionId,
    MechanismId: mechanismId,
    Action: advance.action,
    ...(answer === null ? {} : { Answer: revealed(answer) }),
  });
}

/** Asks whether the person has signed in at the identity provider. @throws {CliError} as startAuthentication */
export function identityProviderStatus(
  { tenant, sessionId, typed }: FactorSession,
  http: Http,
): Promise<FactorAnswer> {
  return post(tenant, '/Security/OobAuthStatus', http, typed, { SessionId: sessionId });
}

function revealed(answer: Secret | Readonly<Record<string, Secret>>): unknown {
  if (answer instanceof Secret) return answer.reveal();
  return Object.fromEntries(Object.entries(answer).map(([id, secret]) => [id, secret.reveal()]));
}

async function post(
  tenant: string,
  path: string,
  http: Http,
  secrets: readonly Secret[],
  body: object,
): Promise<FactorAnswer> {
  const response = await http.send({
    method: 'POST',
    url: `${tenant}${path}`,
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-idap-native-client': 'true',
      // Says that we can wait for a browser.
      oobidpauth: 'true',
    },
    body: JSON.stringify(body),
    // A second answer could count as a second wrong one.
    retry: false,
  });
  return readFactorAnswer(readEnvelope(response, tenant, secrets), response.headers, secrets);
}
