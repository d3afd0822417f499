import { randomBytes } from 'node:crypto';
import { plainDeviceToken } from '../apple/apns.ts';
import type { Api, Call } from './api.ts';
import type { Assumptions } from './assumptions.ts';
import { decodeBase64 } from './certificate.ts';
import type { Challenges } from './challenges.ts';
import type { DeviceToken } from './device.ts';
import { otpProfiles, otpResult, versionsOf } from './device-otp.ts';
import {
  answerForms,
  createParameterReader,
  type DeviceParameters,
  tokenForms,
} from './device-parameters.ts';
import type { Devices } from './devices.ts';
import { Refusal } from './envelope.ts';

export interface DeviceParts {
  readonly devices: Devices;
  readonly challenges: Challenges;
  readonly assumptions: Assumptions;
  now(): Date;
}

/** `/Device`, `/IosAppRest`, `/Oath`, `/Mobile/DeleteDevice`: what the vendor's mobile libraries call, as the user holding the phone. */
export function deviceApis({ devices, challenges, assumptions, now }: DeviceParts): readonly Api[] {
  const { takes, read } = createParameterReader(assumptions);
  const api = (
    path: string,
    place: 'json' | 'query' | null,
    answer: (given: DeviceParameters, caller: Call['caller']) => unknown,
  ): Api => ({ path, takes, right: null, call: (call) => answer(read(call, place), call.caller) });
  const updateSettings = api('/IosAppRest/UpdateDevSettings', 'json', (given, { user }) => {
    const device = devices.require(user, given.text('DeviceID'));
    given.requireForm(tokenForms[device.os]);
    devices.registerToken(device, device.os === 'ios' ? appleToken(given) : googleToken(given));
    return { Status: true };
  });
  return [
    api('/Device/EnrollIosDevice', 'json', (given, { user }) => {
      const [udid, name] = [given.text('Udid'), given.text('Name')];
      devices.enroll({ user, os: 'ios', udid, name, osVersion: given.text('OSVersion', 'Version') });
      return { WelcomeInfo: welcome, UserCert: null };
    }),
    api('/Device/EnrollAndroidDevice', 'json', (given, { user }) => {
      const [udid, name] = [given.text('udid', 'Udid'), given.text('name', 'Name')];
      devices.enroll({ user, os: 'android', udid, name, osVersion: given.text('version', 'Version') });
      return { Message: null, Status: true, ClientApiKey: randomBytes(16).toString('hex'), ErrorCode: null };
    }),
    { ...updateSettings, ...(assumptions['token-answer'] === 'status' ? { bare: true as const } : {}) },
    api('/IosAppRest/OtpEnroll', 'query', (given, caller) => {
      const device = devices.require(caller.user, given.text('udid'));
      return otpResult(devices.enrollOtp(device, assumptions['otp-algorithm']), caller);
    }),
    api('/Oath/GetProfileListForDevice', 'json', (given, caller) =>
      otpProfiles(devices.require(caller.user, given.text('DeviceID')).otp, caller),
    ),
    api('/IosAppRest/SubmitOtpCode', null, (given, { user }) => {
      const accepted = given.boolean('userAccepted');
      const [version, at] = [given.integer('optKeyVersion'), given.integer('otpTimestamp')];
      given.integer('otpCodeExpiryInterval');
      const [profile, code] = [given.text('oathProfileUuid'), given.text('otpCode')];
      const challenge = challenges.requireWaiting(user, given.text('challengeAnswer'));
      const device = devices.requireProfile(user, profile);
      given.requireForm(answerForms[device.os]);
      const versions = versionsOf(device.otp);
      const taken =
        assumptions['device-forms'] === 'strict' ? [versions[device.os]] : Object.values(versions);
      if (!taken.includes(version))
        throw new Refusal('System.ArgumentException', 'optKeyVersion does not match the device’s key.');
      requireMilliseconds(at, now());
      devices.spendCode(device, code);
      challenges.decide(challenge, accepted);
      return null;
    }),
    api('/Mobile/DeleteDevice', 'query', (given, { user, rights }) => {
      const owner = rights.includes('manage-apns-certificates') ? null : user;
      devices.remove(devices.require(owner, given.text('deviceID')));
      return null;
    }),
  ];
}

const welcome = {
  Icon: '',
  IconBackgroundColor: '#FFFFFF',
  IconUrl: '',
  WelcomeText: 'Welcome to the mfa-cli emulator',
};

/** The iOS library sends the token's bytes in base64; under the Android library's name they are as Apple prints them. @throws {Refusal} */
function appleToken(given: DeviceParameters): Pick<DeviceToken, 'value' | 'topic'> {
  const topic = given.optionalText('pkgname');
  const text = given.text('ClientPushToken', 'Token');
  const hex = plainDeviceToken(text);
  if (given.optionalText('ClientPushToken') === null) return { value: hex, topic };
  if (/^[0-9a-f]{64,}$/.test(hex))
    throw new Refusal(
      'System.FormatException',
      'ClientPushToken is hexadecimal; the token’s bytes are expected in base64.',
    );
  return { value: Buffer.from(decodeBase64(text)).toString('hex'), topic };
}

/** A token for Google's service: it is stored, but nothing is sent there. @throws {Refusal} */
function googleToken(given: DeviceParameters): Pick<DeviceToken, 'value' | 'topic'> {
  return { value: given.text('Token', 'ClientPushToken'), topic: null };
}

/** Milliseconds by which a phone's clock may be wrong: more than the life of any code. */
const clockDifference = 5 * 60_000;

/** @throws {Refusal} */
function requireMilliseconds(at: number, now: Date): void {
  const differs = (milliseconds: number): boolean => Math.abs(milliseconds - now.getTime()) > clockDifference;
  if (!differs(at)) return;
  throw new Refusal(
    'System.ArgumentException',
    differs(at * 1000)
      ? 'otpTimestamp is more than five minutes off the tenant’s time.'
      : 'otpTimestamp is in seconds; milliseconds are expected.',
  );
}
