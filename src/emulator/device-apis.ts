import { randomBytes } from 'node:crypto';
import { type Api, type Call, type Parameters, readParameters } from './api.ts';
import type { Challenges } from './challenges.ts';
import { type Device, keyVersionOf, otpProfiles, otpResult } from './device.ts';
import type { Devices } from './devices.ts';
import { badArgument, badFormat, missing } from './envelope.ts';
import { readQuery } from './http.ts';
import { decodeBase64 } from './tenant-apis.ts';
import type { World } from './world.ts';

/** The parameters of a call as a library of the vendor sends them; names are separated by spaces. */
type Form = Readonly<{ place: 'json' | 'query'; texts: string; numbers?: string }>;

type Os = Device['os'];

/** The form of each library; one that makes the call alone, or as the other, has the only form. */
type Forms = Form | Readonly<Record<Os, Form>>;

/** A call of a phone. */
interface PhoneCall {
  readonly caller: Call['caller'];
  /** From any place, in any form. */
  readonly given: Parameters;
  /** Where each library must use its own form, requires the one of this system. @throws {Refusal} */
  requireForm(os: Os): void;
}

/** Texts of a phone are kept and shown; a token of Google's has about 200 characters. */
const longestText = 200;
const longestToken = 1000;

const tokenForms: Forms = {
  ios: { place: 'json', texts: 'OSVersion Name DeviceID ClientPushToken pkgname' },
  android: { place: 'json', texts: 'DeviceID Token' },
};

const answerTexts = 'otpCode otpCodeExpiryInterval userAccepted oathProfileUuid challengeAnswer';
const answerForms: Forms = {
  ios: { place: 'json', texts: answerTexts, numbers: 'optKeyVersion otpTimestamp' },
  android: { place: 'query', texts: `${answerTexts} optKeyVersion otpTimestamp` },
};

const integers = { least: 0, most: Number.MAX_SAFE_INTEGER };

/** `/Device`, `/IosAppRest`, `/Oath`, `/Mobile/DeleteDevice`: the calls of the vendor's mobile libraries, as the phone's user. */
export function deviceApis(
  devices: Devices,
  challenges: Challenges,
  { assumptions, now }: World,
): readonly Api[] {
  const isStrict = assumptions['device-forms'] === 'strict';
  const isExact = assumptions['device-names'] === 'exact';
  const api = (
    path: string,
    forms: Forms,
    answer: (call: PhoneCall) => unknown,
    bare = false,
  ): Api => ({
    ...{ path, bare, right: null, takes: isStrict ? ['json'] : ['form', 'json'] },
    call({ request, all: json, caller }) {
      const places = { json, query: Object.fromEntries(readQuery(request)) };
      const requireForm = (os: Os): void => {
        const form = 'place' in forms ? forms : forms[os];
        if (isStrict) requireOwnForm(readParameters(places[form.place], isExact), form);
      };
      const given = readParameters({ ...places.query, ...json }, isExact);
      if ('place' in forms) requireForm('ios');
      return answer({ caller, given, requireForm });
    },
  });
  return [
    api(
      '/Device/EnrollIosDevice',
      { place: 'json', texts: 'Udid Name OSVersion' },
      ({ caller: { user }, given: { shortText, optionalText } }) => {
        const udid = shortText('Udid', longestText);
        const name = shortText('Name', longestText);
        // The PowerShell module has a name of its own.
        const version = optionalText('Version') === null ? 'OSVersion' : 'Version';
        const osVersion = shortText(version, longestText);
        devices.enroll({ user, os: 'ios', udid, name, osVersion });
        return { WelcomeInfo: welcome, UserCert: null };
      },
    ),
    api(
      '/Device/EnrollAndroidDevice',
      { place: 'json', texts: 'name simpleName version udid Manufacturer os' },
      ({ caller: { user }, given: { shortText } }) => {
        const udid = shortText('udid', longestText);
        const name = shortText('name', longestText);
        const osVersion = shortText('version', longestText);
        devices.enroll({ user, os: 'android', udid, name, osVersion });
        const ClientApiKey = randomBytes(16).toString('hex');
        return { Message: null, Status: true, ClientApiKey, ErrorCode: null };
      },
    ),
    api(
      '/IosAppRest/UpdateDevSettings',
      tokenForms,
      ({ caller: { user }, given, requireForm }) => {
        const device = devices.require(user, given.text('DeviceID'));
        requireForm(device.os);
        const token =
          device.os === 'ios'
            ? {
                value: readToken(given.text('ClientPushToken')),
                topic: given.optionalText('pkgname'),
              }
            : { value: given.shortText('Token', longestToken), topic: null };
        devices.registerToken(device, token);
        return { Status: true };
      },
      assumptions['token-answer'] === 'status',
    ),
    api('/IosAppRest/OtpEnroll', { place: 'query', texts: 'udid' }, ({ caller, given }) => {
      const device = devices.require(caller.user, given.text('udid'));
      return otpResult(devices.enrollOtp(device, assumptions['otp-algorithm']), caller);
    }),
    api(
      '/Oath/GetProfileListForDevice',
      { place: 'json', texts: 'DeviceID' },
      ({ caller, given }) =>
        otpProfiles(devices.require(caller.user, given.text('DeviceID')).otp, caller),
    ),
    api('/IosAppRest/SubmitOtpCode', answerForms, (call) =>
      takeAnswer(call, devices, challenges, now()),
    ),
    api(
      '/Mobile/DeleteDevice',
      { place: 'query', texts: 'deviceID' },
      ({ caller: { user, rights }, given }) => {
        const owner = rights.includes('manage-apns-certificates') ? null : user;
        devices.remove(devices.require(owner, given.text('deviceID')));
      },
    ),
  ];
}

