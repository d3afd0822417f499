import { createHash } from 'node:crypto';
import { afterAll, describe, expect, test } from 'vitest';
import type { Assumptions } from '../../src/emulator/assumptions.ts';
import { oneTimePassword, otpAlgorithms } from '../../src/text/one-time-password.ts';
import { callApi, openEmulator, serviceToken } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { sendAs, type VendorRequest, vendorRequest } from '../support/vendor.ts';
import { signInAs } from './local-tenant.ts';

const now = new Date('2026-11-24T16:00:00Z');
const topic = 'com.example.lab';
const pushToken = createHash('sha256').update('a device').digest();
const fcmToken = 'cH_x:APA91b-Zk';
const base = {
  ...{ udid: '0A1B2C3D-0000-4000-8000-000000000001', deviceName: 'phone', osVersion: '18.0' },
  ...{ pushTokenBase64: pushToken.toString('base64'), bundleId: topic, fcmToken },
  nowMilliseconds: now.getTime(),
};
type Values = Record<string, unknown>;
type Library = 'ios-sdk' | 'android-sdk';

/** Of each set of assumptions one tenant for all tests, with a certificate, a phone's session, and no phone. */
const tenants = new Map<string, ReturnType<typeof start>>();
afterAll(() =>
  Promise.all([...tenants.values()].map(async (tenant) => (await tenant).emulator.close())),
);

async function open(assumptions: Partial<Assumptions> = {}) {
  const name = JSON.stringify(assumptions);
  const tenant = await (tenants.get(name) ?? start(assumptions));
  tenants.set(name, Promise.resolve(tenant));
  for (const udid of [base.udid, 'two'])
    await tenant.administrator(`/Mobile/DeleteDevice?deviceID=${udid}`);
  return tenant;
}

async function start(assumptions: Partial<Assumptions>) {
  const emulator = await openEmulator({ now: () => now, assumptions });
  const service = await serviceToken(emulator);
  const administrator = (path: string, body: object = {}) =>
    callApi(emulator, path, service, body).then((answer) => answer.body);
  const APNSCert = p12Bytes('01-default-aes256').toString('base64');
  const certificate = { ClientAppKey: topic, APNSCert, APNSPass: 'secret', APNSTopic: topic };
  const setCertificate = () => administrator('/Mobile/SetApnsCertForClientApp', certificate);
  await setCertificate();
  const accessToken = await signInAs(emulator, 'user@example.com');
  const values = { ...base, accessToken };
  const send = async (request: VendorRequest) => (await sendAs(emulator.url, request)).body;
  const sendNamed = (name: string, more: Values = {}, library: Library = 'ios-sdk') =>
    send(vendorRequest(library, name, { ...values, ...more }));
  return { emulator, administrator, setCertificate, values, send, sendNamed };
}
type Tenant = Awaited<ReturnType<typeof start>>;

const resultOf = (body: Values): Values => {
  expect(body).toMatchObject({ success: true });
  return body.Result as Values;
};

/** What a library takes of the answer to `OtpEnroll`, and the code that it makes of that. */
function answerValues(otp: Values): Values {
  const { SecretKey, HmacAlgorithm, Digits, Period } = otp as Record<string, string & number>;
  const algorithm = otpAlgorithms[Number(HmacAlgorithm)] ?? 'md5';
  const parameters = { algorithm, digits: Number(Digits), interval: Number(Period) };
  const otpCode = oneTimePassword(Buffer.from(String(SecretKey), 'utf8'), parameters, now);
  const OTPCodeExpiryInterval = String(otp.OTPCodeExpiryInterval);
  return { ...otp, periodText: String(Period), OTPCodeExpiryInterval, otpCode };
}

/** Enrolls and registers as the library does, and gives what its answers are made of. */
async function enrolled({ sendNamed }: Tenant, library: Library = 'ios-sdk'): Promise<Values> {
  resultOf(await sendNamed('enroll', {}, library));
  await sendNamed('push-token', {}, library);
  for (;;) {
    const values = answerValues(resultOf(await sendNamed('otp-enroll', {}, library)));
    // With MD5 a key may have no code at this moment; an app would wait for the next.
    if (values.otpCode !== null) return values;
  }
}

