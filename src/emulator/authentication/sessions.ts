import { randomBytes, randomInt } from 'node:crypto';
import { defaultMessage } from '../../apple/apns.ts';
import type { ChallengeSender } from '../challenge-sender.ts';
import { tenantId } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import type { MechanismName, Package, User } from '../people.ts';
import { Shelf } from '../shelf.ts';
import type { World } from '../world.ts';
import { describeMechanism, mechanisms, type OfferedMechanism } from './mechanisms.ts';

/** A request sent to a phone or mailbox, and its outcome. */
export interface OutOfBand {
  readonly user: User;
  readonly mechanism: MechanismName;
  /** The code in the message; null: it has none. */
  readonly code: string | null;
  /** The number that the client shows and the phone asks for; null: it does not ask. */
  readonly number: string | null;
  /** The challenge on the user's phones; null: only `/emulator` answers. */
  readonly challenge: string | null;
  verdict: 'pending' | 'approved' | 'denied';
}

interface Session {
  readonly id: string;
  /** Null: an unknown user, whose answers are all wrong. */
  readonly user: User | null;
  readonly isRenewable: boolean;
  readonly expiresAt: Date;
  /** The rounds of challenges that follow this one. */
  packages: readonly Package[];
  /** The challenges of this round, including completed ones. */
  challenges: readonly (readonly OfferedMechanism[])[];
  step: number;
  /** The requests of the current challenge, by mechanism. */
  readonly started: Map<string, OutOfBand>;
}

export interface Step {
  readonly action: 'Answer' | 'StartOOB' | 'Poll';
  readonly mechanismId: string;
  readonly answer: string;
}

/** A user who has completed all challenges. */
export interface ProvedUser {
  readonly user: User;
  readonly isRenewable: boolean;
}

/** An answer before the end of a sign-in. */
export interface Progress {
  /** The members of `Result`. */
  readonly result: object;
}

/** The phones of the users. */
export type UserPhones = Pick<ChallengeSender, 'isReachable' | 'begin' | 'verdict' | 'end'>;

type SessionWorld = Pick<World, 'autoApprove' | 'now' | 'assumptions'>;

/** Milliseconds. */
const lifetime = 10 * 60 * 1000;

const maxSessions = 1000;

/** The sign-ins in progress, which anyone can start. */
export class Sessions {
  readonly #world: SessionWorld;
  readonly #phones: UserPhones;
  readonly #sessions: Shelf<Session>;

  constructor(world: SessionWorld, phones: UserPhones) {
    this.#world = world;
    this.#phones = phones;
    this.#sessions = new Shelf(world.now, maxSessions, (session) => this.#endRequests(session));
  }

  /** Starts a sign-in: the members of `Result` with its challenges. */
  start(user: User | null, packages: readonly Package[], isRenewable: boolean): object {
    const session: Session = {
      id: randomId(),
      user,
      isRenewable,
      expiresAt: new Date(this.#world.now().getTime() + lifetime),
      packages,
      challenges: [],
      step: 0,
      started: new Map(),
    };
    this.#sessions.put(session.id, session);
    return beginPackage(session);
  }

  /**
   * The signed-in user, or the next answer. A failure ends the sign-in.
   * @throws {Refusal}
   */
  advance(sessionId: string, step: Step): ProvedUser | Progress {
    const session = this.#sessions.find(sessionId);
    const user = session?.user ?? null;
    const mechanism = session?.challenges[session.step]?.find(({ id }) => id === step.mechanismId);
    if (session === null || user === null || mechanism === undefined) throw this.#fail(sessionId);
    const earlier = session.started.get(mechanism.id);
    if (step.action === 'StartOOB' && mechanisms[mechanism.name].answerType !== 'Text') {
      if (earlier !== undefined) this.#endRequest(earlier);
      const outOfBand = this.#startRequest(user, mechanism.name);
      session.started.set(mechanism.id, outOfBand);
      return pending(outOfBand);
    }
    const started = earlier === undefined ? null : this.#updated(earlier);
    const isProved = isProvedBy(step, mechanism, user, started);
    if (isProved === true) return this.#proceed(session, user);
    if (isProved === null && started !== null) return pending(started);
    throw this.#fail(sessionId, this.#failureOf(step, started));
  }

  end(sessionId: string): void {
    this.#sessions.removeWhere(({ id }) => id === sessionId);
  }

  items(): readonly Session[] {
    return this.#sessions.items();
  }

  /** The requests without an answer, newest last. */
  waiting(): readonly OutOfBand[] {
    return this.#sessions
      .items()
      .flatMap(({ started }) => [...started.values()])
      .map((request) => this.#updated(request))
      .filter(({ verdict }) => verdict === 'pending');
  }

  /** Goes on to the next challenge; after the last one, the user has signed in. */
  #proceed(session: Session, user: User): ProvedUser | Progress {
    this.#endRequests(session);
    session.started.clear();
    session.step += 1;
    if (session.step < session.challenges.length)
      return { result: { Summary: 'StartNextChallenge' } };
    if (session.packages.length > 0) return { result: beginPackage(session) };
    this.end(session.id);
    return { user, isRenewable: session.isRenewable };
  }

  /**
   * Sends a request. A push rings the user's phones, whose answer decides; without a
   * phone, only `/emulator` answers.
   */
  #startRequest(user: User, mechanism: MechanismName): OutOfBand {
    const { answerType, hasNumber } = mechanisms[mechanism];
    const rings = mechanism === 'OTP' && this.#phones.isReachable(user.user);
    const number = hasNumber ? digits(2) : null;
    const message = `${defaultMessage}. Number to match: ${number}`;
    return {
      user,
      mechanism,
      number,
      code: answerType === 'StartOob' ? null : digits(6),
      challenge: rings ? this.#phones.begin(user.user, message) : null,
      verdict: this.#world.autoApprove && !rings ? 'approved' : 'pending',
    };
  }

