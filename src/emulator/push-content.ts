import { category } from '../apple/apns.ts';
import type { Assumptions } from './assumptions.ts';
import type { Challenge, GoogleData } from './challenges.ts';

/** The content of a push, by the names of the vendor's Android library. */
export interface PushOptions {
  readonly Message: string;
  readonly ChallengeAnswer: string;
  readonly [name: string]: string;
}

/** @param now the start of the sign-in */
export function pushOptions(
  { id, user, answer, expiresAt }: Challenge,
  message: string,
  now: Date,
): PushOptions {
  return {
    Message: message,
    ChallengeAnswer: answer,
    Title: 'Sign-in request',
    AppName: 'mfa-cli emulator',
    TargetAuthUser: user,
    LoginType: 'Web',
    IpAddress: '127.0.0.1',
    Location: '',
    CountryCode: '',
    CountryName: '',
    AppIconUrl: '',
    AuthRequestDate: now.toISOString(),
    ExpiryDate: expiresAt.toISOString(),
    CommandUuid: id,
    CollapseId: id,
  };
}

/** The payload for an iPhone, whose app reads two of the options. */
export function applePayload(
  options: PushOptions,
  assumptions: Assumptions,
): Readonly<Record<string, unknown>> {
  const { Message, ChallengeAnswer } = options;
  const Options = assumptions['push-options'] === 'all' ? options : { Message, ChallengeAnswer };
  return { aps: { alert: Message, category }, payload: { Options } };
}

export function googleData(options: PushOptions): GoogleData {
  return { data_value: encodeURIComponent(JSON.stringify(options)) };
}
