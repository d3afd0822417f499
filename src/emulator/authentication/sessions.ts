import { randomBytes } from 'node:crypto';
import { createShelf } from '../bounded.ts';
import { tenantId } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import type { MechanismName, Package, User } from '../people.ts';
import { describeMechanism, mechanisms, type OutOfBand, type OutOfBands } from './mechanisms.ts';

interface OfferedMechanism {
  readonly id: string;
  readonly name: MechanismName;
}

/** A sign-in in progress. Each step creates a new one. */
interface Session {
  readonly id: string;
  /** Null: an unknown user, whose answers are all wrong. */
  readonly user: User | null;
  readonly isRenewable: boolean;
  /** The challenges of this round, including completed ones. */
  readonly challenges: readonly (readonly OfferedMechanism[])[];
  readonly step: number;
  readonly packages: readonly Package[];
  /** The out-of-band requests started for the current challenge, by mechanism. */
  readonly started: Readonly<Record<string, string>>;
  readonly expiresAt: Date;
}

export interface Step {
  readonly action: 'Answer' | 'StartOOB' | 'Poll';
  readonly mechanismId: string;
  readonly answer: string;
}

/** A user who has completed all challenges. */
export type Proved = Readonly<{ user: User; isRenewable: boolean }>;

/** Milliseconds. */
const lifetime = 10 * 60 * 1000;

const randomId = (): string => randomBytes(33).toString('base64url');

/** The sign-ins in progress, which anyone can start. @param tellsDenial whether a denied push has its own message */
export function createSessions(outOfBands: OutOfBands, now: () => Date, tellsDenial: boolean) {
  const forget = ({ started }: Pick<Session, 'started'>): void => {
    for (const id of Object.values(started)) outOfBands.end(id);
  };
  const sessions = createShelf<Session>(now, 1000, forget);
  const end = (sessionId: string): void => sessions.removeWhere(({ id }) => id === sessionId);
  const keep = (session: Session): void => sessions.put(session.id, session);
  const begin = (session: Session, names: Package): object => {
    const challenges = names.map((one) => one.map((name) => ({ name, id: randomId() })));
    const begun = { ...session, challenges, step: 0, started: {} };
    keep(begun);
    return describePackage(begun);
  };
  const proceed = (session: Session, user: User): Proved | { readonly result: object } => {
    forget(session);
    if (session.step + 1 < session.challenges.length) {
      keep({ ...session, step: session.step + 1, started: {} });
      return { result: { Summary: 'StartNextChallenge' } };
    }
    const [following, ...packages] = session.packages;
    if (following !== undefined) return { result: begin({ ...session, packages }, following) };
    end(session.id);
    return { user, isRenewable: session.isRenewable };
  };

  return {
    /** Starts a sign-in: the members of `Result` with its challenges. */
    start(user: User | null, [first = [], ...packages]: readonly Package[], isRenewable: boolean): object {
      const nothing = { challenges: [], step: 0, started: {} };
      const expiresAt = new Date(now().getTime() + lifetime);
      return begin({ id: randomId(), user, isRenewable, packages, expiresAt, ...nothing }, first);
    },
    /** The signed-in user, or the members of `Result`. A failure ends the sign-in. @throws {Refusal} */
    advance(sessionId: string, step: Step): Proved | { readonly result: object } {
      const session = sessions.find(sessionId);
      const user = session?.user ?? null;
      const mechanism = session?.challenges[session.step]?.find(({ id }) => id === step.mechanismId);
      const fail = (words?: string): never => {
        end(sessionId);
        throw authenticationFailed(words);
      };
      if (session === null || mechanism === undefined || user === null) return fail();
      if (step.action === 'StartOOB' && mechanisms[mechanism.name].answerType !== 'Text') {
        outOfBands.end(session.started[mechanism.id] ?? '');
        const outOfBand = outOfBands.start(user, mechanism.name);
        keep({ ...session, started: { ...session.started, [mechanism.id]: outOfBand.id } });
        return pending(outOfBand);
      }
      const started = outOfBands.find(session.started[mechanism.id] ?? '');
      const met = isMet(mechanism, step, user, started);
      if (met === true) return proceed(session, user);
      if (met === null && started !== null) return pending(started);
      const isDenied = started?.verdict === 'denied' && step.action === 'Poll';
      return isDenied && tellsDenial ? fail('The request was denied on the mobile device.') : fail();
    },
    end,
    items: sessions.items,
  };
}

const pending = ({ number }: OutOfBand) => ({
  result: { Summary: 'OobPending', ...(number === null ? {} : { GeneratedAuthValue: number }) },
});

/** Whether the challenge is met; null: not yet. */
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

/** The answer to every failed sign-in. It is usually the same, so that it reveals nothing. */
export function authenticationFailed(
  words = 'Authentication (login or challenge) has failed. Please try again or contact your system administrator.',
): Refusal {
  return new Refusal(null, words, { result: { Summary: 'Failure' } });
}

function describePackage({ id, user, challenges }: Session): object {
  const hints = { PersistDefault: false, AllowPersist: false, AllowForgotPassword: false };
  return {
    Summary: 'NewPackage',
    Version: '1.0',
    SessionId: id,
    TenantId: tenantId,
    EventDescription: null,
    RetryWaitingTime: 0,
    SecurityImageName: null,
    AllowLoginMfaCache: false,
    ClientHints: { ...hints, EndpointAuthenticationEnabled: false },
    Challenges: challenges.map((offered) => ({
      Mechanisms: offered.map((mechanism) => describeMechanism(mechanism.name, mechanism.id, user)),
    })),
  };
}
