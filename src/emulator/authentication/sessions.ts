import { randomBytes } from 'node:crypto';
import { createShelf } from '../bounded.ts';
import { Refusal } from '../envelope.ts';
import type { User } from '../users.ts';

import {
  type MechanismName,
  mechanisms,
  type OutOfBand,
  type OutOfBands,
  type Package,
} from './mechanisms.ts';

interface OfferedMechanism {
  readonly id: string;
  readonly name: MechanismName;
}

/** A sign-in in progress. Each step replaces it with a new one. */
export interface Session {
  readonly id: string;
  /** Null: an unknown user, whose every answer is wrong. */
  readonly user: User | null;
  readonly isRenewable: boolean;
  /** The challenges of the package, including those already met. */
  readonly challenges: readonly (readonly OfferedMechanism[])[];
  readonly step: number;
  readonly packages: readonly Package[];
  /** What has been started for the current challenge, by mechanism. */
  readonly started: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

export interface Step {
  readonly action: 'Answer' | 'StartOOB' | 'Poll';
  readonly mechanismId: string;
  readonly answer: string;
}

export type Progress =
  | { readonly kind: 'signed-in'; readonly user: User; readonly isRenewable: boolean }
  | { readonly kind: 'next-challenge' }
  | { readonly kind: 'new-package'; readonly session: Session }
  | { readonly kind: 'pending'; readonly outOfBand: OutOfBand };

/** Milliseconds. */
const lifetime = 10 * 60 * 1000;

export type Sessions = ReturnType<typeof createSessions>;

/** The sign-ins in progress. Anybody can begin one. @param tellsDenial whether a denied push is told from other failures */
export function createSessions(outOfBands: OutOfBands, now: () => Date, tellsDenial: boolean) {
  const locks = createLocks(now);
  const forget = ({ started }: Pick<Session, 'started'>): void => {
    for (const id of Object.values(started)) outOfBands.end(id);
  };
  const sessions = createShelf<Session>(now, 1000, forget);
  const end = (sessionId: string): void => sessions.removeWhere(({ id }) => id === sessionId);
  const keep = (session: Session): Session => {
    sessions.put(session.id, session);
    return session;
  };

  const proceed = (session: Session, user: User): Progress => {
    forget(session);
    if (session.step + 1 < session.challenges.length) {
      keep({ ...session, step: session.step + 1, started: {} });
      return { kind: 'next-challenge' };
    }
    const [following, ...packages] = session.packages;
    if (following !== undefined) {
      const next = { ...session, challenges: offer(following), step: 0, packages, started: {} };
      return { kind: 'new-package', session: keep(next) };
    }
    end(session.id);
    locks.noteSignIn(user);
    return { kind: 'signed-in', user, isRenewable: session.isRenewable };
  };

  return {
    start: (
      user: User | null,
      [first = [], ...packages]: readonly Package[],
      isRenewable: boolean,
    ): Session =>
      keep({
        ...{ id: randomBytes(33).toString('base64url'), user, isRenewable, packages },
        ...{ challenges: offer(first), step: 0, started: {} },
        expiresAt: new Date(now().getTime() + lifetime),
      }),
    /** A failure ends the sign-in. @throws {Refusal} */
    advance(sessionId: string, step: Step): Progress {
      const session = sessions.find(sessionId);
      const user = session?.user ?? null;
      const mechanism = session?.challenges[session.step]?.find(({ id }) => id === step.mechanismId);
      const fail = (refusal = authenticationFailed()): never => {
        end(sessionId);
        throw refusal;
      };
      if (session === null || mechanism === undefined || user === null || locks.isLocked(user)) return fail();
      if (step.action === 'StartOOB' && mechanisms[mechanism.name].answerType !== 'Text') {
        outOfBands.end(session.started[mechanism.id] ?? '');
        const outOfBand = outOfBands.start(user, mechanism.name);
        keep({ ...session, started: { ...session.started, [mechanism.id]: outOfBand.id } });
        return { kind: 'pending', outOfBand };
      }
      const started = outOfBands.find(session.started[mechanism.id] ?? '');
      const met = isMet(mechanism, step, user, started);
      if (met === true) return proceed(session, user);
      if (met === null && started !== null) return { kind: 'pending', outOfBand: started };
      if (step.action === 'Answer') locks.noteWrongAnswer(user);
      const isDenied = started?.verdict === 'denied' && step.action === 'Poll';
      return isDenied && tellsDenial ? fail(pushDenied()) : fail();
    },
    end,
    items: sessions.items,
  };
}

/** Whether the mechanism is met; null: not yet. */
function isMet(
  { name }: OfferedMechanism,
  { action, answer }: Step,
  { password }: User,
  started: OutOfBand | null,
): boolean | null {
  if (mechanisms[name].answerType === 'Text') return action === 'Answer' && answer === password;
  if (started === null) return false;
  if (action === 'Poll') return started.verdict === 'pending' ? null : started.verdict === 'approved';
  return started.code !== null && answer.trim() === started.code;
}

function offer(challenges: Package): Session['challenges'] {
  return challenges.map((names) =>
    names.map((name) => ({ name, id: randomBytes(33).toString('base64url') })),
  );
}

/** Wrong answers that lock somebody out, and for how long. */
const wrongAnswersAllowed = 5;
const lockMilliseconds = 30 * 60 * 1000;

function createLocks(now: () => Date) {
  const wrong = new Map<string, number>();
  /** Milliseconds since 1970. */
  const lockedUntil = new Map<string, number>();
  return {
    isLocked: ({ uuid }: User): boolean => (lockedUntil.get(uuid) ?? 0) > now().getTime(),
    noteWrongAnswer({ uuid }: User): void {
      const count = (wrong.get(uuid) ?? 0) + 1;
      wrong.set(uuid, count % wrongAnswersAllowed);
      if (count === wrongAnswersAllowed) lockedUntil.set(uuid, now().getTime() + lockMilliseconds);
    },
    /** Forgets the wrong answers so far. */
    noteSignIn: ({ uuid }: User): void => void wrong.delete(uuid),
  };
}

/** The answer to every failed sign-in, always the same, so that it reveals nothing. */
export function authenticationFailed(): Refusal {
  return new Refusal(
    null,
    'Authentication (login or challenge) has failed. Please try again or contact your system administrator.',
    200,
    { result: { Summary: 'Failure' } },
  );
}

/** The answer of a tenant that tells a denied push from any other failure. */
function pushDenied(): Refusal {
  return new Refusal(null, 'The request was denied on the mobile device.', 200, {
    result: { Summary: 'Failure' },
  });
}
