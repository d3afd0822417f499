import { type OtpProfile, submitOtpCode } from './device-calls.ts';
import { oneTimePassword } from './one-time-password.ts';
import type { Call } from './session.ts';
import { CallFailure } from './tenant-call.ts';

/** Answers a challenge with a one-time password. @param at milliseconds since 1970 @throws {CallFailure} */
export async function answerChallenge(
  call: Call,
  otp: OtpProfile,
  {
    challenge,
    accepted,
    at,
  }: { readonly challenge: string; readonly accepted: boolean; readonly at: number },
): Promise<void> {
  const code = oneTimePassword(otp, at);
  if (code !== null) return submitOtpCode(call, otp, { code, at, challenge, accepted });
  const left = otp.interval - (Math.floor(at / 1000) % otp.interval);
  throw new CallFailure(
    'refused',
    `MD5, which the tenant chose for one-time passwords, gives none for the next ${left} s.`,
  );
}
