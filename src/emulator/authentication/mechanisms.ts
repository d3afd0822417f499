import { randomInt, randomUUID } from 'node:crypto';
import { defaultMessage } from '../../apple/apns.ts';
import { createShelf } from '../bounded.ts';
import type { Ring } from '../challenges.ts';
import type { MechanismName, User } from '../people.ts';

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
export const mechanisms: Readonly<Record<MechanismName, MechanismKind>> = {
  UP: { answerType: 'Text', select: 'Password', chosen: 'Enter Password' },
  OATH: { answerType: 'StartTextOob', select: 'OATH OTP Client', chosen: 'Enter Verification Code' },
  OTP: {
    answerType: 'StartTextOob',
    hasNumber: true,
    select: 'Mobile Authenticator',
    chosen: 'A request was sent to your Mobile Authenticator. Approve it there, or enter its code here.',
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
  U2F: {
    answerType: 'StartTextOob',
    select: 'FIDO2 Security Key',
    chosen: 'Insert security key and press its button',
  },
};

export function describeMechanism(name: MechanismName, id: string, user: User | null): object {
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
  readonly id: string;
  readonly user: User;
  readonly mechanism: MechanismName;
  readonly startedAt: Date;
  /** The code in the message; null: it has none. */
  readonly code: string | null;
  /** The number that the client shows and the user enters on the phone; null: the phone does not ask. */
  readonly number: string | null;
  readonly verdict: 'pending' | 'approved' | 'denied';
  /** The challenge on the user's phones; null: only `/emulator` answers. */
  readonly challenge: string | null;
  /** Infinite: the request ends with its sign-in. */
  readonly expiresAt: number;
}

export type OutOfBands = ReturnType<typeof createOutOfBands>;

/** The phones that a push can ring. */
export type Ringing = Omit<Ring, 'ask'>;

/** A push rings the user's phones, whose answer decides; without a phone, only `/emulator` answers. */
export function createOutOfBands(autoApprove: boolean, now: () => Date, phones: Ringing) {
  const all = createShelf<OutOfBand>(now, 1000, ({ challenge }) => phones.end(challenge ?? ''));
  const withAnswer = (one: OutOfBand): OutOfBand => {
    if (one.verdict !== 'pending' || one.challenge === null) return one;
    const answered = phones.verdict(one.challenge);
    const verdict = answered === 'Approved' ? 'approved' : answered === 'Denied' ? 'denied' : 'pending';
    return { ...one, verdict };
  };
  return {
    start(user: User, mechanism: MechanismName): OutOfBand {
      const { answerType, hasNumber } = mechanisms[mechanism];
      // A security key needs a browser; it has neither a code nor an approval.
      const isKey = mechanism === 'U2F';
      const rings = mechanism === 'OTP' && phones.isReachable(user.user);
      const number = hasNumber ? digits(2) : null;
      const message = `${defaultMessage}. Number to match: ${number}`;
      const started: OutOfBand = {
        id: randomUUID(),
        user,
        mechanism,
        startedAt: now(),
        code: answerType === 'StartOob' || isKey ? null : digits(6),
        number,
        verdict: autoApprove && !isKey && !rings ? 'approved' : 'pending',
        challenge: rings ? phones.begin(user.user, message) : null,
        expiresAt: Number.POSITIVE_INFINITY,
      };
      all.put(started.id, started);
      return started;
    },
    find(id: string): OutOfBand | null {
      const found = all.find(id);
      return found === null ? null : withAnswer(found);
    },
    /** The requests without an answer, newest last. */
    waiting: (): readonly OutOfBand[] =>
      all
        .items()
        .map(withAnswer)
        .filter(({ verdict }) => verdict === 'pending'),
    decide: (started: OutOfBand, approved: boolean): void =>
      all.put(started.id, { ...started, verdict: approved ? 'approved' : 'denied' }),
    end: (id: string): void => all.removeWhere((one) => one.id === id),
  };
}

/** Random decimal digits. */
export function digits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0');
}
