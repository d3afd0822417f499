import { CliError } from '../errors.ts';
import type { Http, HttpRequest, HttpResponse } from '../http.ts';
import { Secret } from '../secret.ts';
import { readEnvelope, requireSuccess } from './envelope.ts';

/** What a request is authorised with; a session of `auth/` is one. */
export interface Bearer {
  accessToken(): Secret;
  /** What no answer may tell: the tokens that it has or had, and what it was obtained with. */
  secrets(): readonly Secret[];
  /** A new access token in place of the one that the tenant rejected. @throws {CliError} session-expired */
  renew(): Promise<void>;
}

/** One tenant, reached with one session. */
export interface TenantClient {
  readonly tenant: string;
  /**
   * Calls an API of the tenant and gives the envelope's `Result`. Secrets among the parameters, and those of the session,
   * are taken out of whatever the tenant says.
   * @throws {CliError} session-expired, tenant-refused, tenant-forbidden, rate-limited, tenant-not-json and what Http throws
   */
  call(path: string, parameters: Readonly<Record<string, string | Secret>>): Promise<unknown>;
  /**
   * Sends any request to the tenant and gives the answer as it came, refusals included.
   * @throws {CliError} session-expired and what Http throws
   */
  send(request: TenantRequest): Promise<HttpResponse>;
}

/** A request whose path begins with `/`, beside what every request to a tenant bears. */
interface TenantRequest extends Pick<HttpRequest, 'method' | 'retry'> {
  readonly path: string;
  /** Beside those that every request bears; names in lower case. */
  readonly headers?: Readonly<Record<string, string>>;
  /** JSON. */
  readonly body?: string;
}

export function createTenantClient(tenant: string, http: Http, bearer: Bearer): TenantClient {
  const send = ({ method, path, headers, body, retry }: TenantRequest): Promise<HttpResponse> => {
    const attempt = (): Promise<HttpResponse> =>
      http.send({
        method,
        url: `${tenant}${path}`,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          'x-idap-native-client': 'true',
          ...headers,
          authorization: `Bearer ${bearer.accessToken().reveal()}`,
        },
        ...(body === undefined ? {} : { body }),
        retry,
      });
    return withRenewal(attempt, bearer, tenant);
  };
  return {
    tenant,
    send,
    async call(path, parameters) {
      const response = await send({ method: 'POST', path, body: encode(parameters), retry: true });
      const secrets = [
        ...Object.values(parameters).filter((value) => value instanceof Secret),
        ...bearer.secrets(),
      ];
      return requireSuccess(readEnvelope(response, tenant, secrets), tenant);
    },
  };
}

function encode(parameters: Readonly<Record<string, string | Secret>>): string {
  const revealed = Object.entries(parameters).map(([name, value]) => [
    name,
    value instanceof Secret ? value.reveal() : value,
  ]);
  return JSON.stringify(Object.fromEntries(revealed));
}

/** Renews once after a 401 and sends once more. @throws {CliError} session-expired */
async function withRenewal(
  attempt: () => Promise<HttpResponse>,
  bearer: Bearer,
  tenant: string,
): Promise<HttpResponse> {
  const first = await attempt();
  if (first.status !== 401) return first;
  await bearer.renew();
  const second = await attempt();
  if (second.status !== 401) return second;
  throw new CliError(
    'session-expired',
    `${tenant} does not accept the access token: it has expired, is revoked, or its scope does not allow this request`,
  );
}
