import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Emulator, EmulatorOptions } from '../../src/emulator/tenants.ts';
import { oneTimePassword } from '../../src/text/one-time-password.ts';
import { type ApiAnswer, callApi, openEmulator, serviceToken } from '../support/emulator.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { pemOf, post } from './apns-client.ts';
import { signInAs } from './local-tenant.ts';

const start = new Date('2026-11-24T16:00:00Z');
const token = 'ab'.repeat(32);
const enrollment = { Udid: 'one', Name: 'phone', OSVersion: '18.0' };
const base64Of = (hex: string) => Buffer.from(hex, 'hex').toString('base64');

/** A tenant with a clock that can be moved, and callers of each kind. */
async function open(options: Partial<EmulatorOptions> = {}) {
  let now = start;
  const emulator = await openEmulator({ now: () => now, accessTokenSeconds: 86_400, ...options });
  const as = async (name: string) => caller(emulator, await signInAs(emulator, name));
  return {
    emulator,
    user: await as('user@example.com'),
    administrator: await as('admin@example.com'),
    service: caller(emulator, await serviceToken(emulator)),
    wait: (seconds: number) => {
      now = new Date(now.getTime() + seconds * 1000);
    },
    now: () => now,
  };
}

const caller = (emulator: Emulator, bearer: string) => (path: string, body?: unknown) =>
  callApi(emulator, path, bearer, body);
type Caller = ReturnType<typeof caller>;

/** The tenant of all tests. */
let tenant: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  tenant = await open();
});
afterAll(() => tenant.emulator.close());

