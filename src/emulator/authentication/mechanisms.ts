import type { MechanismName, User } from '../people.ts';

export interface Mechanism {
  /**
   * `Text`: answered directly; `StartTextOob`: started, then answered or polled;
   * `StartOob`: started, then polled.
   */
  readonly answerType: 'Text' | 'StartTextOob' | 'StartOob';
  /** Whether the phone asks for the number that the client shows. */
  readonly hasNumber?: true;
  /** Its text in a list. */
  readonly selectPrompt: string;
  /** Its text after it is chosen. */
  readonly chosenPrompt: string;
}

/** `~` stands for the last digits of the telephone number. */
export const mechanisms: Readonly<Record<MechanismName, Mechanism>> = {
  UP: { answerType: 'Text', selectPrompt: 'Password', chosenPrompt: 'Enter Password' },
  OATH: {
    answerType: 'StartTextOob',
    selectPrompt: 'OATH OTP Client',
    chosenPrompt: 'Enter Verification Code',
  },
  OTP: {
    answerType: 'StartTextOob',
    hasNumber: true,
    selectPrompt: 'Mobile Authenticator',
    chosenPrompt:
      'A request was sent to your Mobile Authenticator. Approve it there, or enter its code here.',
  },
  SMS: {
    answerType: 'StartTextOob',
    selectPrompt: 'SMS... XXX-~',
    chosenPrompt: 'A text was sent to the phone ending in ~. Enter its code, or click its link.',
  },
  EMAIL: {
    answerType: 'StartTextOob',
    selectPrompt: 'Email... @example.com',
    chosenPrompt: 'An email was sent to xxxx@example.com. Enter its code, or click its link.',
  },
  PF: {
    answerType: 'StartOob',
    selectPrompt: 'Phone Call... XXX-~',
    chosenPrompt: 'Your phone ending in ~ will ring. Follow the instructions.',
  },
};

/** A mechanism, as a challenge offers it. */
export interface OfferedMechanism {
  readonly id: string;
  readonly name: MechanismName;
}

export function describeMechanism({ id, name }: OfferedMechanism, user: User | null): object {
  const { answerType, hasNumber, selectPrompt, chosenPrompt } = mechanisms[name];
  const lastDigits = user?.mobileNumber.slice(-4) ?? '';
  const described = {
    Name: name,
    AnswerType: answerType,
    PromptSelectMech: selectPrompt.replaceAll('~', lastDigits),
    PromptMechChosen: chosenPrompt.replaceAll('~', lastDigits),
    MechanismId: id,
    Enrolled: true,
  };
  return hasNumber ? { ...described, OTPWITHNUMBER: true } : described;
}
