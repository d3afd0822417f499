import { hexToBytes } from '@noble/hashes/utils.js';
import type { OtpSecret } from './one-time-password.ts';
import { base64 } from './random.ts';
import type { Call } from './session.ts';
import { CallFailure, membersOf, textIn } from './tenant-call.ts';

/** How an iPhone describes itself. */
export interface Iphone {
  readonly udid: string;
  readonly name: string;
  readonly osVersion: string;
}

/** What the tenant gave a phone for its one-time passwords. */
export interface OtpProfile extends OtpSecret {
  readonly keyVersion: number;
  readonly oathProfileUuid: string;
}

/** What a person decided. */
export interface Verdict {
  readonly code: string;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly challenge: string;
  readonly accepted: boolean;
}

/** A push that reached the phone. */
export interface DeliveredPush {
  readonly topic: string;
  readonly payload: unknown;
}

/** @throws {CallFailure} as all of these calls */
export async function enrollIosDevice(call: Call, { udid, name, osVersion }: Iphone): Promise<void> {
  await call({ path: '/Device/EnrollIosDevice', body: { OSVersion: osVersion, Name: name, Udid: udid } });
}

export async function enrollOtp(call: Call, udid: string): Promise<OtpProfile> {
  const answer = await call({ path: `/IosAppRest/OtpEnroll?udid=${encodeURIComponent(udid)}` });
  const { SecretKey, SecretVersion, OathProfileUuid, HmacAlgorithm, Digits, Period } = membersOf(
    answer.Result,
  );
  const [key, oathProfileUuid] = [textIn(SecretKey), textIn(OathProfileUuid)];
  const numbers = [HmacAlgorithm, Digits, Period, SecretVersion];
  if (key === null || oathProfileUuid === null || !numbers.every(Number.isSafeInteger))
    throw new CallFailure('refused', 'The tenant gave no key for one-time passwords.');
  const [algorithm = 0, digits = 0, interval = 0, keyVersion = 0] = numbers as number[];
  return { key, oathProfileUuid, algorithm, digits, interval, keyVersion };
}

/** The library doubles the slash, and sends the token's bytes in base64. @param deviceToken hexadecimal */
export async function updateDevSettings(
  call: Call,
  { udid, name, osVersion }: Iphone,
  { deviceToken, bundleId }: { readonly deviceToken: string; readonly bundleId: string },
): Promise<void> {
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
  if (Status === false) throw new CallFailure('refused', 'The tenant did not accept the device token.');
}

export async function submitOtpCode(
  call: Call,
  { interval, keyVersion, oathProfileUuid }: OtpProfile,
  { code, at, challenge, accepted }: Verdict,
): Promise<void> {
  await call({
    path: '/IosAppRest//SubmitOtpCode',
    body: {
      otpCode: code,
      // The library's own misspelling.
      optKeyVersion: keyVersion,
      otpCodeExpiryInterval: String(interval),
      userAccepted: accepted ? 'True' : 'False',
      oathProfileUuid,
      otpTimestamp: at,
      challengeAnswer: challenge,
    },
  });
}

export async function deleteDevice(call: Call, udid: string): Promise<void> {
  await call({ path: `/Mobile/DeleteDevice?deviceID=${encodeURIComponent(udid)}` });
}

/** What iOS does for an app: the oldest push for the token, or null if none comes within these seconds. */
export async function takePush(
  call: Call,
  { deviceToken, wait }: { readonly deviceToken: string; readonly wait: number },
  signal: AbortSignal,
): Promise<DeliveredPush | null> {
  const { Result } = await call({
    path: '/emulator/pushes',
    body: { DeviceToken: deviceToken, Wait: wait },
    signal,
  });
  if (Result === null || Result === undefined) return null;
  const { topic, payload } = membersOf(Result);
  return { topic: String(topic), payload };
}
