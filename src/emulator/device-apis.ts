import { randomBytes } from 'node:crypto';
import { plainDeviceToken } from '../apple/apns.ts';
import { type Api, type Call, readBoolean, readParameters } from './api.ts';
import type { Assumptions } from './assumptions.ts';
import type { Challenges } from './challenges.ts';
import { type Device, type DeviceToken, otpProfiles, otpResult, versionsOf } from './device.ts';
import type { Devices } from './devices.ts';
import { badArgument, badFormat, missing } from './envelope.ts';
import { readQuery } from './http.ts';
import { decodeBase64 } from './tenant-apis.ts';
import type { World } from './world.ts';

/** `/Device`, `/IosAppRest`, `/Oath`, `/Mobile/DeleteDevice`: the calls of the vendor's mobile libraries, as the phone's user. */
export function deviceApis(
  devices: Devices,
  challenges: Challenges,
  { assumptions, now }: World,
): readonly Api[] {
  const isStrict = assumptions['device-forms'] === 'strict';
  const takes = isStrict ? (['json'] as const) : (['form', 'json'] as const);
  const api = (
    path: string,
    place: Place | null,
    answer: (given: DeviceParameters, caller: Call['caller']) => unknown,
    bare = false,
  ): Api => ({
    ...{ path, takes, bare, right: null },
    call: (call) => answer(readDeviceParameters(call, place, assumptions), call.caller),
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
    api(
      '/IosAppRest/UpdateDevSettings',
      'json',
      (given, { user }) => {
        const device = devices.require(user, given.text('DeviceID'));
        given.requireForm(tokenForms[device.os]);
        // Google's token is stored, but nothing is sent to it.
        const google = (): string => given.text('Token', 'ClientPushToken');
        devices.registerToken(
          device,
          device.os === 'ios' ? appleToken(given) : { value: google(), topic: null },
        );
        return { Status: true };
      },
      assumptions['token-answer'] === 'status',
    ),
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
      const taken = isStrict ? [versions[device.os]] : Object.values(versions);
      if (!taken.includes(version)) throw badArgument("optKeyVersion does not match the device's key.");
      requireMilliseconds(at, now());
      devices.spendCode(device, code);
      challenges.decide(challenge, accepted);
    }),
    api('/Mobile/DeleteDevice', 'query', (given, { user, rights }) => {
      const owner = rights.includes('manage-apns-certificates') ? null : user;
      devices.remove(devices.require(owner, given.text('deviceID')));
    }),
  ];
}

const words = 'Welcome to the mfa-cli emulator';
const welcome = { Icon: '', IconBackgroundColor: '#FFFFFF', IconUrl: '', WelcomeText: words };

/** The iOS library sends the token's bytes in base64; under the Android library's name they are hexadecimal. @throws {Refusal} */
function appleToken(given: DeviceParameters): Pick<DeviceToken, 'value' | 'topic'> {
  const topic = given.optionalText('pkgname');
  const text = given.text('ClientPushToken', 'Token');
  const hex = plainDeviceToken(text);
  if (given.optionalText('ClientPushToken') === null) return { value: hex, topic };
  if (/^[0-9a-f]{64,}$/.test(hex))
    throw badFormat("ClientPushToken is hexadecimal; the token's bytes are expected in base64.");
  return { value: Buffer.from(decodeBase64(text)).toString('hex'), topic };
}

/** Allowed deviation of a phone's clock, in milliseconds; it exceeds the life of any code. */
const clockDifference = 5 * 60_000;

function requireMilliseconds(at: number, now: Date): void {
  const differs = (milliseconds: number): boolean => Math.abs(milliseconds - now.getTime()) > clockDifference;
  if (!differs(at)) return;
  throw badArgument(
    differs(at * 1000)
      ? "otpTimestamp differs from the tenant's time by more than five minutes."
      : 'otpTimestamp is in seconds; milliseconds are expected.',
  );
}

type Place = 'json' | 'query';

/** The parameters of a call in one library's form: its spelling, and the type of each value. */
interface Form {
  readonly place: Place;
  readonly members: readonly (readonly [name: string, type: 'string' | 'number'])[];
}

/** @param texts names separated by spaces */
function form(place: Place, texts: string, numbers: readonly string[] = []): Form {
  const members = texts.split(' ').map((name) => [name, 'string'] as const);
  return { place, members: [...members, ...numbers.map((name) => [name, 'number'] as const)] };
}

type Forms = Readonly<Record<Device['os'], Form>>;

const tokenForms: Forms = {
  ios: form('json', 'OSVersion Name DeviceID ClientPushToken pkgname'),
  android: form('json', 'DeviceID Token'),
};

const answerTexts = 'otpCode otpCodeExpiryInterval userAccepted oathProfileUuid challengeAnswer';
const answerForms: Forms = {
  ios: form('json', answerTexts, ['optKeyVersion', 'otpTimestamp']),
  android: form('query', `${answerTexts} optKeyVersion otpTimestamp`),
};

/** Texts of a phone are kept. A token of Google's has about 200 characters. */
const longestText = 1000;

/** The parameters of a device's call, by name. All of them throw a `Refusal`. */
type DeviceParameters = ReturnType<typeof readDeviceParameters>;

/** @param place the place in both libraries' forms; null: they differ */
function readDeviceParameters(
  { request, all: json }: Call,
  place: Place | null,
  { 'device-forms': forms, 'device-names': names }: Assumptions,
) {
  const isStrict = forms === 'strict';
  const places = { json, query: Object.fromEntries(readQuery(request)) };
  const all = isStrict && place !== null ? places[place] : { ...places.query, ...json };
  const find = (name: string, members = all): unknown => {
    if (names === 'any') return readParameters(members).value(name);
    return Object.hasOwn(members, name) ? members[name] : undefined;
  };
  const required = (name: string, members = all): unknown => {
    const value = find(name, members);
    if (value === undefined || value === null || value === '') throw missing(name);
    return value;
  };
  return {
    /** The text of the first of these names that is present. */
    text(...spellings: readonly [string, ...string[]]): string {
      const spelled = spellings.find((name) => find(name) !== undefined) ?? spellings[0];
      const value = required(spelled);
      if (typeof value !== 'string') throw missing(spelled);
      if (value.length > longestText)
        throw badArgument(`${spelled} must have at most ${longestText} characters.`);
      return value;
    },
    optionalText(name: string): string | null {
      const value = find(name);
      return typeof value === 'string' && value !== '' ? value : null;
    },
    /** An integer, possibly as text. */
    integer(name: string): number {
      const value = required(name);
      const number = typeof value === 'string' && /^-?\d+$/.test(value) ? Number(value) : value;
      if (Number.isSafeInteger(number)) return number as number;
      throw badFormat(`${name} is not an integer.`);
    },
    /** True or false, possibly as text in any case. */
    boolean: (name: string): boolean => readBoolean(required(name)),
    /** If only each library's own form is accepted, requires this one. */
    requireForm({ place: own, members }: Form): void {
      if (!isStrict) return;
      for (const [name, type] of members)
        if (typeof required(name, places[own]) !== type) throw badFormat(`${name} is not a ${type} in JSON.`);
    },
  };
}
