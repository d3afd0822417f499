import { randomUUID } from 'node:crypto';
import { Refusal } from './envelope.ts';

type Verdict = 'Pending' | 'Approved' | 'Denied' | 'Expired';

/** What became of the push to one device. */
interface PushedTo {
  readonly udid: string;
  /** Of APNs; null: no answer came, and the reason says why. */
  readonly status: number | null;
  readonly reason: string | null;
}

/** A sign-in waiting for its user's answer. */
export interface Challenge {
  readonly id: string;
  readonly user: string;
  /** What the push carries and the answer returns. */
  readonly answer: string;
  readonly openedAt: Date;
  readonly expiresAt: Date;
  readonly accepted: boolean | null;
  /** Empty until they are all known. */
  readonly pushes: readonly PushedTo[];
}

/** The sign-ins that are waiting or have waited. */
export interface Challenges {
  open(user: string, answer: string): Challenge;
  verdict(id: string): Verdict;
  notePushes(id: string, pushes: readonly PushedTo[]): void;
  /** How many there have ever been. */
  total(): number;
  /** The latest ones, the newest first, each with its verdict. */
  latest(most: number): readonly (Challenge & { readonly verdict: Verdict })[];
  /** That user's sign-in waiting for this answer. @throws {Refusal} unknown, already answered, expired */
  requireWaiting(user: string, answer: string): Challenge;
  decide(challenge: Challenge, accepted: boolean): void;
}

const lifetime = 5 * 60 * 1000;
const kept = 1000;

export function createChallenges(now: () => Date): Challenges {
  let challenges: readonly Challenge[] = [];
  let total = 0;
  const isExpired = ({ expiresAt }: Challenge): boolean => expiresAt <= now();
  const verdictOf = (challenge: Challenge): Verdict => {
    if (challenge.accepted !== null) return challenge.accepted ? 'Approved' : 'Denied';
    return isExpired(challenge) ? 'Expired' : 'Pending';
  };
  return {
    open(user, answer) {
      const openedAt = now();
      const expiresAt = new Date(openedAt.getTime() + lifetime);
      const challenge = { id: randomUUID(), user, answer, openedAt, expiresAt, accepted: null, pushes: [] };
      total++;
      challenges = [...challenges.slice(1 - kept), challenge];
      return challenge;
    },
    verdict(id) {
      const challenge = challenges.find((known) => known.id === id);
      if (challenge === undefined) throw unknownChallenge();
      return verdictOf(challenge);
    },
    notePushes(id, pushes) {
      challenges = challenges.map((known) => (known.id === id ? { ...known, pushes } : known));
    },
    total: () => total,
    latest: (most) =>
      challenges
        .slice(-most)
        .reverse()
        .map((challenge) => ({ ...challenge, verdict: verdictOf(challenge) })),
    requireWaiting(user, answer) {
      const challenge = challenges.find((known) => known.user === user && known.answer === answer);
      if (challenge === undefined) throw unknownChallenge();
      if (challenge.accepted !== null)
        throw new Refusal('System.InvalidOperationException', 'The challenge has been answered.');
      if (isExpired(challenge)) throw new Refusal('System.TimeoutException', 'The challenge has expired.');
      return challenge;
    },
    decide(challenge, accepted) {
      challenges = challenges.map((known) => (known.id === challenge.id ? { ...known, accepted } : known));
    },
  };
}

function unknownChallenge(): Refusal {
  return new Refusal('System.ArgumentException', 'There is no such challenge.');
}
