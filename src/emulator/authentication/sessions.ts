import { randomBytes, randomInt } from 'node:crypto';
import { defaultMessage } from '../../apple/apns.ts';
import { createShelf } from '../bounded.ts';
import type { Ring } from '../challenges.ts';
import { tenantId } from '../directory.ts';
import { Refusal } from '../envelope.ts';
import type { MechanismName, Package, User } from '../people.ts';
import type { World } from '../world.ts';

interface MechanismKind {
  /** `Text`: answered directly; `StartTextOob`: started, then answered or polled; `StartOob`: started, then polled. */
  readonly answerType: 'Text' | 'StartTextOob' | 'StartOob';
  /** Whether the phone asks for the number that the client shows. */
  readonly hasNumber?: true;
  /** Its text in a list, and its text after it is chosen. */
  readonly select: string;
  readonly chosen: string;
}

/** `~` stands for the last digits of the telephone number. */
const mechanisms: Readonly<Record<MechanismName, MechanismKind>> = {
  UP: { answerType: 'Text', select: 'Password', chosen: 'Enter Password' },
  OATH: {
    answerType: 'StartTextOob',
    select: 'OATH OTP Client',
    chosen: 'Enter Verification Code',
  },
  OTP: {
    answerType: 'StartTextOob',
    hasNumber: true,
    select: 'Mobile Authenticator',
    chosen:
      'A request was sent to your Mobile Authenticator. Approve it there, or enter its code here.',
  },
  SMS: {
    answerType: 'StartTextOob',
    select: 'SMS... XXX-~',
    chosen: 'A text was sent to the phone ending in ~. Enter its code, or click its link.',
  },
  EMAIL: {
    answerType: 'StartTextOob',
    select: 'Email... @example.com',
    chosen: 'An email was sent to xxxx@example.com. Enter its code, or click its link.',
  },
  PF: {
    answerType: 'StartOob',
    select: 'Phone Call... XXX-~',
    chosen: 'Your phone ending in ~ will ring. Follow the instructions.',
  },
};

function describeMechanism(name: MechanismName, id: string, user: User | null): object {
  const { answerType, hasNumber, select, chosen } = mechanisms[name];
  const fill = (text: string): string => text.replaceAll('~', user?.mobileNumber.slice(-4) ?? '');
  return {
    Name: name,
    AnswerType: answerType,
    PromptSelectMech: fill(select),
    PromptMechChosen: fill(chosen),
    MechanismId: id,
    Enrolled: true,
    ...(hasNumber ? { OTPWITHNUMBER: true } : {}),
  };
}

/** A request sent to a phone or mailbox, and its outcome. */
export interface OutOfBand {
  readonly user: User;
  readonly mechanism: MechanismName;
  /** The code in the message; null: it has none. */
  readonly code: string | null;
  /** The number that the client shows and the user enters on the phone; null: the phone does not ask. */
  readonly number: string | null;
  /** The challenge on the user's phones; null: only `/emulator` answers. */
  readonly challenge: string | null;
  verdict: 'pending' | 'approved' | 'denied';
}

