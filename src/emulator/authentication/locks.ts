import type { User } from '../user.ts';

/** Wrong answers that lock somebody out, and for how long. */
const wrongAnswersAllowed = 5;
const lockMilliseconds = 30 * 60 * 1000;

/** Who gave too many wrong answers, or was locked out by an administrator. */
export interface Locks {
  isLocked(user: User): boolean;
  noteWrongAnswer(user: User): void;
  /** Forgets the wrong answers so far. */
  noteSignIn(user: User): void;
  /** Until somebody unlocks the user. */
  lock(user: User): void;
  unlock(user: User): void;
}

export function createLocks(now: () => Date): Locks {
  const wrong = new Map<string, number>();
  /** Milliseconds since 1970. */
  const lockedUntil = new Map<string, number>();
  const forget = ({ uuid }: User): void => {
    wrong.delete(uuid);
    lockedUntil.delete(uuid);
  };
  return {
    isLocked: ({ uuid }) => (lockedUntil.get(uuid) ?? 0) > now().getTime(),
    noteWrongAnswer({ uuid }) {
      const count = (wrong.get(uuid) ?? 0) + 1;
      wrong.set(uuid, count % wrongAnswersAllowed);
      if (count === wrongAnswersAllowed) lockedUntil.set(uuid, now().getTime() + lockMilliseconds);
    },
    noteSignIn: ({ uuid }) => void wrong.delete(uuid),
    lock: ({ uuid }) => void lockedUntil.set(uuid, Number.POSITIVE_INFINITY),
    unlock: forget,
  };
}
