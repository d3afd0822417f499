import { randomUUID } from 'node:crypto';
import type { ApnsAnswer } from './apns/apns.ts';
import { badArgument, badOperation, Refusal } from './envelope.ts';
import { Journal } from './journal.ts';

export type ChallengeVerdict = 'Pending' | 'Approved' | 'Denied' | 'Expired';

export interface Challenge {
  readonly id: string;
  readonly user: string;
  /** Sent in the push, and returned by the answer. */
  readonly answer: string;
  readonly openedAt: Date;
  expiresAt: Date;
  accepted: boolean | null;
  /** The outcome of the push to each device; empty until all are known. */
  pushes: readonly PhonePush[];
}

export interface JudgedChallenge extends Challenge {
  readonly verdict: ChallengeVerdict;
}

export interface GoogleData {
  /** URL-encoded JSON. */
  readonly data_value: string;
}

/** The push of a challenge to a phone, and its outcome. */
export interface PhonePush extends Pick<ApnsAnswer, 'status' | 'reason'> {
  readonly udid: string;
  /** The data that Google would deliver to an Android phone; null: an iPhone. */
  readonly data: GoogleData | null;
}

/** The lifetime of a challenge, in milliseconds. */
const lifetime = 5 * 60 * 1000;
const maxChallenges = 1000;

/** Current and past sign-ins. */
export class Challenges {
  readonly #now: () => Date;
  readonly #journal = new Journal<Challenge>(maxChallenges);

  constructor(now: () => Date) {
    this.#now = now;
  }

  get total(): number {
    return this.#journal.total;
  }

  open(user: string, answer: string): Challenge {
    const openedAt = this.#now();
    return this.#journal.add({
      id: randomUUID(),
      user,
      answer,
      openedAt,
      expiresAt: new Date(openedAt.getTime() + lifetime),
      accepted: null,
      pushes: [],
    });
  }

  /** @throws {Refusal} unknown */
  verdict(id: string): ChallengeVerdict {
    return this.#verdictOf(this.#require((known) => known.id === id));
  }

  /** @param max the number of challenges, newest first */
  latest(max: number): readonly JudgedChallenge[] {
    return this.#journal
      .latest(max)
      .map((challenge) => ({ ...challenge, verdict: this.#verdictOf(challenge) }));
  }

  /**
   * The user's sign-in that waits for this answer.
   * @throws {Refusal} unknown, already answered, expired
   */
  requireWaiting(user: string, answer: string): Challenge {
    const challenge = this.#require((known) => known.user === user && known.answer === answer);
    if (challenge.accepted !== null) throw badOperation('The challenge has been answered.');
    if (this.#verdictOf(challenge) === 'Expired')
      throw new Refusal('System.TimeoutException', 'The challenge has expired.');
    return challenge;
  }

  /**
   * Ends the wait for an answer; an earlier answer stays. An unknown ID changes nothing.
   */
  end(id: string): void {
    const challenge = this.#journal.entries.find((known) => known.id === id);
    if (challenge !== undefined) challenge.expiresAt = this.#now();
  }

  #require(matches: (known: Challenge) => boolean): Challenge {
    const found = this.#journal.entries.find(matches);
    if (found === undefined) throw badArgument('There is no such challenge.');
    return found;
  }

  #verdictOf({ accepted, expiresAt }: Challenge): ChallengeVerdict {
    if (accepted !== null) return accepted ? 'Approved' : 'Denied';
    return expiresAt <= this.#now() ? 'Expired' : 'Pending';
  }
}
