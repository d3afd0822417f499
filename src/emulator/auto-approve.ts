import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { Provider } from 'oidc-provider/lib/provider.js';
import { administrator } from './directory.ts';

/** The `Cookie` header of a browser in which the administrator is signed in. */
export async function signedInCookie(provider: Provider): Promise<string> {
  const session = new provider.Session();
  session.loginAccount({ accountId: administrator.user });
  await session.save(60);
  return `${provider.cookieName('session')}=${session.jti}`;
}

/** A grant of all that is asked for: the consent that nobody is asked for. */
export async function grantAtOnce(
  context: KoaContextWithOIDC,
  clientId: string,
  resource: string,
): Promise<Grant> {
  const { provider, params } = context.oidc;
  const grant = new provider.Grant({ accountId: administrator.user, clientId });
  grant.addResourceScope(resource, String(params?.scope ?? ''));
  await grant.save();
  return grant;
}
