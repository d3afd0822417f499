import type { KeyObject } from 'node:crypto';
import type { AccessTokens } from '../access-tokens.ts';
import type { Api } from '../api.ts';
import { sessionApis } from '../applications.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Directory } from '../directory.ts';
import type { Route } from '../route.ts';
import { authenticationRoutes } from './authentication-routes.ts';
import { factorApis } from './factor-apis.ts';
import { createFederatedSignIns } from './identity-provider.ts';
import { identityProviderRoutes } from './identity-provider-routes.ts';
import { createLocks, type Locks } from './locks.ts';
import { createOutOfBands } from './out-of-band.ts';
import { platformTokenRoute } from './platform-token-route.ts';
import { createSessionTokens } from './session-tokens.ts';
import { createSessions } from './sessions.ts';

/** Signing in without an application. */
export interface Authentication {
  readonly routes: readonly Route[];
  readonly apis: readonly Api[];
  readonly locks: Locks;
  /** From then on no session can be renewed. */
  forgetSessions(): void;
}

interface AuthenticationOptions {
  readonly url: string;
  readonly directory: Directory;
  readonly accessTokens: AccessTokens;
  readonly assumptions: Assumptions;
  /** Approves everything that can be approved. */
  readonly autoApprove: boolean;
  readonly signingKey: KeyObject;
  /** How long a session is valid. */
  readonly accessTokenSeconds: number;
  now(): Date;
}

export function createAuthentication(options: AuthenticationOptions): Authentication {
  const { url, directory, accessTokens, assumptions, autoApprove, signingKey, accessTokenSeconds, now } =
    options;
  const locks = createLocks(now);
  const outOfBands = createOutOfBands(autoApprove, now);
  const sessions = createSessions(outOfBands, locks, now);
  const federated = createFederatedSignIns(now);
  const sessionTokens = createSessionTokens(
    { url, lifetime: accessTokenSeconds, apis: sessionApis(assumptions), signingKey, now },
    accessTokens,
  );
  return {
    routes: [
      ...authenticationRoutes({ url, directory, sessions, federated, sessionTokens, assumptions }),
      platformTokenRoute(sessionTokens),
      ...identityProviderRoutes(federated, directory, autoApprove),
    ],
    apis: factorApis(outOfBands),
    locks,
    forgetSessions: sessionTokens.forgetAll,
  };
}