  #endRequests({ started }: Session): void {
    for (const request of started.values()) this.#endRequest(request);
  }

  #endRequest({ challenge }: OutOfBand): void {
    if (challenge !== null) this.#phones.end(challenge);
  }

  /** The request, with the answer that a phone has given meanwhile. */
  #updated(request: OutOfBand): OutOfBand {
    const { challenge } = request;
    const answer = challenge === null ? 'Pending' : this.#phones.verdict(challenge);
    if (answer === 'Approved') request.verdict = 'approved';
    if (answer === 'Denied') request.verdict = 'denied';
    return request;
  }

  #fail(sessionId: string, message?: string): Refusal {
    this.end(sessionId);
    return authenticationFailed(message);
  }

  /** Undefined: the usual words. */
  #failureOf({ action }: Step, started: OutOfBand | null): string | undefined {
    const isDenied = started?.verdict === 'denied' && action === 'Poll';
    const isReported = isDenied && this.#world.assumptions['push-denied'] === 'said';
    return isReported ? 'The request was denied on the mobile device.' : undefined;
  }
}

function randomId(): string {
  return randomBytes(33).toString('base64url');
}

/** Random decimal digits. */
export function digits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0');
}

/** Begins the next package of a session's challenges. */
function beginPackage(session: Session): object {
  const [challenges = [], ...packages] = session.packages;
  session.challenges = challenges.map((names) => names.map((name) => ({ name, id: randomId() })));
  session.packages = packages;
  session.step = 0;
  return describePackage(session);
}

function describePackage({ id, user, challenges }: Session): object {
  return {
    Summary: 'NewPackage',
    Version: '1.0',
    SessionId: id,
    TenantId: tenantId,
    EventDescription: null,
    RetryWaitingTime: 0,
    SecurityImageName: null,
    AllowLoginMfaCache: false,
    ClientHints: {
      PersistDefault: false,
      AllowPersist: false,
      AllowForgotPassword: false,
      EndpointAuthenticationEnabled: false,
    },
    Challenges: challenges.map((offered) => ({
      Mechanisms: offered.map((mechanism) => describeMechanism(mechanism, user)),
    })),
  };
}

function pending({ number }: OutOfBand): Progress {
  const result = { Summary: 'OobPending' };
  return { result: number === null ? result : { ...result, GeneratedAuthValue: number } };
}

/** Whether the step answers the challenge; null: its request has no answer yet. */
function isProvedBy(
  { action, answer }: Step,
  { name }: OfferedMechanism,
  { password }: User,
  started: OutOfBand | null,
): boolean | null {
  if (mechanisms[name].answerType === 'Text') return action === 'Answer' && answer === password;
  if (started === null) return false;
  if (action !== 'Poll') return started.code !== null && answer.trim() === started.code;
  return started.verdict === 'pending' ? null : started.verdict === 'approved';
}

const failureMessage =
  'Authentication (login or challenge) has failed. ' +
  'Please try again or contact your system administrator.';

/** The answer to a failed sign-in, usually the same, so that it reveals nothing. */
export function authenticationFailed(message = failureMessage): Refusal {
  return new Refusal(null, message, { result: { Summary: 'Failure' } });
}