/** Begins a sign-in, and gives what the phone gets of it. */
async function challenged({ emulator, administrator, values }: Tenant) {
  const asked = await administrator('/emulator/challenge', { Message: 'Sign in?' });
  const { ChallengeId, Pushes } = resultOf(asked);
  const verdict = async () =>
    resultOf(await administrator('/emulator/verdict', { ChallengeId })).Status;
  expect(Pushes).toEqual([{ DeviceID: base.udid, Status: 200, Reason: null }]);
  const DeviceToken = pushToken.toString('hex');
  const taken = await callApi(emulator, '/emulator/pushes', values.accessToken, { DeviceToken });
  const { payload } = resultOf(taken.body) as { payload: { payload: { Options: Values } } };
  return { verdict, options: payload.payload.Options, payload };
}

const cases = [
  { acceptedCapitalized: 'True', status: 'Approved' },
  { acceptedCapitalized: 'False', status: 'Denied' },
];

/** Every value of every assumption that a device meets. */
const worlds: readonly Partial<Assumptions>[] = [
  {},
  {
    'device-forms': 'strict',
    'device-names': 'exact',
    'push-options': 'all',
    'otp-algorithm': 'sha256',
  },
  { 'otp-algorithm': 'sha512', 'token-answer': 'envelope' },
  { 'otp-algorithm': 'md5' },
];

describe.each(worlds)('where %j, the whole circle', (assumptions) => {
  test.each(cases)('of the iOS library ends $status', async ({ acceptedCapitalized, status }) => {
    const tenant = await open(assumptions);
    const otp = await enrolled(tenant);
    const { verdict, options } = await challenged(tenant);
    const answer = { ...otp, acceptedCapitalized, challengeAnswer: options.ChallengeAnswer };
    expect(await verdict()).toBe('Pending');
    expect(resultOf(await tenant.sendNamed('answer', answer))).toBeNull();
    expect(await verdict()).toBe(status);
  });
});

describe.each(worlds)('where %j, the circle of the Android library', (assumptions) => {
  test.each([
    { accepted: 'true', status: 'Approved' },
    { accepted: 'false', status: 'Denied' },
  ])('ends $status, without a stand-in for FCM', async ({ accepted, status }) => {
    const tenant = await open(assumptions);
    const otp = await enrolled(tenant, 'android-sdk');
    const { verdict, reason, options } = await challengedAndroid(tenant);
    expect(reason).toBe('The emulator has no stand-in for FCM: nothing was sent.');
    expect(options).toMatchObject({ Message: 'Sign in?', AppName: 'mfa-cli emulator' });
    expect(await verdict()).toBe('Pending');
    const answer = { ...otp, accepted, challengeAnswer: options.ChallengeAnswer };
    expect(resultOf(await tenant.sendNamed('answer', answer, 'android-sdk'))).toBeNull();
    expect(await verdict()).toBe(status);
  });
});

/** Begins a sign-in, and gives what Google would deliver of it. */
async function challengedAndroid({ administrator }: Tenant) {
  const asked = await administrator('/emulator/challenge', { Message: 'Sign in?' });
  const { ChallengeId, Pushes } = resultOf(asked);
  const verdict = async () =>
    resultOf(await administrator('/emulator/verdict', { ChallengeId })).Status;
  const [push] = Pushes as readonly [
    { readonly Reason: string; readonly Data: { readonly data_value: string } },
  ];
  const options = JSON.parse(decodeURIComponent(push.Data.data_value)) as Values;
  return { verdict, reason: push.Reason, options };
}

