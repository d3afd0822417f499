import { otpAlgorithms } from '../one-time-password.ts';
import type { DeviceOtp } from './device-otp.ts';
import { isObject } from './json-object.ts';

/** A device token that a device has or had. */
export interface DeviceToken {
  /** Of Apple's, lower-case hex; of Google's (FCM), as it came. */
  readonly value: string;
  /** The app's topic, once the device or a push has told it. */
  readonly topic: string | null;
  /** ISO 8601: when a newer token took its place; null while it is good. */
  readonly replacedAt: string | null;
}

/** A phone that a user has enrolled. */
export interface Device {
  readonly udid: string;
  readonly user: string;
  readonly os: 'ios' | 'android';
  readonly name: string;
  readonly osVersion: string;
  /** The newest last. */
  readonly tokens: readonly DeviceToken[];
  /** What its one-time passwords are made of; null before `OtpEnroll`. */
  readonly otp: DeviceOtp | null;
}

/** The token that pushes reach the device by, or null. */
export function currentToken({ tokens }: Device): DeviceToken | null {
  return tokens.findLast(({ replacedAt }) => replacedAt === null) ?? null;
}

/** The device of a state file, or null for anything else. */
export function readDevice(value: unknown): Device | null {
  if (!isObject(value)) return null;
  const { udid, user, os, name, osVersion, tokens, otp } = value;
  if (!isText(udid) || !isText(user) || !isText(name) || !isText(osVersion)) return null;
  if (!isSystem(os) || !Array.isArray(tokens) || !tokens.every(isToken)) return null;
  const device = { udid, user, os, name, osVersion, tokens };
  if (otp === null) return { ...device, otp };
  const read = isObject(otp) ? { ...earlierOtp, ...otp } : null;
  return isOtp(read) ? { ...device, otp: read } : null;
}

/** What an emulator that kept only key and profile went by. */
const earlierOtp = { version: 1, algorithm: 'sha1', digits: 6, interval: 30 } as const;

function isSystem(value: unknown): value is Device['os'] {
  return value === 'ios' || value === 'android';
}

function isToken(value: unknown): value is DeviceToken {
  return (
    isObject(value) && isText(value.value) && isTextOrNull(value.topic) && isTextOrNull(value.replacedAt)
  );
}

function isOtp(value: unknown): value is DeviceOtp {
  if (!isObject(value) || !isText(value.key) || !isText(value.oathProfileUuid)) return false;
  const { algorithm, version, digits, interval } = value;
  return otpAlgorithms.some((known) => known === algorithm) && [version, digits, interval].every(isPositive);
}

function isPositive(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isTextOrNull(value: unknown): value is string | null {
  return value === null || isText(value);
}
