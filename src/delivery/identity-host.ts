import type { Context, HttpOptions } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';

/** The wait for the vendor's discovery address, in milliseconds: without it the command goes on. */
const patience = 5_000;

/** The identity host of a portal; null if the address is not a portal's, or if the vendor does not name one. @throws {CliError} interrupted */
export async function findIdentityHost(
  tenant: string,
  network: HttpOptions,
  context: Context,
): Promise<string | null> {
  const { discoverIdentityHost, portalOf } = await import('../tenant/discovery.ts');
  const portal = portalOf(tenant);
  if (portal === null) return null;
  const http = await context.http({ ...network, timeout: Math.min(network.timeout, patience) });
  try {
    return await discoverIdentityHost(portal, http);
  } catch (error) {
    if (!(error instanceof CliError) || error.code === 'interrupted') throw error;
    context.terminal.trace(`the discovery address did not help: ${error.message}`);
    return null;
  }
}

/** The tenant to sign in to: the identity host in place of its portal's address, which is said; else what was given. */
export async function resolveIdentityHost(
  given: string,
  network: HttpOptions,
  context: Context,
): Promise<string> {
  const found = await findIdentityHost(given, network, context);
  if (found === null || found === given) return given;
  context.terminal.note(`${given} is the address of the portal; its identity host is ${found}.`);
  return found;
}