test('an Android phone alone is challenged without a push certificate', async () => {
  const tenant = await open();
  await enrolled(tenant, 'android-sdk');
  await tenant.administrator('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: topic });
  expect((await challengedAndroid(tenant)).options.Message).toBe('Sign in?');
  await tenant.setCertificate();
});

test('a phone that changes its system leaves the token of the other behind', async () => {
  const tenant = await open();
  await enrolled(tenant, 'android-sdk');
  resultOf(await tenant.sendNamed('enroll'));
  const asked = await tenant.administrator('/emulator/challenge', {});
  expect(asked).toMatchObject({ success: false, Message: expect.stringContaining('push token') });
});

test.each([
  ['lenient', null],
  ['strict', 'The required parameter otpCode is missing.'],
] as const)(
  'an answer of the Android library in the form of the other is taken where the tenant is %s: %s',
  async (forms, message) => {
    const tenant = await open({ 'device-forms': forms });
    const otp = await enrolled(tenant, 'android-sdk');
    const { options } = await challengedAndroid(tenant);
    const { ChallengeAnswer: challengeAnswer } = options;
    const values = { ...tenant.values, ...otp, accepted: 'true', challengeAnswer };
    const { query = {}, ...request } = vendorRequest('android-sdk', 'answer', values);
    const headers = { ...request.headers, 'content-type': 'application/json' };
    const told = await tenant.send({ ...request, headers, body: query });
    expect(told.Message).toBe(message);
  },
);

test('the version of the key is that of the Android library, for its phones alone', async () => {
  const tenant = await open();
  const otp = await enrolled(tenant, 'android-sdk');
  const { options } = await challengedAndroid(tenant);
  const { ChallengeAnswer: challengeAnswer } = options;
  const answer = { ...otp, OTPKeyVersion: 1, accepted: 'true', challengeAnswer };
  expect(await tenant.sendNamed('answer', answer, 'android-sdk')).toMatchObject({
    success: false,
    Message: "optKeyVersion does not match the device's key.",
  });
});

describe('another form', () => {
  /** The request with its query as a body, or its body as a query. */
  const swapped = ({ query, body, ...request }: VendorRequest): VendorRequest => ({
    ...request,
    ...(body === undefined ? { body: query ?? {} } : { query: body as Record<string, string> }),
  });

  test.each([
    ['enroll', 'Udid'],
    ['otp-enroll', 'udid'],
  ])(
    'is taken where the tenant is lenient, and not where it is strict: %s',
    async (name, missing) => {
      const outcomes = (['lenient', 'strict'] as const).map(async (forms) => {
        const { sendNamed, send, values } = await open({ 'device-forms': forms });
        await sendNamed('enroll');
        const { success, Message } = await send(swapped(vendorRequest('ios-sdk', name, values)));
        return [success, Message];
      });
      expect(await Promise.all(outcomes)).toEqual([
        [true, null],
        [false, `The required parameter ${missing} is missing.`],
      ]);
    },
  );

  test.each([
    [{ optKeyVersion: '1' }, 'optKeyVersion is not a number in JSON.'],
    [{ optKeyVersion: 2 }, "optKeyVersion does not match the device's key."],
    [{ otpCodeExpiryInterval: 30 }, 'otpCodeExpiryInterval is not a string in JSON.'],
  ] as const)('is one of types, too: %j', async (change, message) => {
    const tenant = await open({ 'device-forms': 'strict' });
    const otp = await enrolled(tenant);
    const { options } = await challenged(tenant);
    const values = { ...tenant.values, ...otp, acceptedCapitalized: 'True' };
    const given = { ...values, challengeAnswer: options.ChallengeAnswer };
    const answer = vendorRequest('ios-sdk', 'answer', given);
    const told = await tenant.send({ ...answer, body: { ...answer.body, ...change } });
    expect(told).toMatchObject({ success: false, Message: message });
  });
});

test.each([
  ['any', true],
  ['exact', false],
] as const)(
  'where names are taken in %s case, other cases are taken: %s',
  async (value, success) => {
    const { send, values } = await open({ 'device-names': value });
    const request = vendorRequest('ios-sdk', 'enroll', values);
    const body = Object.fromEntries(
      Object.entries(request.body ?? {}).map(([name, member]) => [name.toLowerCase(), member]),
    );
    const path = request.path.toLowerCase();
    expect(await send({ ...request, path, body })).toMatchObject({ success });
  },
);

test.each(['ios', 'android'])('the PowerShell module enrolls %s, and deletes it', async (os) => {
  const { send, values, sendNamed } = await open();
  const request = (name: string) => vendorRequest('identity-command', name, values);
  resultOf(await send(request(`enroll-${os}`)));
  resultOf(await sendNamed('otp-enroll'));
  expect(resultOf(await send(request('delete')))).toBeNull();
  const gone = { success: false, Message: 'The device is not enrolled.' };
  expect(await sendNamed('otp-enroll')).toMatchObject(gone);
  expect(await send(request('delete'))).toMatchObject(gone);
});
