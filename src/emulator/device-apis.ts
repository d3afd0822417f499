import { randomBytes } from 'node:crypto';
import { type Api, api, type Call } from './api.ts';
import type { Challenges } from './challenges.ts';
import { type Device, type DeviceToken, keyVersionOf, otpProfiles, otpResult } from './device.ts';
import type { Devices } from './devices.ts';
import { badArgument, badFormat, missing } from './envelope.ts';
import { readQuery } from './http.ts';
import { Parameters } from './parameters.ts';
import { decodeBase64 } from './tenant-apis.ts';
import type { World } from './world.ts';

/** The parameters of a call as a library of the vendor sends them. */
interface Form {
  readonly place: 'json' | 'query';
  readonly texts: readonly string[];
  readonly numbers?: readonly string[];
}

type Os = Device['os'];

/** The form of each library; one form, if both use it or only one makes the call. */
type Forms = Form | Readonly<Record<Os, Form>>;

/** A call of a phone. */
interface PhoneCall {
  readonly caller: Call['caller'];
  /** From any place, in any form. */
  readonly parameters: Parameters;
  /**
   * Where each library must use its own form, requires the one of this system.
   * @throws {Refusal}
   */
  requireForm(os: Os): void;
}

/** A row of the table of calls. */
interface PhoneApi {
  readonly path: string;
  readonly forms: Forms;
  /** Whether the result is the whole answer, without an envelope. */
  readonly bare?: boolean;
  answer(call: PhoneCall): unknown;
}

/** The tenant, with the parts that the calls of phones change. */
interface PhoneTenant extends World {
  readonly devices: Devices;
  readonly challenges: Challenges;
}

/** Texts of a phone are kept and shown; a token of Google's has about 200 characters. */
const maxTextLength = 200;
const maxTokenLength = 1000;

const iosEnrollment: Form = { place: 'json', texts: ['Udid', 'Name', 'OSVersion'] };

const androidEnrollment: Form = {
  place: 'json',
  texts: ['name', 'simpleName', 'version', 'udid', 'Manufacturer', 'os'],
};

const tokenForms: Forms = {
  ios: { place: 'json', texts: ['OSVersion', 'Name', 'DeviceID', 'ClientPushToken', 'pkgname'] },
  android: { place: 'json', texts: ['DeviceID', 'Token'] },
};

const answerTexts = [
  'otpCode',
  'otpCodeExpiryInterval',
  'userAccepted',
  'oathProfileUuid',
  'challengeAnswer',
];
const answerNumbers = ['optKeyVersion', 'otpTimestamp'];

const answerForms: Forms = {
  ios: { place: 'json', texts: answerTexts, numbers: answerNumbers },
  android: { place: 'query', texts: [...answerTexts, ...answerNumbers] },
};

/**
 * `/Device`, `/IosAppRest`, `/Oath`, `/Mobile/DeleteDevice`: the calls of the vendor's
 * mobile libraries, as the phone's user.
 */
export function deviceApis(tenant: PhoneTenant): readonly Api[] {
  const { devices, assumptions } = tenant;
  const rows: readonly PhoneApi[] = [
    {
      path: '/Device/EnrollIosDevice',
      forms: iosEnrollment,
      answer: (call) => enrollIphone(call, devices),
    },
    {
      path: '/Device/EnrollAndroidDevice',
      forms: androidEnrollment,
      answer: (call) => enrollAndroid(call, devices),
    },
    {
      path: '/IosAppRest/UpdateDevSettings',
      forms: tokenForms,
      bare: assumptions['token-answer'] === 'status',
      answer: (call) => registerToken(call, devices),
    },
    {
      path: '/IosAppRest/OtpEnroll',
      forms: { place: 'query', texts: ['udid'] },
      answer({ caller, parameters }) {
        const device = devices.require(caller.user, parameters.text('udid'));
        return otpResult(devices.enrollOtp(device, assumptions['otp-algorithm']), caller);
      },
    },
    {
      path: '/Oath/GetProfileListForDevice',
      forms: { place: 'json', texts: ['DeviceID'] },
      answer({ caller, parameters }) {
        const device = devices.require(caller.user, parameters.text('DeviceID'));
        return otpProfiles(device.otp, caller);
      },
    },
    {
      path: '/IosAppRest/SubmitOtpCode',
      forms: answerForms,
      answer: (call) => answerChallenge(call, tenant),
    },
    {
      path: '/Mobile/DeleteDevice',
      forms: { place: 'query', texts: ['deviceID'] },
      answer({ caller, parameters }) {
        const isManager = caller.rights.includes('manage-apns-certificates');
        const owner = isManager ? null : caller.user;
        devices.remove(devices.require(owner, parameters.text('deviceID')));
      },
    },
  ];
  return rows.map((row) => phoneApi(row, tenant));
}

