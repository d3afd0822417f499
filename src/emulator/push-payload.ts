import { category } from '../apple/payload.ts';
import type { Assumptions } from './assumptions.ts';
import type { Challenge } from './challenges.ts';

/** What a push says about a challenge, under the names that the vendor's Android library reads. */
type Options = Readonly<Record<string, string>> & {
  readonly Message: string;
  readonly ChallengeAnswer: string;
};

/** @param now when the sign-in began */
export function pushOptions({ id, user, answer, expiresAt }: Challenge, message: string, now: Date): Options {
  return {
    Message: message,
    ChallengeAnswer: answer,
    Title: 'Sign-in request',
    AppName: 'mfa-cli emulator',
    AppIconUrl: '',
    TargetAuthUser: user,
    LoginType: 'Web',
    IpAddress: '127.0.0.1',
    Location: '',
    CountryCode: '',
    CountryName: '',
    AuthRequestDate: now.toISOString(),
    ExpiryDate: expiresAt.toISOString(),
    CommandUuid: id,
    CollapseId: id,
  };
}

/** The payload for an iPhone; its app is known to read two of the options. */
export function applePayload(
  options: Options,
  { 'push-options': sent }: Assumptions,
): Readonly<Record<string, unknown>> {
  const { Message, ChallengeAnswer } = options;
  return {
    aps: { alert: Message, category },
    payload: { Options: sent === 'all' ? options : { Message, ChallengeAnswer } },
  };
}

/** The data that Google would deliver to an Android phone. */
export function googleData(options: Options): { readonly data_value: string } {
  return { data_value: encodeURIComponent(JSON.stringify(options)) };
}
