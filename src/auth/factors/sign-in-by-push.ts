import { CliError } from '../../errors/cli-error.ts';
import type { Http } from '../../network/http.ts';
import { createTenantClient } from '../../tenant/client.ts';
import { issuerOf } from '../../tenant/oauth/claims.ts';
import { sessionHost } from '../../tenant/other-host.ts';
import { cleanupAuthentication, type FactorSession } from '../../tenant/security/authentication.ts';
import { isPush, type Mechanism, type SignedIn } from '../../tenant/security/factor-answer.ts';
import { logout } from '../../tenant/security/session.ts';
import { onOneLine } from '../../text/printable.ts';
import { memorySession } from '../session.ts';
import { type FactorContext, meetChallenge } from './meet-challenge.ts';
import { ended, type Meeting, meetAsChosen, namesOf, signIn } from './sign-in-with-factors.ts';

/** The outcome of a sign-in by push, as far as the tenant showed it. */
export interface PushSignIn {
  readonly outcome: 'approved' | 'denied' | 'not-approved' | 'not-answered' | 'no-push';
  /** The vendor's name of the mechanism; null: the tenant offered no push. */
  readonly mechanism: string | null;
  /** The tenant's words, if any. */
  readonly words: string | null;
  /** Milliseconds from the push to its answer. */
  readonly seconds: number;
}

interface PushContext extends FactorContext {
  /** Ends a session, even after an interrupt. */
  readonly parting: Http;
  /** Whether a person can answer the challenges before the push. */
  readonly isAtTerminal: boolean;
}

const noPush: PushSignIn = { outcome: 'no-push', mechanism: null, words: null, seconds: 0 };

/**
 * Signs a person in up to the answer to a push, then ends the session: nothing is stored.
 * No message or call is sent where the tenant offers no push.
 * @throws {CliError} prompt-unavailable: the tenant asks for another factor first;
 *   sign-in-failed, interrupted, and what the requests throw
 */
export function signInByPush(
  tenant: string,
  user: string,
  context: PushContext,
): Promise<PushSignIn> {
  return upToPush(tenant, user, (session, push) => ring(session, push, context), context);
}

/**
 * Starts a sign-in to check that a push is the first challenge, and cancels it before a
 * phone rings.
 * @throws {CliError} tenant-refused: no push is on offer; and as signInByPush
 */
export async function requirePushFirst(
  tenant: string,
  user: string,
  context: PushContext,
): Promise<void> {
  const seen = await upToPush(tenant, user, async () => isOnOffer, context);
  if (seen !== isOnOffer) throw new CliError('tenant-refused', `${tenant} offers ${user} no push`);
}

const isOnOffer: PushSignIn = { outcome: 'not-answered', mechanism: null, words: null, seconds: 0 };

async function upToPush(
  tenant: string,
  user: string,
  atPush: (session: FactorSession, push: Mechanism) => Promise<PushSignIn>,
  context: PushContext,
): Promise<PushSignIn> {
  let open: FactorSession | null = null;
  let outcome = noPush;
  const meeting: Meeting = {
    async challenge(asked) {
      open = asked.session;
      const push = asked.offered.find(isPush);
      if (push !== undefined) {
        outcome = await atPush(asked.session, push);
        return ended;
      }
      const isLater = asked.later.some(isPush);
      const quiet = asked.offered.filter(({ kind, fits }) => kind === 'text' && fits);
      if (quiet.length === 0 && !isLater) return ended;
      const offered = isLater ? asked.offered : quiet;
      if (context.isAtTerminal) return meetAsChosen({ ...asked, offered }, context);
      // Only a person can meet the challenges before a push.
      const before = isLater ? ' before a push' : ' first';
      const words = `${asked.session.tenant} asks ${user} for ${namesOf(offered)}${before}`;
      throw new CliError('prompt-unavailable', `${words}, and there is no terminal`);
    },
    identityProvider: async () => ended,
  };
  try {
    const signedIn = await signIn(tenant, user, meeting, context);
    if (signedIn !== null) await signOut(signedIn.tenant, signedIn, context);
    return outcome;
  } finally {
    if (open !== null) await quietly(cleanupAuthentication(open, context.parting));
  }
}

/** The tenant says no more: it may have no certificate to send a push with. */
function sentWords(other: string | null): string {
  return other === null
    ? 'The tenant reports that it sent the push. Approve it on your phone.'
    : `The tenant reports that it sent the push. ${onOneLine(other)} must approve it on the phone.`;
}

async function ring(
  session: FactorSession,
  push: Mechanism,
  context: PushContext,
): Promise<PushSignIn> {
  const started = performance.now();
  const ended = (outcome: PushSignIn['outcome'], words: string | null = null): PushSignIn => ({
    outcome,
    mechanism: push.name,
    words,
    seconds: Math.round((performance.now() - started) / 1000),
  });
  try {
    // A push without a code.
    const alone: Mechanism = { ...push, kind: 'poll', chosen: sentWords(context.person.other) };
    const answer = await meetChallenge(session, alone, context);
    switch (answer.kind) {
      case 'signed-in': {
        const approved = ended('approved');
        await signOut(session.tenant, answer, context);
        return approved;
      }
      case 'next-challenge':
      case 'challenges':
        return ended('approved');
      case 'failed':
        return ended(answer.isUnsent ? 'no-push' : verdictIn(answer.words), answer.words);
      default:
        // A session in an unknown form is still a session.
        if (answer.kind === 'unknown' && /^(login)?success$/i.test(answer.summary ?? ''))
          return ended('approved');
        throw new CliError(
          'sign-in-failed',
          `${session.tenant} sent an unexpected answer to the sign-in`,
        );
    }
  } catch (error) {
    if (error instanceof CliError && error.code === 'sign-in-timed-out')
      return ended('not-answered');
    throw error;
  }
}

/**
 * The verdict in a tenant's words. "Access denied" alone does not count: it may have
 * other causes.
 */
function verdictIn(words: string | null): 'denied' | 'no-push' | 'not-approved' {
  if (/(?<!access )\b(denied|declined|rejected)\b/i.test(words ?? '')) return 'denied';
  const isLost =
    /\bno\b[^.]{0,200}\b(device|phone)s?\b|\b(device|phone)s?\b[^.]{0,200}\bnot (found|enrolled|registered)\b/i;
  return isLost.test(words ?? '') ? 'no-push' : 'not-approved';
}

/** Ends the session at the tenant. No copy of it is left here. */
async function signOut(
  tenant: string,
  { token }: SignedIn,
  { parting, person }: PushContext,
): Promise<void> {
  const host = sessionHost(tenant, issuerOf(token.reveal()));
  const whose = { tenant: host, user: null, isPerson: true, isOwn: true };
  const client = createTenantClient(host, parting, memorySession(whose, token, [token]));
  const isConfirmed = await quietly(logout(client, true));
  if (isConfirmed !== true)
    person.tell(
      `${host} did not confirm that it ended the session of this sign-in. ` +
        'No copy of the session is stored.',
    );
}

/** A failure here does not change the outcome. */
async function quietly<Answer>(work: Promise<Answer>): Promise<Answer | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}