/** The API of a row, which takes parameters from the body and the query, in any form. */
function phoneApi({ path, forms, bare = false, answer }: PhoneApi, { assumptions }: World): Api {
  const isStrict = assumptions['device-forms'] === 'strict';
  const letterCase = assumptions['device-names'] === 'exact' ? 'sensitive' : 'insensitive';
  const takes = isStrict ? (['json'] as const) : (['form', 'json'] as const);
  return api(path, { right: 'signed-in', takes, bare }, ({ request, parameters, caller }) => {
    const json = parameters.all;
    const query = Object.fromEntries(readQuery(request));
    const requireForm = (os: Os): void => {
      if (!isStrict) return;
      const form = 'place' in forms ? forms : forms[os];
      requireOwnForm(new Parameters(form.place === 'json' ? json : query, letterCase), form);
    };
    if ('place' in forms) requireForm('ios');
    return answer({
      caller,
      parameters: new Parameters({ ...query, ...json }, letterCase),
      requireForm,
    });
  });
}

const welcome = {
  Icon: '',
  IconBackgroundColor: '#FFFFFF',
  IconUrl: '',
  WelcomeText: 'Welcome to the mfa-cli emulator',
};

function enrollIphone({ caller, parameters }: PhoneCall, devices: Devices): object {
  const udid = parameters.shortText('Udid', maxTextLength);
  const name = parameters.shortText('Name', maxTextLength);
  // The PowerShell module has a name of its own.
  const versionName = parameters.optionalText('Version') === null ? 'OSVersion' : 'Version';
  const osVersion = parameters.shortText(versionName, maxTextLength);
  devices.enroll({ user: caller.user, os: 'ios', udid, name, osVersion });
  return { WelcomeInfo: welcome, UserCert: null };
}

function enrollAndroid({ caller, parameters }: PhoneCall, devices: Devices): object {
  const udid = parameters.shortText('udid', maxTextLength);
  const name = parameters.shortText('name', maxTextLength);
  const osVersion = parameters.shortText('version', maxTextLength);
  devices.enroll({ user: caller.user, os: 'android', udid, name, osVersion });
  return {
    Message: null,
    Status: true,
    ClientApiKey: randomBytes(16).toString('hex'),
    ErrorCode: null,
  };
}

function registerToken({ caller, parameters, requireForm }: PhoneCall, devices: Devices): object {
  const device = devices.require(caller.user, parameters.text('DeviceID'));
  requireForm(device.os);
  devices.registerToken(device, readToken(device.os, parameters));
  return { Status: true };
}

/** @throws {Refusal} */
function readToken(os: Os, parameters: Parameters): Pick<DeviceToken, 'value' | 'topic'> {
  if (os === 'android')
    return { value: parameters.shortText('Token', maxTokenLength), topic: null };
  const value = readAppleToken(parameters.text('ClientPushToken'));
  return { value, topic: parameters.optionalText('pkgname') };
}

/**
 * The iOS library sends the token's bytes in base64.
 * @returns lower-case hex
 * @throws {Refusal}
 */
function readAppleToken(base64: string): string {
  if (/^[0-9a-f]{64,}$/i.test(base64))
    throw badFormat("ClientPushToken is hexadecimal; the token's bytes are expected in base64.");
  return Buffer.from(decodeBase64(base64)).toString('hex');
}

const anyInteger = { min: 0, max: Number.MAX_SAFE_INTEGER };

/** Of a phone's clock, in milliseconds; it exceeds the life of any code. */
const maxClockDifference = 5 * 60_000;

/** Accepts the answer of a phone to a challenge. @throws {Refusal} */
function answerChallenge(
  { caller, parameters, requireForm }: PhoneCall,
  { devices, challenges, now }: PhoneTenant,
): void {
  const accepted = parameters.flag('userAccepted');
  if (accepted === null) throw missing('userAccepted');
  const keyVersion = parameters.integer('optKeyVersion', anyInteger);
  const answeredAt = parameters.integer('otpTimestamp', anyInteger);
  parameters.integer('otpCodeExpiryInterval', anyInteger);
  const challenge = challenges.requireWaiting(caller.user, parameters.text('challengeAnswer'));
  const device = devices.requireProfile(caller.user, parameters.text('oathProfileUuid'));
  requireForm(device.os);
  if (keyVersion !== keyVersionOf(device.os, device.otp))
    throw badArgument("optKeyVersion does not match the device's key.");
  if (Math.abs(answeredAt - now().getTime()) > maxClockDifference)
    throw badArgument("otpTimestamp differs from the tenant's time by more than five minutes.");
  devices.useCode(device, parameters.text('otpCode'));
  challenge.accepted = accepted;
}

/** Requires the names and types of a library. @throws {Refusal} */
function requireOwnForm(parameters: Parameters, { texts, numbers = [] }: Form): void {
  for (const name of texts) requireType(parameters, name, 'string');
  for (const name of numbers) requireType(parameters, name, 'number');
}

function requireType(parameters: Parameters, name: string, type: 'string' | 'number'): void {
  const value = parameters.value(name) ?? '';
  if (value === '') throw missing(name);
  if (typeof value !== type) throw badFormat(`${name} is not a ${type} in JSON.`);
}
