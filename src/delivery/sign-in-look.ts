import { type ApplicationLook, lookAtApplication } from '../auth/authorization-look.ts';
import type { Connection } from '../auth/connection.ts';
import type { Context, HttpOptions } from '../context.ts';
import { CliError, systemCode, unlessInterrupted } from '../errors/cli-error.ts';
import type { Http, HttpResponse } from '../network/http.ts';
import { proxiesOf, proxyFor } from '../network/proxy.ts';
import { discoverIdentityHost, portalOf, probeTenant, tenantNameOf } from '../tenant/discovery.ts';
import { describeAnswer } from '../tenant/envelope.ts';
import { judgeOtherHost } from '../tenant/other-host.ts';

/** The wait for the tenant before the browser opens anyway, in milliseconds. */
const patience = 4_000;

interface Doubt {
  readonly error: CliError;
  readonly certain: boolean;
}

/**
 * Checks the tenant before the browser opens, so that a wrong address or application fails within seconds. Doubts are noted
 * and left to the browser. A person who entered a tenant's name is offered its address.
 * @returns the connection to sign in to
 * @throws {CliError} sign-in-failed, sign-in-denied, tenant-unreachable, tenant-tls, tenant-not-json, usage, file-not-found,
 *   file-unreadable, interrupted
 */
export async function lookBeforeBrowser(
  connection: Connection,
  redirectUri: string,
  network: HttpOptions,
  context: Context,
): Promise<Connection> {
  const look = async (at: Connection): Promise<Doubt | null> => {
    const http = await context.http({ ...network, timeout: Math.min(network.timeout, patience) });
    return doubtAbout(at, redirectUri, http, context);
  };
  const doubt = await look(connection);
  if (doubt === null) return connection;
  const name = tenantNameOf(connection.tenant);
  if (name === null) return goOn(connection, doubt, context);
  const found = await findIdentityHost(`https://${name}.cyberark.cloud`, network, context);
  const offered = { ...connection, tenant: await offer(name, found, doubt.error, context) };
  const other = await look(offered);
  return other === null ? offered : goOn(offered, other, context);
}

function goOn(connection: Connection, { error, certain }: Doubt, { terminal }: Context): Connection {
  if (certain) throw portalOf(connection.tenant) === null ? error : atPortal(error);
  terminal.note(`${error.message}; the browser may still succeed.`);
  return connection;
}

/** The identity host of the portal is unknown: the hint asks for it. */
function atPortal(error: CliError): CliError {
  return new CliError(error.code, error.message, { cause: error, facts: { portal: true } });
}

/** The identity host that the person accepts in place of the name. @throws {CliError} the error, if declined */
async function offer(
  name: string,
  identityHost: string | null,
  { code, message }: CliError,
  { terminal, prompt }: Context,
): Promise<string> {
  const guess = `"${name}" looks like the name of a tenant rather than its address`;
  if (identityHost !== null && terminal.interactive) {
    terminal.note(`${guess}; the identity host of that tenant is ${identityHost}.`);
    const message = `Sign in to ${identityHost}?`;
    if (await prompt.confirm({ message, initial: true, unavailable: guess })) return identityHost;
  }
  throw new CliError(code, `${message}; ${guess}`, {
    facts: { tenantName: name, ...(identityHost === null ? {} : { identityHost }) },
  });
}

/** @throws {CliError} sign-in-failed, sign-in-denied, and errors of this machine */
async function doubtAbout(
  connection: Connection,
  redirectUri: string,
  http: Http,
  context: Context,
): Promise<Doubt | null> {
  const { tenant } = connection;
  let look: ApplicationLook;
  try {
    look = await lookAtApplication(connection, redirectUri, http);
  } catch (error) {
    if (!(error instanceof CliError) || !/^tenant-/.test(error.code)) throw error;
    return { error, certain: isCertain(error, tenant, context) };
  }
  if (look.kind === 'known') return null;
  if (look.kind === 'refused') throw look.error;
  const { status } = look.answer;
  if (status === 429 || status >= 500)
    return {
      error: new CliError('tenant-unreachable', `${tenant} is not available (HTTP ${status})`),
      certain: false,
    };
  if (await answersAsTenant(connection, http)) return null;
  const error = new CliError(
    'tenant-not-json',
    `${tenant} did not answer like an identity tenant: ${wordsFor(look.answer)}`,
  );
  // A browser gets the same 404.
  return { error, certain: status === 404 };
}

/**
 * Whether the token request will fail in the same way even if the browser gets through: the host is unreachable, or TLS
 * failed, and no proxy is involved.
 */
function isCertain({ code, cause }: CliError, tenant: string, { env }: Context): boolean {
  if (code === 'tenant-tls') return true;
  if (proxyFor(new URL(tenant), proxiesOf(env)) !== null) return false;
  return code === 'tenant-not-json' || absent.has(systemCode(cause) ?? '');
}

const absent = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

function answersAsTenant({ tenant, appId }: Connection, http: Http): Promise<boolean> {
  return probeTenant(tenant, appId, http).then(
    ({ isTenant }) => isTenant,
    unlessInterrupted(() => false),
  );
}

function wordsFor(answer: HttpResponse): string {
  const { status } = answer;
  return status >= 300 && status <= 399 ? `a redirect (HTTP ${status})` : describeAnswer(answer);
}

/** The wait for the vendor's discovery service, in milliseconds; the command continues without it. */
const discoveryPatience = 5_000;

/**
 * The identity host of a portal; null if the address is not a portal's or the vendor names none. @throws {CliError}
 * interrupted
 */
export async function findIdentityHost(
  tenant: string,
  network: HttpOptions,
  context: Context,
): Promise<string | null> {
  const portal = portalOf(tenant);
  if (portal === null) return null;
  const http = await context.http({ ...network, timeout: Math.min(network.timeout, discoveryPatience) });
  return discoverIdentityHost(portal, http).catch(
    unlessInterrupted(({ message }) => {
      context.terminal.trace(`discovery failed: ${message}`);
      return null;
    }),
  );
}

/**
 * The tenant to sign in to: the identity host in place of a portal's address, with a note; else the given address. A host
 * below the portal's domain is the vendor's; any other needs the person's consent.
 * @throws {CliError} sign-in-failed: another host was named and not accepted; interrupted
 */
export async function resolveIdentityHost(
  given: string,
  network: HttpOptions,
  context: Context,
): Promise<string> {
  const found = await findIdentityHost(given, network, context);
  if (found === null || found === given) return given;
  const { host, hostname } = new URL(found);
  const isVendors = hostname.endsWith(`.${portalOf(given)?.domain}`);
  if (!isVendors && !(await isAgreed(given, host, context)))
    throw new CliError(
      'sign-in-failed',
      `The vendor's discovery names ${host} as the identity host of ${given}; it was not followed`,
      { facts: { cause: 'host', identityHost: found } },
    );
  context.terminal.note(`${given} is the address of the portal; its identity host is ${found}.`);
  return found;
}

async function isAgreed(given: string, host: string, { terminal, prompt }: Context): Promise<boolean> {
  if (judgeOtherHost(given, host).kind === 'refused' || !terminal.interactive) return false;
  terminal.warn(`${new URL(given).host} sends you to ${host}`);
  const message = 'Is that your tenant, and may you sign in there?';
  return prompt.confirm({ message, initial: false, unavailable: message });
}
