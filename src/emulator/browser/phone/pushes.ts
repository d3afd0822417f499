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
import type { Enrollment, EnrollmentRequest } from './memory.ts';

/** The user's answer to a challenge. */
interface Answer {
  readonly challenge: string;
  readonly accepted: boolean;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** Answers a challenge with a one-time password. @throws {CallFailure} */
export async function answerChallenge(
  call: Call,
  otp: OtpProfile,
  { challenge, accepted, at }: Answer,
): Promise<void> {
  const code = oneTimePassword(otp, at);
  if (code === null) {
    const seconds = otp.interval - (Math.floor(at / 1000) % otp.interval);
    throw new CallFailure(
      'refused',
      'The tenant chose MD5 for one-time passwords, ' +
        `which yields no code for the next ${seconds} s.`,
    );
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

const osVersion = '26.1';

/** A new phone, with a UDID in the form of iOS. */
export function newEnrollment(user: string): Enrollment {
  const udid = crypto.randomUUID().toUpperCase();
  return { user, udid, deviceToken: bytesToHex(randomBytes(32)), otp: null };
}

/**
 * The calls of the vendor's app after a sign-in, in the form of its iOS library.
 * @throws {CallFailure}
 */
export async function enrollPhone(
  call: Call,
  enrollment: Enrollment,
  { name, bundleId }: EnrollmentRequest,
): Promise<Enrollment> {
  const { udid, deviceToken } = enrollment;
  await call({
    path: '/Device/EnrollIosDevice',
    body: { OSVersion: osVersion, Name: name, Udid: udid },
  });
  const answer = await call({ path: `/IosAppRest/OtpEnroll?udid=${encodeURIComponent(udid)}` });
  const otp = readProfile(membersOf(answer.Result));
  const { Status } = await call({
    path: '/IosAppRest//UpdateDevSettings',
    body: {
      OSVersion: osVersion,
      Name: name,
      DeviceID: udid,
      ClientPushToken: base64(hexToBytes(deviceToken)),
      pkgname: bundleId,
    },
  });
  if (Status === false)
    throw new CallFailure('refused', 'The tenant did not accept the device token.');
  return { ...enrollment, otp };
}

function readProfile(given: Readonly<Record<string, unknown>>): OtpProfile {
  return {
    key: requireText(given.SecretKey),
    oathProfileUuid: requireText(given.OathProfileUuid),
    algorithm: requireInteger(given.HmacAlgorithm),
    digits: requireInteger(given.Digits),
    interval: requireInteger(given.Period),
    keyVersion: requireInteger(given.SecretVersion),
  };
}

function requireText(value: unknown): string {
  const text = textIn(value);
  if (text === null) throw noKey();
  return text;
}

function requireInteger(value: unknown): number {
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw noKey();
  return value;
}

function noKey(): CallFailure {
  return new CallFailure('refused', 'The tenant sent no key for one-time passwords.');
}
