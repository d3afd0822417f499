import { CliError } from '../../errors/cli-error.ts';
import type { Http } from '../../network/http.ts';
import { createTenantClient } from '../../tenant/client.ts';
import { sessionHost } from '../../tenant/other-host.ts';
import { memorySession } from '../session.ts';
import { issuerOf } from '../token-request.ts';
import { isPush, type Mechanism, namesOf, type SignedIn } from './mechanism.ts';
import {
  type FactorContext,
  type FactorSession,
  giveUpAuthentication,
  meetChallenge,
} from './meet-challenge.ts';
import { ended, type Meeting, meetAsChosen, signIn } from './sign-in-with-factors.ts';

/** What became of a sign-in by push, as far as the tenant showed it. */
export interface PushSignIn {
  readonly outcome: 'approved' | 'denied' | 'not-approved' | 'not-answered' | 'no-push';
  /** The vendor's name of the mechanism; null where the tenant offered no push. */
  readonly mechanism: string | null;
  /** The tenant's words where it gave any. */
  readonly words: string | null;
  /** From the push to its answer. */
  readonly seconds: number;
}

interface PushContext extends FactorContext {
  /** Sends what gives a session up, after an interrupt as well. */
  readonly parting: Http;
  /** Whether a person can be asked for what comes before the push. */
  readonly isAtTerminal: boolean;
}

const noPush: PushSignIn = { outcome: 'no-push', mechanism: null, words: null, seconds: 0 };

/**
 * Signs a person in up to a push and the answer to it, and gives the session up: nothing of it is kept.
 * @throws {CliError} prompt-unavailable: the tenant asks for something else first; sign-in-failed, interrupted, and what the
 *   requests throw
 */
export function signInByPush(tenant: string, user: string, context: PushContext): Promise<PushSignIn> {
  return upToPush(tenant, user, (session, push) => ring(session, push, context), context);
}

/** Begins a sign-in to see that nothing but a push comes first, and gives it up; nobody's phone rings. @throws {CliError} as signInByPush */
export async function requirePushFirst(tenant: string, user: string, context: PushContext): Promise<void> {
  await upToPush(tenant, user, async () => noPush, context);
}

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
      if (context.isAtTerminal) return meetAsChosen(asked, context);
      // What comes before a push only a person can answer.
      const words = `${asked.session.tenant} asks ${user} for ${namesOf(asked.offered)} before a push`;
      throw new CliError('prompt-unavailable', `${words}, and there is no terminal to ask on`);
    },
    identityProvider: async () => ended,
  };
  try {
    const signedIn = await signIn(tenant, user, meeting, context);
    if (signedIn !== null) await signOut(signedIn.tenant, signedIn, context);
    return outcome;
  } finally {
    if (open !== null) await quietly(giveUpAuthentication(open, context.parting));
  }
}

/** No code is asked for. */
const alone = { kind: 'poll', chosen: 'A push is on its way to the phone. Approve it there.' } as const;

async function ring(session: FactorSession, push: Mechanism, context: PushContext): Promise<PushSignIn> {
  const started = performance.now();
  const told = (outcome: PushSignIn['outcome'], words: string | null = null): PushSignIn => ({
    outcome,
    mechanism: push.name,
    words,
    seconds: Math.round((performance.now() - started) / 1000),
  });
  try {
    const answer = await meetChallenge(session, { ...push, ...alone }, context);
    switch (answer.kind) {
      case 'signed-in': {
        const approved = told('approved');
        await signOut(session.tenant, answer, context);
        return approved;
      }
      case 'next-challenge':
      case 'challenges':
        return told('approved');
      case 'failed':
        return told(answer.isUnsent ? 'no-push' : verdictIn(answer.words), answer.words);
      default:
        // A session that comes in no way that we can read is one all the same.
        if (answer.kind === 'unknown' && /^(login)?success$/i.test(answer.summary ?? ''))
          return told('approved');
        throw new CliError(
          'sign-in-failed',
          `${session.tenant} answered the sign-in in a way that is not understood`,
        );
    }
  } catch (error) {
    if (error instanceof CliError && error.code === 'sign-in-timed-out') return told('not-answered');
    throw error;
  }
}

/** The verdict in a tenant's words, which says so itself: "access denied" may be about anything. */
function verdictIn(words: string | null): 'denied' | 'no-push' | 'not-approved' {
  if (/(?<!access )\b(denied|declined|rejected)\b/i.test(words ?? '')) return 'denied';
  const isLost =
    /\bno\b[^.]{0,200}\b(device|phone)s?\b|\b(device|phone)s?\b[^.]{0,200}\bnot (found|enrolled|registered)\b/i;
  return isLost.test(words ?? '') ? 'no-push' : 'not-approved';
}

/** Ends the session; once it is forgotten here, nobody has it. */
async function signOut(tenant: string, { token }: SignedIn, { parting, person }: PushContext): Promise<void> {
  const host = sessionHost(tenant, issuerOf(token.reveal()));
  const whose = { tenant: host, user: null, isPerson: true, isOwn: true };
  const client = createTenantClient(host, parting, memorySession(whose, token, [token]));
  const logout = { method: 'POST', path: '/Security/Logout', body: '{}', retry: true };
  const answer = await quietly(client.send(logout));
  if (answer === null || answer.status > 299)
    person.tell(`${host} did not say that it ended the session of this sign-in. Nobody has it any more.`);
}

/** What goes wrong here changes nothing of what was seen. */
async function quietly<Answer>(work: Promise<Answer>): Promise<Answer | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof CliError) return null;
    throw error;
  }
}
