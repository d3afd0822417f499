import { generateKeyPair } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import type { errors, KoaContextWithOIDC } from 'oidc-provider';
import MemoryAdapter from 'oidc-provider/lib/adapters/memory_adapter.js';
import LRU from 'oidc-provider/lib/helpers/lru.js';
import { Provider } from 'oidc-provider/lib/provider.js';
import type { AccessTokens } from './access-tokens.ts';
import { type Application, apisOf } from './applications.ts';
import { signedInCookie } from './auto-approve.ts';
import {
  createConfiguration,
  isPlatformToken,
  issuerOf,
  type OAuthOptions,
  oauthPaths,
} from './oauth-configuration.ts';
import { toVendorError } from './oauth-errors.ts';

/** The OAuth endpoints of the tenant's one application (RFC 6749, 7009, 7636), by a certified server library. */
export interface AuthorizationServer {
  readonly provider: Provider;
  answer(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** Forgets all that was granted: codes, refresh tokens, the browsers' sessions. */
  forgetGrants(): void;
}

/** The server, with a signing key of its own; what it issues is put into `accessTokens`, and what it revokes taken out. */
export async function createAuthorizationServer(
  options: OAuthOptions,
  accessTokens: AccessTokens,
): Promise<AuthorizationServer> {
  const store = new LRU({ maxSize: 10_000 });
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
  const provider = new Provider(issuerOf(options.url), {
    ...createConfiguration(options),
    adapter: (model: string) => new MemoryAdapter(model, store),
    jwks: { keys: [{ ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' }] },
  });
  provider.silent = true;
  provider.use(followVendor);
  provider.on('grant.error', answerAsVendor);
  provider.on('grant.success', (context) => rememberAccess(context, options.application, accessTokens));
  provider.on('grant.revoked', (_context, grantId) => accessTokens.forgetGrant(grantId));
  provider.on('revocation.error', (context, error) => {
    // The library revokes no structured token, as it keeps none; the client is authenticated by then.
    if (error.error === 'unsupported_token_type') {
      accessTokens.forget(String(context.oidc.params?.token));
      context.status = 200;
      context.body = '';
    } else {
      answerAsVendor(context, error);
    }
  });
  const callback = provider.callback();
  return {
    provider,
    async answer(request, response) {
      if (options.autoApprove && request.url?.startsWith(`${oauthPaths.authorize}?`)) {
        const cookie = await signedInCookie(provider, request.url);
        if (cookie !== null) request.headers.cookie = cookie;
      }
      await callback(request, response);
    },
    forgetGrants: () => store.clear(),
  };
}

/** `PlatformToken` is the token endpoint without the application, and a failed attempt burns the authorization code. */
async function followVendor(context: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  if (context.path === oauthPaths.platformToken) context.path = oauthPaths.token;
  await next();
  if (context.path === oauthPaths.token && context.status >= 400) {
    const code = await context.oidc.provider.AuthorizationCode.find(String(context.oidc.params?.code));
    await code?.destroy();
  }
}

/** HTTP 400, no Content-Type. */
function answerAsVendor(context: KoaContextWithOIDC, error: errors.OIDCProviderError): void {
  context.status = 400;
  context.body = toVendorError(error, context.oidc.params?.grant_type);
  context.remove('Content-Type');
  context.remove('WWW-Authenticate');
}

function rememberAccess(
  context: KoaContextWithOIDC,
  application: Application,
  accessTokens: AccessTokens,
): void {
  const { AccessToken, ClientCredentials } = context.oidc.entities;
  const { access_token, expires_in } = context.body as { access_token: string; expires_in: number };
  const scopes = ((AccessToken ?? ClientCredentials)?.scope ?? '').split(' ');
  const access = {
    user: AccessToken?.accountId ?? String(ClientCredentials?.clientId),
    scopes,
    // A platform token names no application whose scopes could limit it.
    apis: isPlatformToken(context) ? [/.*/] : apisOf(application, scopes),
    grantId: AccessToken?.grantId ?? null,
  };
  accessTokens.remember(access_token, access, expires_in);
}
