import * as v from 'valibot';
import { members, positiveInteger } from '../text/json.ts';
import { otpAlgorithms } from '../text/one-time-password.ts';
import type { DeviceOtp } from './device-otp.ts';

/** A device token that a device has or had. */
export interface DeviceToken {
  /** Of Apple's, lower-case hex; of Google's (FCM), as it came. */
  readonly value: string;
  /** The app's topic, once the device or a push has told it. */
  readonly topic: string | null;
  /** ISO 8601: when a newer token took its place; null while it is good. */
  readonly replacedAt: string | null;
}

/** A phone that a user enrolled. */
export interface Device {
  readonly udid: string;
  readonly user: string;
  readonly os: 'ios' | 'android';
  readonly name: string;
  readonly osVersion: string;
  /** Newest last. */
  readonly tokens: readonly DeviceToken[];
  /** What its one-time passwords are made from; null before `OtpEnroll`. */
  readonly otp: DeviceOtp | null;
}

/** The token through which pushes reach the device, or null. */
export function currentToken({ tokens }: Device): DeviceToken | null {
  return tokens.findLast(({ replacedAt }) => replacedAt === null) ?? null;
}

/** What its one-time passwords are made of. An earlier emulator kept only the key and the profile. */
const storedOtp = members({
  key: v.string(),
  oathProfileUuid: v.string(),
  version: v.optional(positiveInteger, 1),
  algorithm: v.optional(v.picklist(otpAlgorithms), 'sha1'),
  digits: v.optional(positiveInteger, 6),
  interval: v.optional(positiveInteger, 30),
});

/** A device of a state file. */
export const storedDevice = members({
  udid: v.string(),
  user: v.string(),
  os: v.picklist(['ios', 'android']),
  name: v.string(),
  osVersion: v.string(),
  tokens: v.array(
    members({ value: v.string(), topic: v.nullable(v.string()), replacedAt: v.nullable(v.string()) }),
  ),
  otp: v.nullable(storedOtp),
});
