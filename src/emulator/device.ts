import { randomBytes, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { members, positiveInteger, type ReadBy } from '../text/json.ts';
import {
  encodeBase32,
  type OtpAlgorithm,
  oneTimePassword,
  otpAlgorithms,
} from '../text/one-time-password.ts';
import { queryResult } from './envelope.ts';

/** The parameters of one-time passwords. */
const storedOtp = members({
  /** Its UTF-8 bytes are the key. */
  key: v.string(),
  oathProfileUuid: v.string(),
  /** The number of the device's key, from 1. */
  version: positiveInteger,
  algorithm: v.picklist(otpAlgorithms),
  digits: positiveInteger,
  interval: positiveInteger,
});
export type DeviceOtp = ReadBy<typeof storedOtp>;

const storedToken = members({
  /** Apple's in lower-case hex, Google's (FCM) as it is. */
  value: v.string(),
  /** The app's topic, known from the device or from a push. */
  topic: v.nullable(v.string()),
  /** ISO 8601: the time of its replacement; null: it is valid. */
  replacedAt: v.nullable(v.string()),
});
export type DeviceToken = ReadBy<typeof storedToken>;

/** An enrolled phone in its stored form. */
export const storedDevice = members({
  udid: v.string(),
  user: v.string(),
  os: v.optional(v.picklist(['ios', 'android']), 'ios'),
  name: v.string(),
  osVersion: v.string(),
  /** Newest last. */
  tokens: v.array(storedToken),
  otp: v.nullable(storedOtp),
});
export type Device = ReadBy<typeof storedDevice>;

/** The token for pushes to the device, or null. */
export function currentToken({ tokens }: Device): DeviceToken | null {
  return tokens.findLast(({ replacedAt }) => replacedAt === null) ?? null;
}

const issuer = 'mfa-cli emulator';

/** A new key, whose codes change each half minute. */
export function createOtp(before: DeviceOtp | null, algorithm: OtpAlgorithm): DeviceOtp {
  const version = (before?.version ?? 0) + 1;
  return {
    oathProfileUuid: randomUUID(),
    key: encodeBase32(randomBytes(20)),
    version,
    algorithm,
    digits: 6,
    interval: 30,
  };
}

/** The number of a device's key that its library sends with an answer. */
export function keyVersionOf(os: Device['os'], { version }: DeviceOtp): number {
  // They differ, so that mistaking one for the other shows.
  return os === 'ios' ? version : version + 1;
}

/**
 * The interval of a code, or null: this one, or the one before or after, since clocks
 * differ (RFC 6238 §5.2).
 */
export function intervalOf(code: string, otp: DeviceOtp, now: Date): number | null {
  const key = Buffer.from(otp.key, 'utf8');
  const current = Math.floor(now.getTime() / 1000 / otp.interval);
  const codeOf = (interval: number): string | null =>
    oneTimePassword(key, otp, new Date(interval * otp.interval * 1000));
  const intervals = [current, current - 1, current + 1];
  return intervals.find((interval) => codeOf(interval) === code) ?? null;
}

/**
 * The `Result` of `OtpEnroll`, with the vendor's members. Its libraries do not use
 * `OTPKey` as the key.
 */
export function otpResult(otp: DeviceOtp, { user }: { readonly user: string }): object {
  return {
    Status: 0,
    OTPKey: randomBytes(20).toString('base64'),
    OTPKeyVersion: keyVersionOf('android', otp),
    OTPCodeMinLength: otp.digits,
    OTPCodeExpiryInterval: otp.interval,
    OathProfileUuid: otp.oathProfileUuid,
    OathType: 1,
    AccountName: user,
    Issuer: issuer,
    SecretKey: otp.key,
    Period: otp.interval,
    Digits: otp.digits,
    Counter: 0,
    HmacAlgorithm: otpAlgorithms.indexOf(otp.algorithm),
    SecretVersion: keyVersionOf('ios', otp),
    IsCma: false,
  };
}

/** The `Result` of `GetProfileListForDevice`, a query result. */
export function otpProfiles(otp: DeviceOtp | null, { user }: { readonly user: string }): object {
  if (otp === null) return queryResult([]);
  return queryResult([
    {
      ID: otp.oathProfileUuid,
      AccountName: user,
      Issuer: issuer,
      Type: 'TOTP',
      Algorithm: otp.algorithm.toUpperCase(),
      Digits: otp.digits,
      Period: otp.interval,
      Base32Secret: encodeBase32(Buffer.from(otp.key)),
    },
  ]);
}
