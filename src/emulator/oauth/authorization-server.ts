import type { KeyObject } from 'node:crypto';
import type { Route } from '../route.ts';
import type { AuthorizationParts } from './authorization-endpoint.ts';
import { createBounces } from './bounces.ts';
import { createConsents } from './consents.ts';
import { createProviders } from './provider.ts';
import { oauthRoutes } from './routes.ts';
import { signInRoutes } from './sign-in-routes.ts';
import type { TenantParts } from './tenant-parts.ts';
import { shapeTokenAnswers } from './token-endpoint.ts';

/** The OAuth side of the tenant: the endpoints of all applications, and the pages that people see on the way. */
export interface AuthorizationServer {
  readonly routes: readonly Route[];
  /** Forgets everything granted: codes, refresh tokens, consents. */
  forgetGrants(): void;
}

interface AuthorizationOptions {
  readonly autoApprove: AuthorizationParts['autoApprove'];
  readonly accessTokenSeconds: number;
  /** Signs the tenant's tokens. */
  readonly signingKey: KeyObject;
}

export function createAuthorizationServer(
  parts: TenantParts,
  { autoApprove, accessTokenSeconds, signingKey }: AuthorizationOptions,
): AuthorizationServer {
  const providers = createProviders(parts, signingKey, (provider, application) =>
    shapeTokenAnswers(provider, application, parts),
  );
  const [bounces, consents] = [createBounces(parts.now), createConsents()];
  const context = { parts, providers, bounces, consents, autoApprove };
  return {
    routes: [...oauthRoutes(context, accessTokenSeconds), ...signInRoutes(context)],
    forgetGrants() {
      providers.forgetGrants();
      bounces.forgetAll();
      consents.forgetAll();
    },
  };
}
