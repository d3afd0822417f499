import type { User } from '../user.ts';

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

/** An offered mechanism, as the tenant describes it. */
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