/** Takes the answer of a phone to a challenge. @throws {Refusal} */
function takeAnswer(
  { caller: { user }, given, requireForm }: PhoneCall,
  devices: Devices,
  challenges: Challenges,
  now: Date,
): void {
  const { text, flag, integer } = given;
  const accepted = flag('userAccepted');
  if (accepted === null) throw missing('userAccepted');
  const version = integer('optKeyVersion', integers);
  const at = integer('otpTimestamp', integers);
  integer('otpCodeExpiryInterval', integers);
  const challenge = challenges.requireWaiting(user, text('challengeAnswer'));
  const device = devices.requireProfile(user, text('oathProfileUuid'));
  requireForm(device.os);
  if (version !== keyVersionOf(device.os, device.otp))
    throw badArgument("optKeyVersion does not match the device's key.");
  if (Math.abs(at - now.getTime()) > clockDifference)
    throw badArgument("otpTimestamp differs from the tenant's time by more than five minutes.");
  devices.spendCode(device, text('otpCode'));
  challenge.accepted = accepted;
}

const words = 'Welcome to the mfa-cli emulator';
const welcome = { Icon: '', IconBackgroundColor: '#FFFFFF', IconUrl: '', WelcomeText: words };

/** Allowed deviation of a phone's clock, in milliseconds; it exceeds the life of any code. */
const clockDifference = 5 * 60_000;

/** Requires the names and types of a library. @throws {Refusal} */
function requireOwnForm({ value }: Parameters, { texts, numbers }: Form): void {
  const require = (names: string | undefined, type: string): void => {
    for (const name of names?.split(' ') ?? []) {
      if ((value(name) ?? '') === '') throw missing(name);
      if (typeof value(name) !== type) throw badFormat(`${name} is not a ${type} in JSON.`);
    }
  };
  require(texts, 'string');
  require(numbers, 'number');
}

/** The iOS library sends the token's bytes in base64. @returns lower-case hex @throws {Refusal} */
function readToken(base64: string): string {
  if (/^[0-9a-f]{64,}$/i.test(base64))
    throw badFormat("ClientPushToken is hexadecimal; the token's bytes are expected in base64.");
  return Buffer.from(decodeBase64(base64)).toString('hex');
}
