import type { SignInTerms } from '../../auth/sign-in-terms.ts';
import type { Context, HttpOptions } from '../../context.ts';
import {
  CliError,
  type CodeIn,
  hasCode,
  isAbout,
  restated,
  systemCode,
  unlessInterrupted,
} from '../../errors/cli-error.ts';
import type { Http, HttpResponse } from '../../network/http.ts';
import { proxiesOf, proxyFor } from '../../network/proxy.ts';
import { discoverIdentityHost, portalOf, probeTenant } from '../../tenant/discovery.ts';
import { describeAnswer } from '../../tenant/envelope.ts';
import { type ApplicationLook, lookAtApplication } from '../../tenant/oauth/authorization.ts';
import { judgeOtherHost } from '../../tenant/other-host.ts';

type TenantError = CliError<CodeIn<'tenant'>>;

/**
 * Checks the tenant before the browser opens, so that a wrong address or application
 * fails within seconds. Doubts are noted and left to the browser.
 * @throws {CliError} sign-in-failed, sign-in-denied, tenant-unreachable, tenant-tls,
 *   tenant-not-json, listener-not-yours, usage, file-not-found, file-unreadable,
 *   interrupted
 */
export async function checkTenantBeforeBrowser(
  connection: SignInTerms,
  redirectUri: string,
  http: Http,
  context: Context,
): Promise<void> {
  const doubt = await doubtAbout(connection, redirectUri, http, context);
  if (doubt !== null) context.terminal.note(`${doubt.message}; the browser may still succeed.`);
}

/** The error of a tenant that a browser will not reach either. */
function withPortal(error: TenantError, tenant: string): TenantError {
  if (portalOf(tenant) === null) return error;
  return hasCode(error, 'tenant-unreachable', 'tenant-tls', 'tenant-not-json')
    ? restated(error, { facts: { portal: true } })
    : error;
}

/** A failure that may pass in the browser, or null. @throws {CliError} any other */
async function doubtAbout(
  connection: SignInTerms,
  redirectUri: string,
  http: Http,
  context: Context,
): Promise<TenantError | null> {
  const { tenant } = connection;
  let look: ApplicationLook;
  try {
    look = await lookAtApplication(connection, redirectUri, http);
  } catch (error) {
    if (!isAbout(error, 'tenant')) throw error;
    if (isCertain(error, tenant, context)) throw withPortal(error, tenant);
    return error;
  }
  if (look.kind === 'known') return null;
  if (look.kind === 'refused') throw look.error;
  const { status } = look.answer;
  if (status === 429 || status >= 500)
    return new CliError('tenant-unreachable', `${tenant} is not available (HTTP ${status})`);
  // Null: it did not answer either question.
  const isTenant = await probeTenant(tenant, connection.appId, http).then(
    (probe) => probe.isTenant,
    unlessInterrupted(() => null),
  );
  if (isTenant === true) return null;
  const error = new CliError(
    'tenant-not-json',
    `${tenant} did not answer as a tenant does: ${wordsFor(look.answer)}`,
  );
  // A browser gets the same 404.
  if (status === 404 && isTenant === false) throw withPortal(error, tenant);
  return error;
}

/**
 * Whether the token request will fail in the same way even if the browser gets through,
 * which must not be led to another user's page: TLS failed, the listener is another
 * user's, or the host or the proxy is unreachable. A page may be the proxy's own, and a
 * gateway's error may pass.
 */
function isCertain(error: TenantError, tenant: string, { env }: Context): boolean {
  const { code, cause } = error;
  if (code === 'tenant-tls' || code === 'listener-not-yours') return true;
  if (proxyFor(new URL(tenant), proxiesOf(env)) !== null) {
    if (!hasCode(error, 'tenant-unreachable')) return false;
    const { proxyStatus } = error.facts;
    // Without a status the proxy itself is unreachable.
    return proxyStatus === undefined || proxyStatus < 500;
  }
  return code === 'tenant-not-json' || absent.has(systemCode(cause) ?? '');
}

const absent = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH']);

function wordsFor(answer: HttpResponse): string {
  const { status } = answer;
  return status >= 300 && status <= 399 ? `a redirect (HTTP ${status})` : describeAnswer(answer);
}

/**
 * The wait for the vendor's discovery service, in milliseconds; the command continues
 * without it.
 */
const discoveryPatience = 5_000;

/**
 * The identity host of a portal; null if the address is not a portal's or the vendor
 * names none.
 * @throws {CliError} interrupted
 */
export async function findIdentityHost(
  tenant: string,
  network: HttpOptions,
  context: Context,
): Promise<string | null> {
  const portal = portalOf(tenant);
  if (portal === null) return null;
  const http = await context.http({
    ...network,
    timeout: Math.min(network.timeout, discoveryPatience),
  });
  return discoverIdentityHost(portal, http).catch(
    unlessInterrupted(({ message }) => {
      context.terminal.trace(`discovery failed: ${message}`);
      return null;
    }),
  );
}

/**
 * The tenant to sign in to: the identity host in place of a portal's address, with a
 * note; else the given address. A host below the portal's domain is the vendor's; any
 * other needs the person's consent.
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

async function isAgreed(
  given: string,
  host: string,
  { terminal, prompt }: Context,
): Promise<boolean> {
  if (judgeOtherHost(given, host).kind === 'refused' || !terminal.interactive) return false;
  terminal.warn(`${new URL(given).host} sends you to ${host}`);
  const message = `Trust ${host} as part of your tenant, and sign in there?`;
  return prompt.confirm({ message, initial: false, unavailable: message });
}
