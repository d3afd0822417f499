import type { KeyObject } from 'node:crypto';
import type { AccessTokens } from '../access-tokens.ts';
import { type Api, api } from '../api.ts';
import { sameName, sessionApis } from '../applications.ts';
import type { Assumptions } from '../assumptions.ts';
import type { Caller, Directory } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import type { Route } from '../http.ts';
import { authenticationRoutes } from './authentication-routes.ts';
import { createFederatedSignIns, identityProviderRoutes } from './identity-provider.ts';
import { createOutOfBands, type OutOfBand, type OutOfBands } from './mechanisms.ts';
import { createSessionTokens, platformTokenRoute } from './session-tokens.ts';
import { createLocks, createSessions, type Locks } from './sessions.ts';

/** Signing in without an application. */
interface Authentication {
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

/** `/emulator`: the phones and mailboxes used to sign in, for that user and for whoever manages devices. */
function factorApis(outOfBands: OutOfBands): readonly Api[] {
  const visible = ({ user, rights }: Caller): readonly OutOfBand[] =>
    outOfBands
      .waiting()
      .filter((waiting) => rights.includes('manage-apns-certificates') || waiting.user.user === user);
  /** That user's newest one, if the caller may see it. @throws {Refusal} */
  const requireWaiting = (caller: Caller, user: string): OutOfBand => {
    const found = visible(caller).findLast((waiting) => sameName(waiting.user.user, user));
    if (found === undefined)
      throw new Refusal('System.ArgumentException', 'Nothing is waiting for an answer from that user.');
    return found;
  };
  return [
    api('/emulator/factors', null, ({ caller }) =>
      visible(caller).map(({ user, mechanism, code, startedAt }) => ({
        User: user.user,
        Mechanism: mechanism,
        Code: code,
        StartedAt: startedAt.toISOString(),
      })),
    ),
    /** A yes on the phone, or a click on a link. If the phone shows numbers, a wrong one is a no. */
    api('/emulator/approve', null, ({ text, caller }) => {
      const { id, number, mechanism } = requireWaiting(caller, text('User'));
      if (mechanism === 'U2F')
        throw new Refusal('System.ArgumentException', 'Nobody can press the button of a security key here.');
      const isRight = number === null || text('Number') === number;
      outOfBands.decide(id, isRight);
      return { Verdict: isRight ? 'Approved' : 'Denied' };
    }),
    api('/emulator/deny', null, ({ text, caller }) => {
      outOfBands.decide(requireWaiting(caller, text('User')).id, false);
      return { Verdict: 'Denied' };
    }),
  ];
}
