import { describe, expect, test } from 'vitest';
import { createTenantClient, type TenantClient } from '../../src/tenant/client.ts';
import {
  enrollIosDevice,
  enrollOtp,
  registerDeviceToken,
  submitVerdict,
  takePush,
} from '../../src/tenant/devices.ts';
import { Secret } from '../../src/text/secret.ts';
import { createTestHttp, failureOf, type Play, startServer } from '../support/http.ts';
import { targetOf, vendorAnswer, vendorRequest } from '../support/vendor.ts';

const bearer = {
  accessToken: () => new Secret('the-token'),
  secrets: () => [new Secret('the-token')],
  renew: async () => {},
};
const json = (body: unknown): Play => ({ body: JSON.stringify(body) });
const result = (Result: unknown): Play => json({ success: true, Result });

async function startTenant(...answers: readonly Play[]) {
  const { origin, received } = await startServer(answers);
  const client = createTenantClient(origin, createTestHttp({ aside: async () => {} }), bearer);
  /** Without the origin, which is another one each time. */
  const failure = async (work: Promise<unknown>) => (await failureOf(() => work)).replace(origin, 'T');
  const bodyOf = (text: string) => (text === '' ? null : JSON.parse(text));
  const requests = () =>
    received.map(({ method, path, body, headers }) => [method, path, bodyOf(body), headers]);
  return { client, failure, requests };
}

const device = { udid: 'one & two', name: 'phone', osVersion: '18.0' };
const address = { deviceToken: 'abcd', bundleId: 'com.example.app' };
const verdict = {
  ...{
    key: new Secret('the-key-of-the-phone'),
    code: new Secret('012345'),
    keyVersion: 3,
    interval: 60,
    oathProfileUuid: 'profile',
  },
  ...{ at: new Date('2026-11-24T16:00:00.500Z'), challenge: 'a/b+c=', accepted: true },
};
/** What the iOS library uses of an answer to `OtpEnroll`. */
const otp = {
  ...{ SecretKey: 'a/key+in=any ålphabet', SecretVersion: 3, OathProfileUuid: 'profile' },
  ...{ HmacAlgorithm: 2, Digits: 8, Period: 60 },
};

type Work = (client: TenantClient) => Promise<unknown>;

describe('the requests', () => {
  test('are those of the vendor’s iOS library', async () => {
    const { client, requests } = await startTenant(result(otp));
    await enrollIosDevice(client, device);
    await enrollOtp(client, device.udid);
    await registerDeviceToken(client, device, address);
    await submitVerdict(client, verdict);
    await submitVerdict(client, { ...verdict, accepted: false });
    await takePush(client, { deviceToken: 'abcd', wait: 25 });
    const values = {
      ...{ accessToken: 'the-token', udid: device.udid, deviceName: device.name },
      ...{ osVersion: device.osVersion, pushTokenBase64: 'q80=', bundleId: 'com.example.app' },
      ...{ otpCode: '012345', SecretVersion: 3, periodText: '60', OathProfileUuid: 'profile' },
      ...{ nowMilliseconds: 1795536000500, challengeAnswer: 'a/b+c=' },
    };
    const expected = [
      vendorRequest('ios-sdk', 'enroll', values),
      vendorRequest('ios-sdk', 'otp-enroll', values),
      vendorRequest('ios-sdk', 'push-token', values),
      vendorRequest('ios-sdk', 'answer', { ...values, acceptedCapitalized: 'True' }),
      vendorRequest('ios-sdk', 'answer', { ...values, acceptedCapitalized: 'False' }),
    ].map((request) => [
      ...[request.method, targetOf(request), request.body ?? null],
      expect.objectContaining(request.headers),
    ]);
    expect(requests()).toEqual([
      ...expected,
      ['POST', '/emulator/pushes', { DeviceToken: 'abcd', Wait: 25 }, expect.anything()],
    ]);
  });

  const busy = { status: 503 };
  const cut: Play = ({ socket }) => socket?.end('HTTP/1.1 200 OK\r\n\r\n{"Sta');
  const unknown = 'outcome-unknown: The tenant did not answer: it may have';
  const key = 'given the device another key for its one-time passwords';
  test.each<[string, Work, string]>([
    ['enroll a device', (client) => enrollIosDevice(client, device), 'enrolled the device'],
    ['ask for a key', (client) => enrollOtp(client, 'one'), key],
    ['register a token', (client) => registerDeviceToken(client, device, address), 'taken the device token'],
  ])('that %s are repeated, and say what may have happened', async (_case, work, done) => {
    const { client, requests } = await startTenant(busy, result(otp));
    await work(client);
    expect(requests()).toHaveLength(2);
    const broken = await startTenant(cut);
    expect(await broken.failure(work(broken.client))).toBe(`${unknown} ${done}`);
  });

  const away = 'tenant-unreachable: T is not available (HTTP 503)';
  test.each<[string, Work, string]>([
    ['answer a challenge', (client) => submitVerdict(client, verdict), `${unknown} taken the answer`],
    ['wait for a push', (client) => takePush(client, { deviceToken: 'abcd', wait: 0 }), away],
  ])('that %s are not', async (_case, work, expected) => {
    const { client, failure, requests } = await startTenant(busy);
    expect(await failure(work(client))).toBe(expected);
    expect(requests()).toHaveLength(1);
  });
});

