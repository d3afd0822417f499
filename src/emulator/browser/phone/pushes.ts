import { bytesToHex, hexToBytes, randomBytes } from '@noble/hashes/utils.js';
import {
  base64,
  type Call,
  CallFailure,
  membersOf,
  type OtpProfile,
  oneTimePassword,
  textIn,
} from './device-calls.ts';
import type { Enrollment, Wish } from './memory.ts';

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
  if (code === null) {
    const left = otp.interval - (Math.floor(at / 1000) % otp.interval);
    const words = `The tenant chose MD5 for one-time passwords, which yields no code for the next ${left} s.`;
    throw new CallFailure('refused', words);
  }
  await call({
    path: '/IosAppRest//SubmitOtpCode',
    body: {
      otpCode: code,
      // The library's own misspelling.
      optKeyVersion: otp.keyVersion,
      otpCodeExpiryInterval: String(otp.interval),
      userAccepted: accepted ? 'True' : 'False',
      oathProfileUuid: otp.oathProfileUuid,
      otpTimestamp: at,
      challengeAnswer: challenge,
    },
  });
}

const OSVersion = '26.1';

/** A new phone, with a UDID in the form of iOS. */
export function newEnrollment(user: string): Enrollment {
  const udid = crypto.randomUUID().toUpperCase();
  return { user, udid, deviceToken: bytesToHex(randomBytes(32)), otp: null };
}

/** The calls of the vendor's app after a sign-in, in the form of its iOS library. @throws {CallFailure} */
export async function enrollPhone(
  call: Call,
  enrollment: Enrollment,
  { name: Name, bundleId }: Wish,
): Promise<Enrollment> {
  const { udid, deviceToken } = enrollment;
  await call({ path: '/Device/EnrollIosDevice', body: { OSVersion, Name, Udid: udid } });
  const answer = await call({ path: `/IosAppRest/OtpEnroll?udid=${encodeURIComponent(udid)}` });
  const otp = readProfile(membersOf(answer.Result));
  const ClientPushToken = base64(hexToBytes(deviceToken));
  const { Status } = await call({
    path: '/IosAppRest//UpdateDevSettings',
    body: { OSVersion, Name, DeviceID: udid, ClientPushToken, pkgname: bundleId },
  });
  if (Status === false)
    throw new CallFailure('refused', 'The tenant did not accept the device token.');
  return { ...enrollment, otp };
}

function readProfile(given: Readonly<Record<string, unknown>>): OtpProfile {
  const [key, oathProfileUuid] = [textIn(given.SecretKey), textIn(given.OathProfileUuid)];
  const numbers = [given.HmacAlgorithm, given.Digits, given.Period, given.SecretVersion];
  if (key === null || oathProfileUuid === null || !numbers.every(Number.isSafeInteger))
    throw new CallFailure('refused', 'The tenant sent no key for one-time passwords.');
  const [algorithm = 0, digits = 0, interval = 0, keyVersion = 0] = numbers as number[];
  return { key, oathProfileUuid, algorithm, digits, interval, keyVersion };
}
