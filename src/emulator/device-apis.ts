import { type Api, type Call, type Parameters, readParameters } from './api.ts';
import type { Challenges } from './challenges.ts';
import { otpProfiles, otpResult } from './device.ts';
import type { Devices } from './devices.ts';
import { badArgument, badFormat, missing } from './envelope.ts';
import { readQuery } from './http.ts';
import { decodeBase64 } from './tenant-apis.ts';
import type { World } from './world.ts';

/** The parameters of a call as the vendor's iOS library sends them; names are separated by spaces. */
type Form = Readonly<{ place: 'json' | 'query'; texts: string; numbers?: string }>;

/** Texts of a phone are kept and shown. */
const longestText = 200;

const integers = { least: 0, most: Number.MAX_SAFE_INTEGER };

/** `/Device`, `/IosAppRest`, `/Oath`, `/Mobile/DeleteDevice`: the calls of the vendor's iOS library, as the phone's user. */
export function deviceApis(
  devices: Devices,
  challenges: Challenges,
  { assumptions, now }: World,
): readonly Api[] {
  const isStrict = assumptions['device-forms'] === 'strict';
  const isExact = assumptions['device-names'] === 'exact';
  const api = (
    path: string,
    form: Form,
    answer: (given: Parameters, caller: Call['caller']) => unknown,
    bare = false,
  ): Api => ({
    ...{ path, bare, right: null, takes: isStrict ? ['json'] : ['form', 'json'] },
    call({ request, all: json, caller }) {
      const places = { json, query: Object.fromEntries(readQuery(request)) };
      if (!isStrict) return answer(readParameters({ ...places.query, ...json }, isExact), caller);
      const given = readParameters(places[form.place], isExact);
      requireForm(given, form);
      return answer(given, caller);
    },
  });
  return [
    api(
      '/Device/EnrollIosDevice',
      { place: 'json', texts: 'Udid Name OSVersion' },
      ({ shortText, optionalText }, { user }) => {
        const [udid, name] = [shortText('Udid', longestText), shortText('Name', longestText)];
        // The PowerShell module has a name of its own.
        const version = optionalText('Version') === null ? 'OSVersion' : 'Version';
        devices.enroll({ user, udid, name, osVersion: shortText(version, longestText) });
        return { WelcomeInfo: welcome, UserCert: null };
      },
    ),
    api(
      '/IosAppRest/UpdateDevSettings',
      { place: 'json', texts: 'OSVersion Name DeviceID ClientPushToken pkgname' },
      ({ text, optionalText }, { user }) => {
        const device = devices.require(user, text('DeviceID'));
        const value = readToken(text('ClientPushToken'));
        devices.registerToken(device, { value, topic: optionalText('pkgname') });
        return { Status: true };
      },
      assumptions['token-answer'] === 'status',
    ),
    api('/IosAppRest/OtpEnroll', { place: 'query', texts: 'udid' }, ({ text }, caller) => {
      const device = devices.require(caller.user, text('udid'));
      return otpResult(devices.enrollOtp(device, assumptions['otp-algorithm']), caller);
    }),
    api('/Oath/GetProfileListForDevice', { place: 'json', texts: 'DeviceID' }, ({ text }, caller) =>
      otpProfiles(devices.require(caller.user, text('DeviceID')).otp, caller),
    ),
    api(
      '/IosAppRest/SubmitOtpCode',
      {
        place: 'json',
        texts: 'otpCode otpCodeExpiryInterval userAccepted oathProfileUuid challengeAnswer',
        numbers: 'optKeyVersion otpTimestamp',
      },
      ({ text, flag, integer }, { user }) => {
        const accepted = flag('userAccepted');
        if (accepted === null) throw missing('userAccepted');
        const [version, at] = [
          integer('optKeyVersion', integers),
          integer('otpTimestamp', integers),
        ];
        integer('otpCodeExpiryInterval', integers);
        const challenge = challenges.requireWaiting(user, text('challengeAnswer'));
        const device = devices.requireProfile(user, text('oathProfileUuid'));
        if (version !== device.otp.version)
          throw badArgument("optKeyVersion does not match the device's key.");
        if (Math.abs(at - now().getTime()) > clockDifference)
          throw badArgument(
            "otpTimestamp differs from the tenant's time by more than five minutes.",
          );
        devices.spendCode(device, text('otpCode'));
        challenge.accepted = accepted;
      },
    ),
    api(
      '/Mobile/DeleteDevice',
      { place: 'query', texts: 'deviceID' },
      ({ text }, { user, rights }) => {
        const owner = rights.includes('manage-apns-certificates') ? null : user;
        devices.remove(devices.require(owner, text('deviceID')));
      },
    ),
  ];
}

const words = 'Welcome to the mfa-cli emulator';
const welcome = { Icon: '', IconBackgroundColor: '#FFFFFF', IconUrl: '', WelcomeText: words };

/** Allowed deviation of a phone's clock, in milliseconds; it exceeds the life of any code. */
const clockDifference = 5 * 60_000;

/** Requires the types of the iOS library. @throws {Refusal} */
function requireForm({ value }: Parameters, { texts, numbers }: Form): void {
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