interface OfferedMechanism {
  readonly id: string;
  readonly name: MechanismName;
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
export type Proved = Readonly<{ user: User; isRenewable: boolean }>;

/** Milliseconds. */
const lifetime = 10 * 60 * 1000;

const randomId = (): string => randomBytes(33).toString('base64url');

/** The sign-ins in progress, which anyone can start. */
export function createSessions(
  { autoApprove, now, assumptions }: Pick<World, 'autoApprove' | 'now' | 'assumptions'>,
  phones: Omit<Ring, 'ask'>,
) {
  const giveUp = (started: OutOfBand | undefined): void => phones.end(started?.challenge ?? '');
  const sessions = createShelf<Session>(now, 1000, ({ started }) =>
    [...started.values()].forEach(giveUp),
  );
  const end = (sessionId: string): void => sessions.removeWhere(({ id }) => id === sessionId);
  /** A push rings the user's phones, whose answer decides; without a phone, only `/emulator` answers. */
  const start = (user: User, mechanism: MechanismName): OutOfBand => {
    const { answerType, hasNumber } = mechanisms[mechanism];
    const rings = mechanism === 'OTP' && phones.isReachable(user.user);
    const number = hasNumber ? digits(2) : null;
    const message = `${defaultMessage}. Number to match: ${number}`;
    return {
      ...{ user, mechanism, number },
      code: answerType === 'StartOob' ? null : digits(6),
      challenge: rings ? phones.begin(user.user, message) : null,
      verdict: autoApprove && !rings ? 'approved' : 'pending',
    };
  };
  const settled = (one: OutOfBand): OutOfBand => withAnswer(one, phones);
  const proceed = (session: Session, user: User): Proved | { readonly result: object } => {
    [...session.started.values()].forEach(giveUp);
    session.started.clear();
    session.step++;
    if (session.step < session.challenges.length)
      return { result: { Summary: 'StartNextChallenge' } };
    if (session.packages.length > 0) return { result: begin(session) };
    end(session.id);
    return { user, isRenewable: session.isRenewable };
  };

  return {
    /** Starts a sign-in: the members of `Result` with its challenges. */
    start(user: User | null, packages: readonly Package[], isRenewable: boolean): object {
      const expiresAt = new Date(now().getTime() + lifetime);
      const progress = { packages, challenges: [], step: 0, started: new Map() };
      const session: Session = { id: randomId(), user, isRenewable, expiresAt, ...progress };
      sessions.put(session.id, session);
      return begin(session);
    },
    /** The signed-in user, or the members of `Result`. A failure ends the sign-in. @throws {Refusal} */
    advance(sessionId: string, step: Step): Proved | { readonly result: object } {
      const session = sessions.find(sessionId);
      const user = session?.user ?? null;
      const mechanism = session?.challenges[session.step]?.find(
        ({ id }) => id === step.mechanismId,
      );
      const fail = (words?: string): never => {
        end(sessionId);
        throw authenticationFailed(words);
      };
      if (session === null || mechanism === undefined || user === null) return fail();
      const before = session.started.get(mechanism.id);
      if (step.action === 'StartOOB' && mechanisms[mechanism.name].answerType !== 'Text') {
        giveUp(before);
        const outOfBand = start(user, mechanism.name);
        session.started.set(mechanism.id, outOfBand);
        return pending(outOfBand);
      }
      const started = before === undefined ? null : settled(before);
      const met = isMet(mechanism, step, user, started);
      if (met === true) return proceed(session, user);
      if (met === null && started !== null) return pending(started);
      const isDenied = started?.verdict === 'denied' && step.action === 'Poll';
      return isDenied && assumptions['push-denied'] === 'said'
        ? fail('The request was denied on the mobile device.')
        : fail();
    },
    end,
    items: sessions.items,
    /** The requests without an answer, newest last. */
    waiting: (): readonly OutOfBand[] =>
      sessions
        .items()
        .flatMap(({ started }) => [...started.values()].map(settled))
        .filter(({ verdict }) => verdict === 'pending'),
  };
}

function withAnswer(one: OutOfBand, phones: Pick<Ring, 'verdict'>): OutOfBand {
  const answer = one.challenge === null ? 'Pending' : phones.verdict(one.challenge);
  if (answer === 'Approved') one.verdict = 'approved';
  if (answer === 'Denied') one.verdict = 'denied';
  return one;
}

/** Begins the next package of a session's challenges. */
function begin(session: Session): object {
  const [names = [], ...packages] = session.packages;
  const challenges = names.map((one) => one.map((name) => ({ name, id: randomId() })));
  Object.assign(session, { challenges, packages, step: 0 });
  return describePackage(session);
}

/** Random decimal digits. */
export function digits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0');
}

const pending = ({ number }: OutOfBand) => ({
  result: { Summary: 'OobPending', ...(number === null ? {} : { GeneratedAuthValue: number }) },
});

function isMet(
  { name }: OfferedMechanism,
  { action, answer }: Step,
  { password }: User,
  started: OutOfBand | null,
): boolean | null {
  if (mechanisms[name].answerType === 'Text') return action === 'Answer' && answer === password;
  if (started === null) return false;
  if (action === 'Poll')
    return started.verdict === 'pending' ? null : started.verdict === 'approved';
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
