import { type ApplicationLook, lookAtApplication } from '../auth/authorization-look.ts';
import type { Connection } from '../auth/connection.ts';
import type { Context, HttpOptions } from '../context.ts';
import { CliError, systemCode, unlessInterrupted } from '../errors/cli-error.ts';
import type { Http, HttpResponse } from '../network/http.ts';
import { proxiesOf, proxyFor } from '../network/proxy.ts';
import { discoverIdentityHost, portalOf, probeTenant, tenantNameOf } from '../tenant/discovery.ts';
import { describeAnswer } from '../tenant/envelope.ts';
import { judgeOtherHost } from '../tenant/other-host.ts';

/** The wait for the tenant before the browser is opened all the same, in milliseconds. */
const patience = 4_000;

interface Doubt {
  readonly error: CliError;
  readonly certain: boolean;
}

/**
 * Looks at the tenant before a browser does, so that a wrong address or application ends the sign-in at once and not
 * after minutes. What cannot be told from here is said and left to the browser. A person who gave the name of a tenant
 * is offered the address that it belongs to.
 * @returns the connection to sign in to
 * @throws {CliError} sign-in-failed, sign-in-denied, tenant-unreachable, tenant-tls, tenant-not-json, what a bare name
 * ends with, usage, file-not-found, file-unreadable, interrupted
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
  terminal.note(`${error.message}; the browser may fare better.`);
  return connection;
}

/** Nobody told the identity host of the portal that was given: the advice is to give it. */
function atPortal(error: CliError): CliError {
  return new CliError(error.code, error.message, { cause: error, facts: { portal: true } });
}

/** The identity host that a person takes in place of the name. @throws {CliError} the error, where nobody does */
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

/** @throws {CliError} sign-in-failed, sign-in-denied, and what is wrong on this machine */
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
    `${tenant} does not answer as an identity tenant: ${wordsFor(look.answer)}`,
  );
  // Where there is nothing, a browser finds nothing either.
  return { error, certain: status === 404 };
}

/**
 * Whether the token request is sure to fail in the same way, though the browser got through: nobody was there to speak
 * with, or TLS failed. On the way there are no proxies whose name server or whose answer it may be.
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

/** The wait for the vendor's discovery address, in milliseconds: without it the command goes on. */
const discoveryPatience = 5_000;

/** The identity host of a portal; null if the address is not a portal's, or if the vendor does not name one. @throws {CliError} interrupted */
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
      context.terminal.trace(`the discovery address did not help: ${message}`);
      return null;
    }),
  );
}

/**
 * The tenant to sign in to: the identity host in place of its portal's address, which is said; else what was given. A host below the
 * portal's own domain is the vendor's; to any other one a sign-in goes only if the person says so.
 * @throws {CliError} sign-in-failed: another host was named, and not agreed to; interrupted
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
      `The vendor's discovery names ${host} as the identity host of ${given}, which was not followed`,
      { facts: { cause: 'host', identityHost: found } },
    );
  context.terminal.note(`${given} is the address of the portal; its identity host is ${found}.`);
  return found;
}

async function isAgreed(given: string, host: string, { terminal, prompt }: Context): Promise<boolean> {
  if (judgeOtherHost(given, host).kind === 'refused' || !terminal.interactive) return false;
  const message = `${new URL(given).host} sends you to ${host}. Is that your tenant, and may you sign in there?`;
  return prompt.confirm({ message, initial: false, unavailable: message });
}