const strange = 'tenant-not-json: T did not answer like a tenant:';
const refused = 'tenant-refused: T refused the request';

describe('enrollment', () => {
  test.each(['enroll-ios', 'enroll-android'])('succeeds with the answer %s', async (name) => {
    const answer = vendorAnswer(name, { userCert: 'MII=', clientApiKey: 'abc' });
    const { client } = await startTenant(json(answer));
    await expect(enrollIosDevice(client, device)).resolves.toBeUndefined();
  });

  test.each([null, {}, { Status: 'Enrolled' }])('succeeds with the result %j', async (answer) => {
    const { client } = await startTenant(result(answer));
    await expect(enrollIosDevice(client, device)).resolves.toBeUndefined();
  });

  test.each([
    [{ Status: false, Message: 'Too\u001b[2J many of the-token' }, ': Too many of [secret]'],
    [{ Status: false, Message: null }, ''],
  ])('fails with the result %j', async (answer, words) => {
    const { client, failure } = await startTenant(result(answer));
    const told = `tenant-refused: T did not enroll the device${words}`;
    expect(await failure(enrollIosDevice(client, device))).toBe(told);
  });

  test.each([
    [json({ success: false, Message: 'No, the-token.' }), `${refused}: No, [secret]`],
    [{ body: '<html>' }, `${strange} an HTML page (HTTP 200)`],
    [{ body: '{"Result":{}}' }, `${strange} JSON without "success" (HTTP 200)`],
  ])('fails with %j', async (answer, told) => {
    const { client, failure } = await startTenant(answer);
    expect(await failure(enrollIosDevice(client, device))).toBe(told);
    expect(await failure(enrollOtp(client, 'one'))).toBe(told);
  });

  test('gives what one-time passwords are made of', async () => {
    const { client } = await startTenant(result({ ...otp, OTPKey: 'another', Period: 60.0 }));
    const { key, ...profile } = await enrollOtp(client, 'one');
    expect([key.reveal(), profile]).toEqual([
      otp.SecretKey,
      { keyVersion: 3, algorithm: 'sha512', digits: 8, interval: 60, oathProfileUuid: 'profile' },
    ]);
  });

  test.each([
    { SecretVersion: 0, HmacAlgorithm: 0, Digits: 6, Period: 1 },
    { SecretVersion: 9_007_199_254_740_991, HmacAlgorithm: 3, Digits: 8, Period: 3600 },
  ])('is of use at the bounds: %j', async (bounds) => {
    const { client } = await startTenant(result({ ...otp, ...bounds }));
    const { SecretVersion: keyVersion, Digits: digits, Period: interval } = bounds;
    expect(await enrollOtp(client, 'one')).toMatchObject({ keyVersion, digits, interval });
  });

  const forPasswords = (what: string, name: string) =>
    `tenant-refused: T gave the phone no ${what}${name} for its one-time passwords`;
  const no = (name: string) => forPasswords('', name);
  const unusable = (name: string, what: string) => `${forPasswords('usable ', name)}: ${what}`;
  const hostile = 'the-key\u001b[2J';
  test.each<[unknown, string]>([
    [null, no('SecretKey')],
    ['text', no('SecretKey')],
    [{ ...otp, SecretKey: '' }, no('SecretKey')],
    [{ ...otp, SecretKey: 7 }, no('SecretKey')],
    [{ ...otp, OathProfileUuid: 7 }, no('OathProfileUuid')],
    [{ ...otp, SecretVersion: undefined }, unusable('SecretVersion', 'none')],
    [{ ...otp, SecretVersion: -1 }, unusable('SecretVersion', '-1')],
    [{ ...otp, HmacAlgorithm: 4 }, unusable('HmacAlgorithm', '4')],
    [{ ...otp, HmacAlgorithm: -1 }, unusable('HmacAlgorithm', '-1')],
    [{ ...otp, HmacAlgorithm: hostile }, unusable('HmacAlgorithm', 'a string instead of a number')],
    [{ ...otp, Digits: 9 }, unusable('Digits', '9')],
    [{ ...otp, Digits: 6.5 }, unusable('Digits', '6.5')],
    [{ ...otp, Period: 0 }, unusable('Period', '0')],
    [{ ...otp, Period: 3601 }, unusable('Period', '3601')],
    [{ ...otp, Period: 1e-300 }, unusable('Period', '1e-300')],
    [{ ...otp, Period: null }, unusable('Period', 'none')],
  ])('is of no use with %j', async (answer, told) => {
    const { client, failure } = await startTenant(result(answer));
    expect(await failure(enrollOtp(client, 'one'))).toBe(told);
  });
});

