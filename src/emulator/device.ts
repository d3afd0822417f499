import { isObject } from './json-object.ts';

/** A device token that a device has or had. */
export interface DeviceToken {
  /** Lower-case hex. */
  readonly value: string;
  /** The app's topic, once a push has told it. */
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
  readonly otp: { readonly oathProfileUuid: string; readonly key: string } | null;
}

/** The token that pushes reach the device by, or null. */
export function currentToken({ tokens }: Device): DeviceToken | null {
  return tokens.findLast(({ replacedAt }) => replacedAt === null) ?? null;
}

/** Whether a value of a state file is a device. */
export function isDevice(value: unknown): value is Device {
  if (!isObject(value)) return false;
  const { udid, user, os, name, osVersion, tokens, otp } = value;
  if (![udid, user, name, osVersion].every((member) => typeof member === 'string')) return false;
  if ((os !== 'ios' && os !== 'android') || !Array.isArray(tokens)) return false;
  return tokens.every(isToken) && (otp === null || isOtp(otp));
}

function isToken(value: unknown): boolean {
  if (!isObject(value) || typeof value.value !== 'string') return false;
  return isTextOrNull(value.topic) && isTextOrNull(value.replacedAt);
}

function isOtp(value: unknown): boolean {
  return isObject(value) && typeof value.key === 'string' && typeof value.oathProfileUuid === 'string';
}

function isTextOrNull(value: unknown): boolean {
  return value === null || typeof value === 'string';
}
