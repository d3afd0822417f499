import type { Grant, KoaContextWithOIDC } from 'oidc-provider';
import type { Provider } from 'oidc-provider/lib/provider.js';
import { administrator, findPerson } from './directory.ts';

/**
 * The `Cookie` header of a browser in which the person of the `login_hint` is signed in, or the administrator without
 * one; null: nobody is called so, and the sign-in page has to ask.
 * @param target path and query of an authorization request
 * @see https://openid.net/specs/openid-connect-core-1_0.html#AuthRequest
 */
export async function signedInCookie(provider: Provider, target: string): Promise<string | null> {
  const hint = new URL(target, 'http://localhost').searchParams.get('login_hint');
  const person = findPerson(hint ?? administrator.user);
  if (person === null) return null;
  const session = new provider.Session();
  session.loginAccount({ accountId: person.user });
  await session.save(60);
  return `${provider.cookieName('session')}=${session.jti}`;
}

/** A grant of all that is asked for: the consent that nobody is asked for. */
export async function grantAtOnce(
  context: KoaContextWithOIDC,
  clientId: string,
  resource: string,
): Promise<Grant> {
  const { provider, params, session } = context.oidc;
  const grant = new provider.Grant({ accountId: session?.accountId ?? administrator.user, clientId });
  grant.addResourceScope(resource, String(params?.scope ?? ''));
  await grant.save();
  return grant;
}