describe('a device token', () => {
  test.each([{ Status: true }, { success: true, Result: null }, {}])('is taken with %j', async (answer) => {
    const { client } = await startTenant(json(answer));
    await expect(registerDeviceToken(client, device, address)).resolves.toBeUndefined();
  });

  test.each([
    [json({ Status: false }), 'tenant-refused: T did not accept the device token'],
    [json({ success: false, Message: 'No.' }), 'tenant-refused: T refused the request: No'],
    [{ body: 'OK' }, `${strange} no JSON (HTTP 200)`],
    [{ body: 'null' }, `${strange} JSON without "success" (HTTP 200)`],
    [{ body: '7' }, `${strange} JSON without "success" (HTTP 200)`],
    [{ body: '<html>' }, `${strange} an HTML page (HTTP 200)`],
    [{ status: 500, body: '{}' }, 'tenant-refused: T refused the request (HTTP 500)'],
  ])('is not taken with %j', async (answer, told) => {
    const { client, failure } = await startTenant(answer);
    expect(await failure(registerDeviceToken(client, device, address))).toBe(told);
  });
});

test('an answer that is refused tells neither code, key nor access token', async () => {
  const Message = 'Code 012345 of the-token by the-key-of-the-phone is wrong';
  const { client, failure } = await startTenant(json({ success: false, Message }));
  expect(await failure(submitVerdict(client, verdict))).toBe(
    'tenant-refused: T refused the request: Code [secret] of [secret] by [secret] is wrong',
  );
});

describe('waiting pushes', () => {
  const take = { deviceToken: 'abcd', wait: 0 };

  const push = { topic: 'com.example.lab', payload: { aps: {} } };
  test.each([
    [null, null],
    [{ ...push, apnsId: 'x' }, push],
  ])('of %j', async (answer, push) => {
    const { client } = await startTenant(result(answer));
    expect(await takePush(client, take)).toEqual(push);
  });

  const noneHere = 'tenant-refused: T delivers no push to a virtual phone: only the emulator does';
  test.each<[Play, string]>([
    [{ status: 404, body: '{}' }, noneHere],
    [{ status: 405, body: '' }, noneHere],
    [{ body: '<html>' }, noneHere],
    [{ status: 302, headers: { location: '/login' } }, noneHere],
    [json({ success: false, Message: 'No.' }), 'tenant-refused: T refused the request: No'],
    [{ status: 401 }, expect.stringContaining('session-expired: T does not accept the access token: it has')],
  ])('are not where the tenant answers %j', async (answer, told) => {
    const { client, failure } = await startTenant(answer);
    expect(await failure(takePush(client, take))).toEqual(told);
  });
});