/** A phone with a token and one-time passwords, alone at a tenant without a certificate; and the way to answer a challenge. */
async function withPhone(at = tenant) {
  const { user, administrator, service, now } = at;
  for (const udid of ['one', 'two', 'other']) await administrator(`/Mobile/DeleteDevice?deviceID=${udid}`);
  for (const ClientAppKey of [topic, 'other'])
    await service('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey });
  await user('/Device/EnrollIosDevice', enrollment);
  await user('/IosAppRest/UpdateDevSettings', { DeviceID: 'one', ClientPushToken: base64Of(token) });
  while ((await user('/emulator/pushes', { DeviceToken: token })).body.Result !== null);
  const otp = resultOf(await user('/IosAppRest/OtpEnroll?udid=one')) as Record<
    'SecretKey' | 'OathProfileUuid',
    string
  > & { SecretVersion: number };
  const code = () =>
    oneTimePassword(Buffer.from(otp.SecretKey), { algorithm: 'sha1', digits: 6, interval: 30 }, now());
  const submit = (as: Caller, changes: Record<string, unknown>): Promise<ApiAnswer> =>
    as('/IosAppRest/SubmitOtpCode', {
      ...{ otpCode: code(), optKeyVersion: otp.SecretVersion, otpTimestamp: now().getTime() },
      ...{ userAccepted: 'True', otpCodeExpiryInterval: '30', oathProfileUuid: otp.OathProfileUuid },
      ...changes,
    });
  /** A challenge that has reached the phone. */
  const challenge = async () => {
    const { ChallengeId } = resultOf(await service('/emulator/challenge')) as { ChallengeId: string };
    const challengeAnswer = await nextChallenge(user);
    const verdict = async () => resultOf(await service('/emulator/verdict', { ChallengeId }));
    return { challengeAnswer, verdict };
  };
  return { ...at, submit, challenge };
}

/** The same with a certificate and a challenge. */
async function withChallenge() {
  const phone = await withPhone();
  await phone.service('/Mobile/SetApnsCertForClientApp', certificate);
  return { ...phone, ...(await phone.challenge()) };
}

/** Made once for the tests of a block, which leave it as it was. */
function ofAll<Made>(make: () => Promise<Made>): () => Made {
  let made: { readonly value: Made } | null = null;
  beforeAll(async () => {
    made = { value: await make() };
  });
  return () => {
    if (made === null) throw new Error('no test has begun');
    return made.value;
  };
}

/** The answer that the oldest push brings. */
async function nextChallenge(user: Caller): Promise<string> {
  const push = resultOf(await user('/emulator/pushes', { DeviceToken: token })) as {
    payload: { payload: { Options: { ChallengeAnswer: string } } };
  };
  return push.payload.payload.Options.ChallengeAnswer;
}

const [topic, APNSCert] = ['com.example.lab', p12Bytes('01-default-aes256').toString('base64')];
const certificate = { ClientAppKey: topic, APNSCert, APNSPass: 'secret', APNSTopic: topic };

function resultOf({ body }: ApiAnswer): unknown {
  expect(body).toMatchObject({ success: true });
  return body.Result;
}

const refusal = (Message: unknown) => ({
  status: 200,
  body: expect.objectContaining({ success: false, Message }),
});

describe('the endpoints of the SDKs', () => {
  const phone = ofAll(withPhone);

  test.each([
    ['/Device/EnrollIosDevice', { ...enrollment, Udid: '' }, 'Udid'],
    ['/Device/EnrollIosDevice', { ...enrollment, Name: 1 }, 'Name'],
    ['/Device/EnrollIosDevice', { Udid: 'one', Name: 'phone' }, 'OSVersion'],
    ['/Device/EnrollAndroidDevice', enrollment, 'version'],
    ['/IosAppRest/UpdateDevSettings', { Token: token }, 'DeviceID'],
    ['/IosAppRest/UpdateDevSettings', { DeviceID: 'one' }, 'ClientPushToken'],
    ['/IosAppRest/OtpEnroll', {}, 'udid'],
    ['/Oath/GetProfileListForDevice', {}, 'DeviceID'],
    ['/Mobile/DeleteDevice', {}, 'deviceID'],
    ['/emulator/verdict', {}, 'ChallengeId'],
    ['/emulator/pushes', {}, 'DeviceToken'],
  ])('%s of %j misses %s', async (path, body, name) => {
    const { user, administrator } = phone();
    const as = path === '/emulator/verdict' ? administrator : user;
    expect(await as(path, body)).toEqual(refusal(`The required parameter ${name} is missing.`));
  });

  test.each([
    ['/Device/EnrollIosDevice', enrollment, 'Name'],
    ['/Device/EnrollIosDevice', enrollment, 'Udid'],
    ['/Device/EnrollIosDevice', enrollment, 'OSVersion'],
    ['/Device/EnrollAndroidDevice', { udid: 'one', version: '1' }, 'name'],
    ['/IosAppRest/UpdateDevSettings', { DeviceID: 'one' }, 'ClientPushToken'],
  ])('%s of %j keeps no %s of any length', async (path, body, name) => {
    const answer = await phone().user(path, { ...body, [name]: 'x'.repeat(1001) });
    expect(answer).toEqual(refusal(`${name} must have at most 1000 characters.`));
  });

  test.each([
    '/Device/EnrollIosDevice',
    '/IosAppRest/UpdateDevSettings',
    '/emulator/challenge',
    '/emulator/pushes',
  ])('%s stands hostile bodies', async (path) => {
    const { emulator, administrator } = phone();
    expect(await administrator(path, '{"udid":')).toEqual(refusal('The request body is not valid JSON.'));
    expect(await administrator(path, '[]')).toEqual(refusal('The request body is not a JSON object.'));
    expect((await callApi(emulator, path, 'nobody')).status).toBe(401);
    const large = await fetch(`${emulator.url}${path}`, { method: 'POST', body: 'x'.repeat(3_000_000) });
    expect(large.status).toBe(413);
  });

  const register = (as: Caller, DeviceID: string, fields: object) =>
    as('/IosAppRest/UpdateDevSettings', { DeviceID, ...fields });

  test.each([
    [{ Token: 'ab' }, 'The token is not a device token.'],
    [{ Token: 'xy'.repeat(32) }, 'The token is not a device token.'],
    [{ Token: '0'.repeat(64) }, 'The token is not a device token.'],
    [{ ClientPushToken: base64Of('0'.repeat(64)) }, 'The token is not a device token.'],
    [{ ClientPushToken: base64Of('ab'.repeat(101)) }, 'The token is not a device token.'],
    [{ ClientPushToken: base64Of('ab'.repeat(31)) }, 'The token is not a device token.'],
    [{ ClientPushToken: token }, 'ClientPushToken is hexadecimal; the token’s bytes are expected in base64.'],
    [{ ClientPushToken: 'q80' }, 'Invalid length for a Base-64 char array or string.'],
    [{ ClientPushToken: '<q80=>' }, expect.stringMatching(/^The input is not a valid Base-64 string/)],
  ])('know no token that Apple could not have given: %j', async (fields, message) => {
    const { user } = phone();
    expect(await register(user, 'one', fields)).toEqual(refusal(message));
  });

  test('know no token of somebody else, and move one between the devices of one user', async () => {
    const { emulator, user, administrator, service } = await withPhone();
    await administrator('/Device/EnrollIosDevice', { ...enrollment, Udid: 'other' });
    const taken = await register(administrator, 'other', { Token: token.toUpperCase() });
    expect(taken).toEqual(refusal('The token belongs to another device.'));
    await user('/Device/EnrollIosDevice', { ...enrollment, Udid: 'two' });
    await register(user, 'two', { Token: token });
    await service('/Mobile/SetApnsCertForClientApp', certificate);
    expect(resultOf(await service('/emulator/challenge'))).toMatchObject({ Pushes: [{ DeviceID: 'two' }] });
    const answer = await post(emulator, await pemOf('30-prod'), { ':path': `/3/device/${token}` });
    expect(answer.status).toBe(200);
  });

  test('tell APNs whose app a token is of', async () => {
    const { user, service } = await withPhone();
    const ClientPushToken = base64Of(token);
    await service('/Mobile/SetApnsCertForClientApp', certificate);
    await register(user, 'one', { ClientPushToken, pkgname: 'com.example.other' });
    expect(resultOf(await service('/emulator/challenge'))).toMatchObject({
      Pushes: [{ Status: 400, Reason: 'DeviceTokenNotForTopic' }],
    });
    await register(user, 'one', { ClientPushToken, pkgname: 'com.example.lab' });
    expect(resultOf(await service('/emulator/challenge'))).toMatchObject({ Pushes: [{ Status: 200 }] });
  });
});

describe('another user', () => {
  const phone = ofAll(withPhone);
  const notEnrolled = 'The device is not enrolled.';
  test.each([
    ['/Device/EnrollIosDevice', enrollment, 'Another user enrolled the device.'],
    ['/IosAppRest/UpdateDevSettings', { DeviceID: 'one', Token: 'cd'.repeat(32) }, notEnrolled],
    ['/IosAppRest/OtpEnroll?udid=one', {}, notEnrolled],
    ['/Oath/GetProfileListForDevice', { DeviceID: 'one' }, notEnrolled],
    ['/emulator/pushes', { DeviceToken: token }, 'The token does not belong to a device of yours.'],
  ])('does nothing with a device at %s', async (path, body, message) => {
    const { administrator } = phone();
    expect(await administrator(path, body)).toEqual(refusal(message));
  });

  test('answers no challenge', async () => {
    const { administrator, submit, challengeAnswer, verdict } = await withChallenge();
    expect(await submit(administrator, { challengeAnswer })).toEqual(refusal('There is no such challenge.'));
    expect(await verdict()).toEqual({ Status: 'Pending' });
  });

  const words = 'You are not authorized to perform this operation. Please contact your IT helpdesk.';
  test.each(['challenge', 'verdict', 'apns'])('without rights has no /emulator/%s', async (name) => {
    const body = { ChallengeId: 'x', Reason: 'Shutdown' };
    expect(await phone().user(`/emulator/${name}`, body)).toEqual(refusal(words));
  });
});

describe('the answer to a challenge', () => {
  const challenged = ofAll(withChallenge);
  test.each([
    [{}, 'Approved'],
    [{ userAccepted: 'true' }, 'Approved'],
    [{ userAccepted: true }, 'Approved'],
    [{ userAccepted: 'False' }, 'Denied'],
    [{ optKeyVersion: '2' }, 'Approved'],
    [{ late: -299_999 }, 'Approved'],
    [{ late: 299_999 }, 'Approved'],
  ])('with %j', async (changes, Status) => {
    const { user, submit, challenge, wait, now } = challenged();
    // No code is good twice.
    wait(30);
    const { challengeAnswer, verdict } = await challenge();
    const at = 'late' in changes ? { otpTimestamp: now().getTime() + changes.late } : changes;
    resultOf(await submit(user, { challengeAnswer, ...at }));
    expect(await verdict()).toEqual({ Status });
  });

  const inSeconds = 'otpTimestamp is in seconds; milliseconds are expected.';
  const missing = (name: string) => `The required parameter ${name} is missing.`;
  const distant = 'otpTimestamp differs from the tenant’s time by more than five minutes.';
  test.each([
    ['a wrong code', { otpCode: '000000' }, 'Authentication (login or challenge) has failed.'],
    ['an unknown challenge', { challengeAnswer: 'unknown' }, 'There is no such challenge.'],
    ['an unknown profile', { oathProfileUuid: 'unknown' }, 'The device is not enrolled.'],
    ['neither yes nor no', { userAccepted: 'maybe' }, 'String was not recognized as a valid Boolean.'],
    ['no code', { otpCode: null }, missing('otpCode')],
    ['no version of the key', { optKeyVersion: null }, missing('optKeyVersion')],
    ['another version', { optKeyVersion: 3 }, 'optKeyVersion does not match the device’s key.'],
    ['a version that is none', { optKeyVersion: 'x' }, 'optKeyVersion is not an integer.'],
    ['no time', { otpTimestamp: null }, missing('otpTimestamp')],
    ['no interval', { otpCodeExpiryInterval: '' }, missing('otpCodeExpiryInterval')],
    ['the time in seconds', { at: (now: number) => now / 1000 }, inSeconds],
    ['a time of long ago', { at: (now: number) => now - 300_001 }, distant],
    ['a time of some day', { at: (now: number) => now + 300_001 }, distant],
    ['no time at all', { otpTimestamp: 0 }, distant],
    ['no challenge', { challengeAnswer: null }, missing('challengeAnswer')],
  ])('with %s is refused, and the challenge stays', async (_name, changes, message) => {
    const { user, submit, challenge, now } = challenged();
    const { challengeAnswer, verdict } = await challenge();
    const at = 'at' in changes ? { otpTimestamp: changes.at(now().getTime()) } : changes;
    expect(await submit(user, { challengeAnswer, ...at })).toEqual(refusal(message));
    expect(await verdict()).toEqual({ Status: 'Pending' });
  });

  test('comes of a device that was enrolled again with its new key alone', async () => {
    const { user, submit, challengeAnswer, verdict } = await withChallenge();
    const renewed = resultOf(await user('/IosAppRest/OtpEnroll?udid=one'));
    const { OathProfileUuid: oathProfileUuid } = renewed as Record<string, unknown>;
    const old = { challengeAnswer, oathProfileUuid };
    expect(await submit(user, old)).toEqual(refusal('optKeyVersion does not match the device’s key.'));
    const failed = refusal('Authentication (login or challenge) has failed.');
    expect(await submit(user, { ...old, optKeyVersion: 2 })).toEqual(failed);
    expect(await verdict()).toEqual({ Status: 'Pending' });
  });

  test('comes within five minutes', async () => {
    const { user, submit, challengeAnswer, verdict, wait } = await withChallenge();
    wait(299);
    expect(await verdict()).toEqual({ Status: 'Pending' });
    wait(1);
    expect(await verdict()).toEqual({ Status: 'Expired' });
    expect(await submit(user, { challengeAnswer })).toEqual(refusal('The challenge has expired.'));
  });

  test('is given once', async () => {
    const { user, submit, challengeAnswer, verdict } = await withChallenge();
    await submit(user, { challengeAnswer });
    const again = await submit(user, { challengeAnswer, userAccepted: 'False' });
    expect(again).toEqual(refusal('The challenge has been answered.'));
    expect(await verdict()).toEqual({ Status: 'Approved' });
  });

  test('is proved by a code of its own: none is good twice', async () => {
    const { user, service, submit, challengeAnswer, wait } = await withChallenge();
    resultOf(await submit(user, { challengeAnswer }));
    await service('/emulator/challenge');
    const next = await nextChallenge(user);
    expect(await submit(user, { challengeAnswer: next })).toEqual(
      refusal('The one-time password was already used. Wait up to 30 seconds for the next one.'),
    );
    wait(30);
    resultOf(await submit(user, { challengeAnswer: next }));
  });

  test('that was refused leaves the code as good as before', async () => {
    const { user, service, submit, challengeAnswer, verdict } = await withChallenge();
    await submit(user, { challengeAnswer: 'unknown' });
    resultOf(await submit(user, { challengeAnswer }));
    expect(await verdict()).toEqual({ Status: 'Approved' });
    const unknown = await service('/emulator/verdict', { ChallengeId: 'x' });
    expect(unknown).toEqual(refusal('There is no such challenge.'));
  });
});

describe('a challenge', () => {
  const phone = ofAll(withPhone);
  const sandbox = p12Bytes('30-dev').toString('base64');
  test.each([
    [{ User: 'nobody@example.com' }, 'There is no such user.'],
    [{ User: 'ci@example.com' }, 'There is no such user.'],
    [{ User: 1 }, 'There is no such user.'],
    [{ Message: '' }, 'The required parameter Message is missing.'],
    [{}, 'No push certificate is set. Call /Mobile/SetApnsCertForClientApp first.'],
  ])('of %j leaves no tenant without a certificate', async (body, message) => {
    const { service } = phone();
    expect(await service('/emulator/challenge', body)).toEqual(refusal(message));
  });

  test('of nobody who has a phone is refused', async () => {
    const { service } = await withPhone();
    await service('/Mobile/SetApnsCertForClientApp', certificate);
    expect(await service('/emulator/challenge', { User: 'admin@example.com' })).toEqual(
      refusal('No device of admin@example.com has a push token.'),
    );
  });

  test.each([
    ['a sandbox certificate', { APNSCert: sandbox }, 403, 'BadCertificateEnvironment'],
    ['another topic', { APNSTopic: 'com.example.other' }, 400, 'TopicDisallowed'],
  ])('tells what APNs says of %s', async (_name, changes, Status, Reason) => {
    const { service } = await withPhone();
    await service('/Mobile/SetApnsCertForClientApp', { ...certificate, ...changes });
    expect(resultOf(await service('/emulator/challenge'))).toEqual({
      ChallengeId: expect.any(String),
      Status: 'Pending',
      Pushes: [{ DeviceID: 'one', Status, Reason }],
    });
  });

  test('goes out with the certificate of the key that was set last, and with none once that was deleted', async () => {
    const { service } = await withPhone();
    const reason = async () =>
      (resultOf(await service('/emulator/challenge')) as { Pushes: object[] }).Pushes[0];
    await service('/Mobile/SetApnsCertForClientApp', certificate);
    await service('/Mobile/SetApnsCertForClientApp', {
      ...certificate,
      ClientAppKey: 'other',
      APNSCert: sandbox,
    });
    expect(await reason()).toMatchObject({ Reason: 'BadCertificateEnvironment' });
    await service('/Mobile/SetApnsCertForClientApp', certificate);
    expect(await reason()).toMatchObject({ Status: 200 });
    await service('/Mobile/DeleteApnsCertForClientApp', { ClientAppKey: certificate.ClientAppKey });
    expect(await service('/emulator/challenge')).toEqual(
      refusal(expect.stringContaining('No push certificate is set')),
    );
  });

  test('tells a reason that came with the end of the connection', async () => {
    const { service } = await withPhone();
    await service('/Mobile/SetApnsCertForClientApp', certificate);
    await service('/emulator/apns', { Reason: 'Shutdown', Goaway: true });
    expect(resultOf(await service('/emulator/challenge'))).toMatchObject({
      Pushes: [{ DeviceID: 'one', Status: null, Reason: 'Shutdown' }],
    });
  });

  test('tells why TLS ended', async () => {
    const clientCa = readFileSync(join(import.meta.dirname, '../fixtures/tls/ca.pem'), 'utf8');
    const other = await open({ apns: { clientCa } });
    onTestFinished(() => other.emulator.close());
    const { service } = await withPhone(other);
    await service('/Mobile/SetApnsCertForClientApp', certificate);
    expect(resultOf(await service('/emulator/challenge'))).toMatchObject({
      Pushes: [
        {
          DeviceID: 'one',
          Status: null,
          Reason: expect.stringMatching(/its issuer is unknown to the server/),
        },
      ],
    });
  });
});

describe('waiting pushes', () => {
  const phone = ofAll(withPhone);
  test.each(['x', -1, 61, true])('a wait of %j is none', async (Wait) => {
    const { user } = phone();
    const answer = await user('/emulator/pushes', { DeviceToken: token, Wait });
    expect(answer).toEqual(refusal('Wait must be a number from 0 to 60.'));
  });

  test('go to somebody who is still there', async () => {
    const { emulator, user, service } = await withPhone();
    await service('/Mobile/SetApnsCertForClientApp', certificate);
    const accessToken = await signInAs(emulator, 'user@example.com');
    const waiting = fetch(`${emulator.url}/emulator/pushes`, {
      ...{ method: 'POST', headers: { authorization: `Bearer ${accessToken}` } },
      body: JSON.stringify({ DeviceToken: token, Wait: 60 }),
      signal: AbortSignal.timeout(100),
    });
    await expect(waiting).rejects.toThrow();
    await service('/emulator/challenge');
    expect(resultOf(await user('/emulator/pushes', { DeviceToken: token, Wait: 5 }))).toMatchObject({
      topic: 'com.example.lab',
    });
  });
});
