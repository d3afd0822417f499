import { randomInt, randomUUID } from 'node:crypto';
import type { User } from '../user.ts';
import { type MechanismName, mechanisms } from './mechanisms.ts';

/** What has gone out to somebody's phone or mailbox, and what came of it. */
export interface OutOfBand {
  readonly id: string;
  readonly user: User;
  readonly mechanism: MechanismName;
  readonly startedAt: Date;
  /** The code that came with it; null: there is none to be entered. */
  readonly code: string | null;
  /** What the client shows, for the phone to be told; null: the phone asks for none. */
  readonly number: string | null;
  readonly verdict: 'pending' | 'approved' | 'denied';
}

/** All that is out. */
export interface OutOfBands {
  start(user: User, mechanism: MechanismName): OutOfBand;
  find(id: string): OutOfBand | null;
  /** What waits for somebody, the newest last. */
  waiting(): readonly OutOfBand[];
  decide(id: string, approved: boolean): void;
  end(id: string): void;
}

const kept = 1000;

/** @param autoApprove whether what can be approved is, as soon as it is started */
export function createOutOfBands(autoApprove: boolean, now: () => Date): OutOfBands {
  const all = new Map<string, OutOfBand>();
  return {
    start(user, mechanism) {
      const { answerType, hasNumber } = mechanisms[mechanism];
      // A security key has neither code nor approval: a browser would have to speak with it.
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
