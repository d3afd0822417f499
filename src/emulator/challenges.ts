import { randomUUID } from 'node:crypto';
import { Refusal } from './envelope.ts';

type Verdict = 'Pending' | 'Approved' | 'Denied' | 'Expired';

/** A sign-in waiting for its user's answer. */
export interface Challenge {
  readonly id: string;
  readonly user: string;
  /** What the push carries and the answer returns. */
  readonly answer: string;
  readonly expiresAt: Date;
  readonly accepted: boolean | null;
}

/** The sign-ins that are waiting or have waited. */
export interface Challenges {
  open(user: string, answer: string): Challenge;
  verdict(id: string): Verdict;
  /** That user's sign-in waiting for this answer. @throws {Refusal} unknown, already answered, expired */
  requireWaiting(user: string, answer: string): Challenge;
  decide(challenge: Challenge, accepted: boolean): void;
}

const lifetime = 5 * 60 * 1000;
const kept = 1000;

export function createChallenges(now: () => Date): Challenges {
  let challenges: readonly Challenge[] = [];
  const isExpired = ({ expiresAt }: Challenge): boolean => expiresAt <= now();
  return {
    open(user, answer) {
      const expiresAt = new Date(now().getTime() + lifetime);
      const challenge = { id: randomUUID(), user, answer, expiresAt, accepted: null };
      challenges = [...challenges.slice(1 - kept), challenge];
      return challenge;
    },
    verdict(id) {
      const challenge = challenges.find((known) => known.id === id);
      if (challenge === undefined) throw unknownChallenge();
      if (challenge.accepted !== null) return challenge.accepted ? 'Approved' : 'Denied';
      return isExpired(challenge) ? 'Expired' : 'Pending';
    },
    requireWaiting(user, answer) {
      const challenge = challenges.find((known) => known.user === user && known.answer === answer);
      if (challenge === undefined) throw unknownChallenge();
      if (challenge.accepted !== null)
        throw new Refusal('System.InvalidOperationException', 'The challenge has been answered.');
      if (isExpired(challenge)) throw new Refusal('System.TimeoutException', 'The challenge has expired.');
      return challenge;
    },
    decide(challenge, accepted) {
      challenges = challenges.map((known) => (known === challenge ? { ...known, accepted } : known));
    },
  };
}

function unknownChallenge(): Refusal {
  return new Refusal('System.ArgumentException', 'There is no such challenge.');
}
