import { describe, expect, test } from 'vitest';
import { Secret } from '../../src/secret.ts';
import { createTenantClient } from '../../src/tenant/client.ts';
import {
  enrollIosDevice,
  enrollOtp,
  registerDeviceToken,
  submitVerdict,
  takePush,
} from '../../src/tenant/devices.ts';
import { type Answer, createTestHttp, failureOf, startServer } from './support.ts';

const secrets = [new Secret('the-token')];
const bearer = { accessToken: () => new Secret('the-token'), renew: async () => {} };
const json = (body: unknown): Answer => ({ body: JSON.stringify(body) });
const result = (Result: unknown): Answer => json({ success: true, Result });

async function startTenant(answer: Answer) {
  const { origin, received } = await startServer([answer]);
  const client = createTenantClient(origin, createTestHttp(), bearer);
  /** Without the origin, which is another one each time. */
  const failure = async (work: Promise<unknown>) => (await failureOf(() => work)).replace(origin, 'T');
  const requests = () => received.map(({ method, path, body }) => [method, path, JSON.parse(body)]);
  return { client, failure, requests };
}

const device = { udid: 'one & two', name: 'phone', osVersion: '18.0' };
const token = { udid: 'one', deviceToken: 'abcd' };
const verdict = {
  code: new Secret('123456'),
  keyVersion: '1',
  interval: 30,
  oathProfileUuid: 'profile',
  at: new Date('2026-11-24T16:00:00.500Z'),
  challenge: 'a/b+c=',
  accepted: true,
};
const otp = { OTPKey: 'MZXW6YTB', OTPKeyVersion: 1, OTPCodeExpiryInterval: 30, OathProfileUuid: 'profile' };

describe('the requests', () => {
  test('are spelled as the SDKs spell them', async () => {
    const { client, requests } = await startTenant(result(otp));
    await enrollIosDevice(client, device);
    await enrollOtp(client, device.udid);
    await registerDeviceToken(client, token, secrets);
    await submitVerdict(client, verdict, secrets);
    await takePush(client, { deviceToken: 'abcd', wait: 25 }, secrets);
    expect(requests()).toEqual([
      ['POST', '/Device/EnrollIosDevice', { udid: 'one & two', name: 'phone', osversion: '18.0' }],
      ['POST', '/IosAppRest/OtpEnroll?udid=one+%26+two', {}],
      ['POST', '/IosAppRest/UpdateDevSettings', { DeviceID: 'one', Token: 'abcd' }],
      [
        'POST',
        '/IosAppRest/SubmitOtpCode?otpCode=123456&optKeyVersion=1&otpTimestamp=1795536000&userAccepted=true&otpCodeExpiryInterval=30&challengeAnswer=a%2Fb%2Bc%3D&oathProfileUuid=profile',
        {},
      ],
      ['POST', '/emulator/pushes', { DeviceToken: 'abcd', Wait: 25 }],
    ]);
  });

  test('that answer a challenge are not repeated', async () => {
    const { client, failure, requests } = await startTenant({ status: 503 });
    expect(await failure(submitVerdict(client, verdict, secrets))).toBe(
      'tenant-unreachable: T is not available (HTTP 503)',
    );
    expect(requests()).toHaveLength(1);
  });
});

describe('enrollment', () => {
  test.each([null, {}, { Status: true }, { Status: 'Enrolled' }])(
    'succeeds with the result %j',
    async (answer) => {
      const { client } = await startTenant(result(answer));
      await expect(enrollIosDevice(client, device)).resolves.toBeUndefined();
    },
  );

  test.each([
    [{ Status: false, Message: 'Too\u001b[2J many' }, ': Too\\u001b[2J many'],
    [{ Status: false, Message: null }, ''],
  ])('fails with the result %j', async (answer, words) => {
    const { client, failure } = await startTenant(result(answer));
    const told = `tenant-refused: T did not enroll the device${words}`;
    expect(await failure(enrollIosDevice(client, device))).toBe(told);
  });

  test('gives what one-time passwords are made of', async () => {
    const { client } = await startTenant(result({ ...otp, OTPCodeExpiryInterval: '60' }));
    const { key, ...profile } = await enrollOtp(client, 'one');
    expect([key.reveal(), profile]).toEqual([
      'MZXW6YTB',
      { keyVersion: '1', interval: 60, oathProfileUuid: 'profile' },
    ]);
  });

  test.each([
    null,
    { ...otp, OTPKey: undefined },
    { ...otp, OathProfileUuid: 7 },
    { ...otp, OTPCodeExpiryInterval: 0 },
    { ...otp, OTPCodeExpiryInterval: 'soon' },
    { ...otp, OTPCodeExpiryInterval: 'Infinity' },
    { ...otp, OTPCodeExpiryInterval: 1e-300 },
  ])('is of no use with %j', async (answer) => {
    const { client, failure } = await startTenant(result(answer));
    expect(await failure(enrollOtp(client, 'one'))).toBe(
      'tenant-refused: T gave the device nothing to make one-time passwords of',
    );
  });
});

describe('a device token', () => {
  test.each([{ Status: true }, { success: true, Result: null }, {}])('is taken with %j', async (answer) => {
    const { client } = await startTenant(json(answer));
    await expect(registerDeviceToken(client, token, secrets)).resolves.toBeUndefined();
  });

  test.each([
    [json({ Status: false }), 'tenant-refused: T did not take the device token'],
    [json({ success: false, Message: 'No.' }), 'tenant-refused: T refused the request: No'],
    [{ body: 'OK' }, 'tenant-not-json: T did not answer as a tenant does: no JSON (HTTP 200)'],
    [{ body: '<html>' }, 'tenant-not-json: T did not answer as a tenant does: an HTML page (HTTP 200)'],
    [{ status: 500, body: '{}' }, 'tenant-refused: T refused the request (HTTP 500)'],
  ])('is not taken with %j', async (answer, told) => {
    const { client, failure } = await startTenant(answer);
    expect(await failure(registerDeviceToken(client, token, secrets))).toBe(told);
  });
});

test('an answer that is refused tells neither code nor access token', async () => {
  const Message = 'Code 123456 of the-token is wrong';
  const { client, failure } = await startTenant(json({ success: false, Message }));
  expect(await failure(submitVerdict(client, verdict, secrets))).toBe(
    'tenant-refused: T refused the request: Code [secret] of [secret] is wrong',
  );
});

describe('waiting pushes', () => {
  const take = { deviceToken: 'abcd', wait: 0 };

  test.each([
    [null, null],
    [
      { topic: 'com.example.lab', payload: { aps: {} }, apnsId: 'x' },
      { topic: 'com.example.lab', payload: { aps: {} } },
    ],
  ])('of %j', async (answer, push) => {
    const { client } = await startTenant(result(answer));
    expect(await takePush(client, take, secrets)).toEqual(push);
  });

  const noneHere = 'tenant-refused: T delivers no push to a virtual phone: only the emulator does';
  test.each<[Answer, string]>([
    [{ status: 404, body: '{}' }, noneHere],
    [{ status: 405, body: '' }, noneHere],
    [{ body: '<html>' }, noneHere],
    [{ status: 302, headers: { location: '/login' } }, noneHere],
    [json({ success: false, Message: 'No.' }), 'tenant-refused: T refused the request: No'],
  ])('are not where the tenant answers %j', async (answer, told) => {
    const { client, failure } = await startTenant(answer);
    expect(await failure(takePush(client, take, secrets))).toBe(told);
  });
});
