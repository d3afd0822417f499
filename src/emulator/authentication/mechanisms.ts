import { randomInt, randomUUID } from 'node:crypto';
import { defaultMessage } from '../../apple/apns.ts';
import type { User } from '../users.ts';

/** What a person can authenticate with, by the vendor's names. */
export type MechanismName = 'UP' | 'OATH' | 'OTP' | 'SMS' | 'EMAIL' | 'PF' | 'U2F';

interface MechanismKind {
  /** `Text`: answered at once; `StartTextOob`: started, and then answered or polled; `StartOob`: started and polled. */
  readonly answerType: 'Text' | 'StartTextOob' | 'StartOob';
  /** Whether the phone shows numbers, of which the person must pick the right one. */
  readonly hasNumber?: true;
  /** Its text in a list, and the text once it is chosen. */
  readonly select: string;
  readonly chosen: string;
}

/** `~` stands for the end of the telephone number. */
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

const kept = 1000;

export type OutOfBands = ReturnType<typeof createOutOfBands>;

/** The phones that a push can ring. */
export interface Ringing {
  isReachable(user: string): boolean;
  /** Returns the ID under which `verdict` tells what is answered. */
  begin(user: string, message: string): string;
  verdict(id: string): 'Pending' | 'Approved' | 'Denied' | 'Expired';
  /** Nobody waits for the answer any more. */
  end(id: string): void;
}

/** A push rings the user's phones, and what is answered there counts; where there is no phone, only `/emulator` answers. */
export function createOutOfBands(autoApprove: boolean, now: () => Date, phones: Ringing) {
  const all = new Map<string, OutOfBand>();
  const rung = new Map<string, string>();
  const find = (id: string): OutOfBand | null => {
    const started = all.get(id) ?? null;
    const challenge = rung.get(id);
    if (started?.verdict !== 'pending' || challenge === undefined) return started;
    const answered = phones.verdict(challenge);
    const verdict = answered === 'Approved' ? 'approved' : answered === 'Denied' ? 'denied' : 'pending';
    return { ...started, verdict };
  };
  const end = (id: string): void => {
    all.delete(id);
    phones.end(rung.get(id) ?? '');
    rung.delete(id);
  };
  return {
    start(user: User, mechanism: MechanismName): OutOfBand {
      const { answerType, hasNumber } = mechanisms[mechanism];
      // A security key has neither a code nor an approval: a browser would have to talk to it.
      const isKey = mechanism === 'U2F';
      const rings = mechanism === 'OTP' && phones.isReachable(user.user);
      const number = hasNumber ? digits(2) : null;
      const started: OutOfBand = {
        id: randomUUID(),
        user,
        mechanism,
        startedAt: now(),
        code: answerType === 'StartOob' || isKey ? null : digits(6),
        number,
        verdict: autoApprove && !isKey && !rings ? 'approved' : 'pending',
      };
      all.set(started.id, started);
      if (rings)
        rung.set(started.id, phones.begin(user.user, `${defaultMessage}. Number to compare: ${number}`));
      const [oldest = ''] = all.keys();
      if (all.size > kept) end(oldest);
      return started;
    },
    find,
    /** Those waiting for an answer, newest last. */
    waiting: (): readonly OutOfBand[] =>
      [...all.keys()].map(find).filter((one): one is OutOfBand => one?.verdict === 'pending'),
    decide(id: string, approved: boolean): void {
      const started = all.get(id);
      if (started !== undefined) all.set(id, { ...started, verdict: approved ? 'approved' : 'denied' });
    },
    end,
  };
}

function digits(count: number): string {
  return String(randomInt(10 ** count)).padStart(count, '0');
}

/** One mechanism of each challenge must be answered. */
export type Package = readonly (readonly MechanismName[])[];

type SignInKind =
  /** Package after package: the tenant may ask for more after an answer. */
  | { readonly packages: readonly Package[] }
  /** With their company's identity provider, which may show a PIN to enter. */
  | { readonly identityProvider: 'plain' | 'pin' };

/** A user whose kind of sign-in is worth rehearsing. */
type Rehearsal = SignInKind & {
  readonly user: string;
  /** Whether the tenant sends them to another of its hosts. */
  readonly elsewhere?: true;
};

export const rehearsals: readonly Rehearsal[] = [
  { user: 'mfa@example.com', packages: [[['UP'], ['OTP', 'OATH', 'SMS', 'EMAIL', 'PF', 'U2F']]] },
  { user: 'push@example.com', packages: [[['UP'], ['OTP']]] },
  { user: 'oath@example.com', packages: [[['UP'], ['OATH']]] },
  { user: 'sms@example.com', packages: [[['UP'], ['SMS']]] },
  { user: 'email@example.com', packages: [[['UP'], ['EMAIL']]] },
  { user: 'phone@example.com', packages: [[['UP'], ['PF']]] },
  { user: 'key@example.com', packages: [[['UP'], ['U2F']]] },
  { user: 'codes@example.com', packages: [[['OATH'], ['SMS']]] },
  { user: 'again@example.com', packages: [[['UP']], [['OATH', 'EMAIL']]] },
  { user: 'federated@example.com', identityProvider: 'plain' },
  { user: 'pin@example.com', identityProvider: 'pin' },
  { user: 'elsewhere@example.com', packages: [[['UP']]], elsewhere: true },
];

/** What everybody else must provide, even names that do not exist, so that names cannot be guessed. */
export const passwordAlone: readonly Package[] = [[['UP']]];

/** Whoever has a phone may use it in place of the password. */
export const passwordOrPush: readonly Package[] = [[['OTP', 'UP']]];
