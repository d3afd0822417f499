import { expect, test } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { type Bearer, createTenantClient, type TenantClient } from '../../src/tenant/client.ts';
import {
  enrollIosDevice,
  enrollOtp,
  registerDeviceToken,
  submitVerdict,
  takePush,
} from '../../src/tenant/devices.ts';
import { countPhones, isOwnedBy, readEnrolledDevices } from '../../src/tenant/enrolled-devices.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';
import { createTestHttp, failureOf, startServer } from '../support/http.ts';
import { memoryHttp } from '../support/memory-http.ts';
import { targetOf, vendorAnswer, vendorRequest } from '../support/vendor.ts';

const token = new Secret('the-token');
const bearer: Bearer = { accessToken: () => token, secrets: () => [token], renew: async () => {} };
/** A client of a tenant that gives this answer. */
const clientOf = (body: unknown, status = 200) =>
  createTenantClient('https://acme.example', memoryHttp({ body, status }).http, bearer);
const resultOf = (Result: unknown) => clientOf({ success: true, Result });

const device = { udid: 'one & two', name: 'phone', osVersion: '18.0' };
const address = { deviceToken: 'abcd', bundleId: 'com.example.app' };
const verdict = {
  ...{
    key: new Secret('the-key-of-the-phone'),
    code: new Secret('012345'),
    keyVersion: 3,
    interval: 60,
  },
  ...{ oathProfileUuid: 'profile', at: new Date('2026-11-24T16:00:00.500Z') },
  ...{ challenge: 'a/b+c=', accepted: true },
};
/** What the iOS library uses of an answer to `OtpEnroll`. */
const otp = {
  ...{ SecretKey: 'a/key+in=any ålphabet', SecretVersion: 3, OathProfileUuid: 'profile' },
  ...{ HmacAlgorithm: 2, Digits: 8, Period: 60 },
};
const devicesOf = (rows: readonly object[], more: object = {}) =>
  readEnrolledDevices(resultOf({ Results: rows.map((Row) => ({ Row })), ...more }));
const now = new Date('2026-11-24T16:00:00Z');

testCases('tenant/devices', {
  'the OTP profile in an answer to OtpEnroll, with what differs from a good one': async (
    other: unknown,
  ) => {
    const given = typeof other === 'object' && other !== null ? { ...otp, ...other } : other;
    const { key, ...profile } = await enrollOtp(resultOf(given), 'one');
    return { key: key.reveal(), ...profile };
  },
  enrollIosDevice: (body: unknown) => enrollIosDevice(clientOf(body), device),
  registerDeviceToken: (body: unknown, status?: number) =>
    registerDeviceToken(clientOf(body, status), device, address),
  takePush: (body: unknown, status?: number) =>
    takePush(clientOf(body, status), { deviceToken: 'abcd', wait: 0 }),
  'a row of the table of devices': async (...rows: object[]) => (await devicesOf(rows)).devices,
  'countPhones: of rows': async (rows: object[], more?: object) =>
    countPhones(await devicesOf(rows, more), now),
  'isOwnedBy: by a row, and a user': async (row: object, user: string) =>
    (await devicesOf([row])).devices.map((one) => isOwnedBy(one, user)),
  'whether the list is whole, and tells a contact: by the rows': async (
    rows: object[],
    more?: object,
  ) => {
    const { whole, tellsSeen } = await devicesOf(rows, more);
    return { whole, tellsSeen };
  },
});

test('the requests are those of the vendor’s iOS library', async () => {
  const { http, sent } = memoryHttp({ body: { success: true, Result: otp } });
  const client = createTenantClient('', http, bearer);
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
  ].map((request) => [request.method, targetOf(request), request.body ?? null, request.headers]);
  expect(
    sent.map(({ method, url, body, headers }) => [
      method,
      url,
      body ? JSON.parse(body) : null,
      headers,
    ]),
  ).toMatchObject([
    ...expected,
    ['POST', '/emulator/pushes', { DeviceToken: 'abcd', Wait: 25 }, {}],
  ]);
});

const unknown = 'outcome-unknown: The tenant or a proxy answered with HTTP 503: it may have';
test.each<[string, (client: TenantClient) => Promise<unknown>, number, string]>([
  [
    'an enrollment',
    (client) => enrollIosDevice(client, device),
    3,
    `${unknown} enrolled the device`,
  ],
  [
    'a key',
    (client) => enrollOtp(client, 'one'),
    3,
    `${unknown} given the device another key for its one-time passwords`,
  ],
  [
    'a token',
    (client) => registerDeviceToken(client, device, address),
    3,
    `${unknown} taken the device token`,
  ],
  ['a verdict', (client) => submitVerdict(client, verdict), 1, `${unknown} taken the answer`],
  [
    'a push',
    (client) => takePush(client, { deviceToken: 'abcd', wait: 0 }),
    1,
    'tenant-unreachable: T is not available (HTTP 503)',
  ],
])(
  '%s is asked for again where that does no harm, and it is said what may have happened',
  async (_what, work, times, words) => {
    const { origin, received } = await startServer([{ status: 503 }]);
    const client = createTenantClient(origin, createTestHttp({ pause: async () => {} }), bearer);
    const told = (await failureOf(() => work(client)))
      .replace(origin, 'T')
      .replace(/ \(sent 3 times\)$/, '');
    expect([told, received.length]).toEqual([words, times]);
  },
);

test.each(['enroll-ios', 'enroll-android'])(
  'an enrollment succeeds with the answer %s',
  async (name) => {
    const answer = vendorAnswer(name, { userCert: 'MII=', clientApiKey: 'abc' });
    await expect(enrollIosDevice(clientOf(answer), device)).resolves.toBeUndefined();
  },
);

test('an answer that is refused tells neither code, key nor access token', async () => {
  const Message = 'Code 012345 of the-token by the-key-of-the-phone is wrong';
  expect(await failureOf(() => submitVerdict(clientOf({ success: false, Message }), verdict))).toBe(
    'tenant-refused: https://acme.example rejected the request: Code [secret] of [secret] by [secret] is wrong',
  );
});

test('a tenant that redirects delivers no push', async () => {
  const { http } = memoryHttp(() => Promise.reject(new CliError('tenant-redirected', 'elsewhere')));
  const client = createTenantClient('T', http, bearer);
  expect(await failureOf(() => takePush(client, { deviceToken: 'abcd', wait: 0 }))).toMatch(
    /^tenant-refused/,
  );
});
