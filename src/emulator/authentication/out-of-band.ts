import { randomInt, randomUUID } from 'node:crypto';
import type { User } from '../user.ts';
import { type MechanismName, mechanisms } from './mechanisms.ts';

/** What was sent to a phone or mailbox, and the outcome. */
export interface OutOfBand {
  readonly id: string;
  readonly user: User;
  readonly mechanism: MechanismName;
  readonly startedAt: Date;
  /** The code that came with it; null: there is none to enter. */
  readonly code: string | null;
  /** What the client shows and the person enters on the phone; null: the phone does not ask. */
  readonly number: string | null;
  readonly verdict: 'pending' | 'approved' | 'denied';
}

/** All that are open. */
export interface OutOfBands {
  start(user: User, mechanism: MechanismName): OutOfBand;
  find(id: string): OutOfBand | null;
  /** Those waiting for an answer, newest last. */
  waiting(): readonly OutOfBand[];
  decide(id: string, approved: boolean): void;
  end(id: string): void;
}

const kept = 1000;

/** @param autoApprove whether everything that can be approved is, as soon as it is started */
export function createOutOfBands(autoApprove: boolean, now: () => Date): OutOfBands {
  const all = new Map<string, OutOfBand>();
  return {
    start(user, mechanism) {
      const { answerType, hasNumber } = mechanisms[mechanism];
      // A security key has neither a code nor an approval: a browser would have to talk to it.
      const isKey = mechanism === 'U2F';
      const started: OutOfBand = {
        id: randomUUID(),
        user,
        mechanism,
        startedAt: now(),
        code: answerType === 'StartOob' || isKey ? null : digits(6),
        number: hasNumber ? digits(2) : null,
        verdict: autoApprove && !isKey ? 'approved' : 'pending',
      };
      all.set(started.id, started);
      const [oldest = ''] = all.keys();
      if (all.size > kept) all.delete(oldest);
      return started;
    },
    find: (id) => all.get(id) ?? null,
    waiting: () => [...all.values()].filter(({ verdict }) => verdict === 'pending'),
    decide(id, approved) {
      const started = all.get(id);
      if (started !== undefined) all.set(id, { ...started, verdict: approved ? 'approved' : 'denied' });
    },
    end: (id) => void all.delete(id),
  };
}

function digits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0');
}
