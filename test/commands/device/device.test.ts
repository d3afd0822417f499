import { readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { oneTimePassword } from '../../../src/text/one-time-password.ts';
import { createMachine, type RunOptions, type RunResult, testNow } from '../../support/context.ts';
import { callApi, serviceToken } from '../../support/emulator.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { startAnswering } from '../../support/http.ts';
import { startTenant, type TestTenant, visit, visitAs } from '../../support/tenant.ts';

const topic = 'com.example.lab';

/** A tenant whose clock is that of the command lines. */
const startStillTenant = (): Promise<TestTenant> => startTenant({ now: () => testNow });

/** A machine on which a user is signed in with the profile `phone`. */
async function signedIn(tenant: TestTenant, user = tenant.emulator.user.user) {
  const machine = createMachine();
  const run = async (words: readonly string[], options: RunOptions = {}): Promise<RunResult> => {
    const result = await machine.run([...words, '--profile', 'phone', '--json'], options);
    const otpKey = storedDevice(machine.directory)?.otp.key;
    if (otpKey !== undefined) expect(result.stdout + result.stderr).not.toContain(otpKey);
    return result;
  };
  await run(tenant.login, { browser: visitAs(user) });
  return { run, machine, report: async (...words: string[]) => JSON.parse((await run(words)).stdout) };
}

function storedDevice(directory: string) {
  return JSON.parse(readFileSync(join(directory, 'config.json'), 'utf8')).profiles.phone?.device;
}

function changeDevice(directory: string, change: object): void {
  const path = join(directory, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8'));
  Object.assign(config.profiles.phone.device, change);
  writeFileSync(path, JSON.stringify(config));
}

/** A tenant, and a user's machine with an enrolled phone that pushes reach. */
async function withPhone() {
  const tenant = await startStillTenant();
  const phone = await signedIn(tenant);
  const { udid } = await phone.report('device', 'enroll');
  const { deviceToken } = await phone.report('device', 'register-token', '--bundle-id', topic);
  return { tenant, phone, udid, deviceToken };
}

/** The administrator's machine, with the certificate set. */
async function withCertificate(tenant: TestTenant) {
  const admin = createMachine();
  await admin.run(tenant.login, { browser: visit });
  const { exitCode } = await admin.run(['apns', 'set', '--p12', p12Path('01-default-aes256')], {
    env: secretPassword,
  });
  expect(exitCode).toBe(0);
  return admin;
}

async function ask(tenant: TestTenant, path: string, body: object = {}) {
  return (await callApi(tenant.emulator, path, await serviceToken(tenant.emulator), body)).body;
}

describe('the whole circle', () => {
  test.each([
    ['--approve', true, 'Approved'],
    ['--deny', false, 'Denied'],
  ])('a sign-in is pushed to the phone, and %s ends it', async (option, accepted, verdict) => {
    const { tenant, phone, udid } = await withPhone();
    await withCertificate(tenant);
    const Message = 'Sign in to the portal?';
    const { Result } = (await ask(tenant, '/emulator/challenge', { Message })) as {
      Result: { ChallengeId: string };
    };
    const { ChallengeId } = Result;
    expect(Result).toEqual({
      ChallengeId: expect.any(String),
      Status: 'Pending',
      Pushes: [{ DeviceID: udid, Status: 200, Reason: null }],
    });

    const heard = await phone.report('device', 'listen');
    expect(heard).toEqual({
      tenant: tenant.emulator.url,
      udid,
      topic,
      payload: {
        aps: expect.objectContaining({ category: 'MfaNotificationCategoryId' }),
        payload: { Options: { Message, ChallengeAnswer: heard.challenge } },
      },
      message: Message,
      challenge: expect.any(String),
      category: 'MfaNotificationCategoryId',
    });

    expect(await phone.report('device', 'answer', option)).toEqual({
      tenant: tenant.emulator.url,
      udid,
      accepted,
      challenge: heard.challenge,
    });
    expect((await ask(tenant, '/emulator/verdict', { ChallengeId })).Result).toEqual({ Status: verdict });
  });

  test('without the certificate no challenge leaves the tenant', async () => {
    const { tenant } = await withPhone();
    const admin = await withCertificate(tenant);
    await admin.run(['apns', 'delete', '--client-app-key', topic, '--yes']);
    expect(await ask(tenant, '/emulator/challenge')).toMatchObject({
      success: false,
      Message: expect.stringMatching(/^No APNs certificate is set: /),
    });
  });
});

describe('device enroll', () => {
  test('enrolls as the user who is signed in, and keeps the identifier the second time', async () => {
    const tenant = await startStillTenant();
    const { report } = await signedIn(tenant);
    const first = await report('device', 'enroll', '--name', 'Ada’s phone', '--os-version', '18.2');
    expect(first).toEqual({
      tenant: tenant.emulator.url,
      user: 'user@example.com',
      udid: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
      name: 'Ada’s phone',
      osVersion: '18.2',
      enrolled: true,
    });
    expect(await report('device', 'enroll')).toEqual(first);
  });

  test('keeps the phone in the profile: beyond a logout, and not beyond the profile', async () => {
    const { phone, udid, deviceToken } = await withPhone();
    await phone.run(['logout']);
    expect(storedDevice(phone.machine.directory)).toMatchObject({ udid, deviceToken });
    await phone.machine.run(['profile', 'remove', 'phone']);
    expect(readFileSync(join(phone.machine.directory, 'config.json'), 'utf8')).not.toContain(udid);
  });

  test('begins anew for another user, who is told nothing of the device', async () => {
    const tenant = await startStillTenant();
    const { run, report } = await signedIn(tenant);
    const { udid } = await report('device', 'enroll');
    await run([...tenant.login, '--login-hint', 'admin@example.com'], { browser: visit });
    const other = await report('device', 'enroll');
    expect([other.user, other.udid === udid]).toEqual(['admin@example.com', false]);
    const { exitCode, stdout } = await run(['device', 'enroll', '--udid', udid]);
    expect([exitCode, JSON.parse(stdout).error.message]).toEqual([
      6,
      expect.stringContaining('Another user enrolled the device'),
    ]);
  });
});

describe('device register-token', () => {
  test('makes a new token each time, or takes the one of an app', async () => {
    const { tenant, phone, udid, deviceToken } = await withPhone();
    expect(deviceToken).toMatch(/^[0-9a-f]{64}$/);
    const again = await phone.report('device', 'register-token');
    expect(again).toEqual({
      tenant: tenant.emulator.url,
      udid,
      deviceToken: expect.not.stringMatching(deviceToken),
      bundleId: 'com.example.app',
    });
    const own = await phone.report('device', 'register-token', '--device-token', 'AB'.repeat(32));
    expect(own.deviceToken).toBe('ab'.repeat(32));
  });

  test('says the bundle ID that is given, else the topic that this machine set last there', async () => {
    const { tenant, phone } = await withPhone();
    const bundleId = async (...words: string[]) =>
      (await phone.report('device', 'register-token', ...words)).bundleId;
    const set = ['apns', 'set', '--p12', p12Path('01-default-aes256')];
    const admin = async (target: TestTenant, ...words: string[]) => {
      const profile = ['--profile', 'admin'];
      await phone.machine.run([...target.login, ...profile], { browser: visit });
      await phone.machine.run([...set, ...profile, ...words], { env: secretPassword });
    };
    await admin(await startStillTenant());
    expect(await bundleId()).toBe('com.example.app');
    await admin(tenant, '--client-app-key', 'another');
    expect(await bundleId()).toBe(topic);
    expect(await bundleId('--bundle-id', 'com.example.other')).toBe('com.example.other');
  });

  test.each(['app', 'com.example.app\n', 'com..app'])('%j is not a bundle ID', async (text) => {
    const { phone } = await withPhone();
    const { exitCode, stdout } = await phone.run(['device', 'register-token', '--bundle-id', text]);
    expect([exitCode, JSON.parse(stdout).error]).toEqual([
      2,
      expect.objectContaining({ code: 'usage', hints: ['Give --bundle-id ID.'] }),
    ]);
  });

  test('of another app than the certificate’s leaves the push at APNs', async () => {
    const { tenant, phone } = await withPhone();
    await withCertificate(tenant);
    await phone.report('device', 'register-token', '--bundle-id', 'com.example.other');
    expect((await ask(tenant, '/emulator/challenge')).Result).toMatchObject({
      Pushes: [{ Status: 400, Reason: 'DeviceTokenNotForTopic' }],
    });
  });

  test.each(['abc', 'xy'.repeat(32), 'ab'.repeat(101)])('"%s" is no token', async (text) => {
    const { phone } = await withPhone();
    const { exitCode, stdout } = await phone.run(['device', 'register-token', '--device-token', text]);
    expect([exitCode, JSON.parse(stdout).error]).toEqual([
      2,
      expect.objectContaining({ code: 'usage', hints: ['Give --device-token HEX.'] }),
    ]);
  });
});

describe('what is missing is named', () => {
  const commands = [['register-token'], ['listen'], ['answer', '--approve']];

  test.each(commands)('device %s without an enrolled phone', async (...words) => {
    const { run } = await signedIn(await startStillTenant());
    const { exitCode, stdout } = await run(['device', ...words]);
    expect([exitCode, JSON.parse(stdout).error]).toEqual([
      2,
      expect.objectContaining({ code: 'usage', hints: ['See `mfa-cli device enroll --help`.'] }),
    ]);
  });

  test.each(commands)('device %s without a session', async (...words) => {
    const { exitCode } = await createMachine().run(['device', ...words, '--json']);
    expect(exitCode).toBe(5);
  });

  test.each(commands)('device %s does not use the phone of another tenant', async (...words) => {
    const { phone } = await withPhone();
    const other = await startStillTenant();
    const login = other.login.filter((word) => word !== 'login');
    await phone.run(['login', ...login], { browser: visitAs('user@example.com') });
    const { exitCode, stdout } = await phone.run(['device', ...words]);
    expect([exitCode, JSON.parse(stdout).error.message]).toEqual([
      2,
      `No virtual phone is enrolled at ${other.emulator.url} with the profile "phone"`,
    ]);
  });

  test('device listen without a token', async () => {
    const { run, report } = await signedIn(await startStillTenant());
    await report('device', 'enroll');
    const { exitCode, stdout } = await run(['device', 'listen']);
    expect([exitCode, JSON.parse(stdout).error.hints]).toEqual([
      2,
      ['See `mfa-cli device register-token --help`.'],
    ]);
  });

  test.each([
    [[], undefined, 'Nothing says whether the sign-in is approved or denied', '--approve or --deny'],
    [['--approve', '--deny'], undefined, 'A sign-in is either approved or denied', '--approve or --deny'],
    [['--approve'], undefined, 'No challenge is waiting on the virtual phone', '--challenge ANSWER'],
    [[], [], 'No challenge is waiting on the virtual phone', '--challenge ANSWER'],
  ])('device answer %j', async (words, answers, message, option) => {
    const { phone } = await withPhone();
    const { exitCode, stdout } = await phone.run(['device', 'answer', ...words], answers ? { answers } : {});
    expect([exitCode, JSON.parse(stdout).error]).toEqual([
      2,
      expect.objectContaining({ code: 'usage', message, hints: [`Give ${option}.`] }),
    ]);
  });
});

describe('device listen', () => {
  test('ends when nothing comes', async () => {
    const { tenant, phone } = await withPhone();
    const { exitCode, stdout } = await phone.run(['device', 'listen', '--timeout', '4']);
    expect([exitCode, JSON.parse(stdout).error]).toEqual([
      7,
      expect.objectContaining({
        code: 'tenant-timeout',
        message: `No push came from ${tenant.emulator.url} in 4 s`,
      }),
    ]);
  });

  test('waits for a push that is not there yet', async () => {
    const { tenant, phone } = await withPhone();
    await withCertificate(tenant);
    const heard = phone.report('device', 'listen');
    const asked = await ask(tenant, '/emulator/challenge', { Message: 'Later' });
    expect(asked.success).toBe(true);
    expect((await heard).message).toBe('Later');
  });

  test('gives each push once, the oldest first', async () => {
    const { tenant, phone } = await withPhone();
    await withCertificate(tenant);
    for (const Message of ['one', 'two']) await ask(tenant, '/emulator/challenge', { Message });
    const messages = [await phone.report('device', 'listen'), await phone.report('device', 'listen')];
    expect(messages.map(({ message }) => message)).toEqual(['one', 'two']);
  });

  test('shows to a person what came, and obeys none of it', async () => {
    const { tenant, phone } = await withPhone();
    await withCertificate(tenant);
    await ask(tenant, '/emulator/challenge', { Message: 'Sign in?\u001b[2J\nTopic  other' });
    const { stdout } = await phone.machine.run(['device', 'listen', '--profile', 'phone']);
    expect(stdout.replace(/(Challenge +).*/, '$1…')).toBe(
      [
        '✓ A push came',
        '',
        'Topic      com.example.lab',
        'Category   MfaNotificationCategoryId',
        'Message    Sign in?\\u001b[2J\\u000aTopic  other',
        'Challenge  …',
        '',
      ].join('\n'),
    );
  });

  test('asks again where one request ends without a push', async () => {
    const { phone } = await withPhone();
    const bodies: string[] = [];
    const push = { topic, payload: {}, apnsId: 'one' };
    const { exitCode, stdout } = await listenAt(phone.machine.directory, async (request, response) => {
      bodies.push(await text(request));
      const Result = bodies.length === 1 ? null : push;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ success: true, Result }));
    });
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({ topic, payload: {}, message: null, challenge: null, category: null }),
    ]);
    expect(bodies.map((body) => JSON.parse(body).Wait)).toEqual([25, 25]);
  });

  test.each<[string, number, string]>([
    ['no push at once', 200, '{"success":true,"Result":null}'],
    ['too many requests', 429, ''],
    ['a tenant that is away', 503, ''],
  ])('never asks more than once a second, whatever comes back: %s', async (_, status, body) => {
    const { phone } = await withPhone();
    const asked: number[] = [];
    const begun = performance.now();
    const { stdout } = await listenAt(
      phone.machine.directory,
      (_request, response) => {
        asked.push(performance.now());
        response.writeHead(status, { 'content-type': 'application/json' }).end(body);
      },
      '5',
    );
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
    expect(asked.length).toBeGreaterThan(2);
    // Nobody is told that so much time went by without a push while it has not.
    if (/No push came/.test(stdout)) expect(performance.now() - begun).toBeGreaterThan(3990);
    // A timer may come a millisecond early.
    expect(Math.min(...pauses)).toBeGreaterThan(990);
  });

  test('leaves alone a phone that was enrolled meanwhile', async () => {
    const { phone } = await withPhone();
    const { directory } = phone.machine;
    const payload = { payload: { Options: { ChallengeAnswer: 'challenge' } } };
    const { stdout } = await listenAt(directory, (_request, response) => {
      changeDevice(directory, { udid: 'two' });
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ success: true, Result: { topic, payload } }));
    });
    expect(JSON.parse(stdout).challenge).toBe('challenge');
    expect(storedDevice(directory)).toMatchObject({ udid: 'two', challenge: null });
  });

  test.each([
    ['a page', { status: 404, type: 'text/html', body: '<!DOCTYPE html><title>Not found</title>' }],
    ['a page that is found', { status: 200, type: 'text/html', body: '<html><title>Portal</title></html>' }],
    ['JSON that says no', { status: 404, type: 'application/json', body: '{"error":"not found"}' }],
  ])('at a tenant that has %s there, says that only the emulator has pushes', async (_name, answer) => {
    const { phone } = await withPhone();
    const { exitCode, stdout } = await listenAt(phone.machine.directory, (_request, response) => {
      response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
    });
    expect([exitCode, JSON.parse(stdout).error]).toEqual([
      6,
      expect.objectContaining({
        code: 'tenant-refused',
        message: expect.stringMatching(/ delivers no push to a virtual phone: only the emulator does$/),
      }),
    ]);
  });
});

/** Listens with the phone of that machine, moved to a tenant of another kind. */
async function listenAt(directory: string, tenantOf: RequestListener, seconds = '60'): Promise<RunResult> {
  const tenant = await startAnswering(tenantOf);
  changeDevice(directory, { tenant });
  const argv = ['device', 'listen', '--profile', 'phone', '--json', '--tenant', tenant, '--timeout', seconds];
  return createMachine(directory).run(argv, { env: { MFA_CLI_TOKEN: 'an-opaque-access-token' } });
}

describe('device answer', () => {
  async function withPush() {
    const opened = await withPhone();
    await withCertificate(opened.tenant);
    const { Result } = (await ask(opened.tenant, '/emulator/challenge', { Message: 'Sign in?' })) as {
      Result: { ChallengeId: string };
    };
    const heard = await opened.phone.report('device', 'listen');
    const verdict = async () =>
      (await ask(opened.tenant, '/emulator/verdict', { ChallengeId: Result.ChallengeId })).Result;
    return { ...opened, challenge: heard.challenge, verdict };
  }

  test.each([
    ['approve', 'Approved'],
    ['deny', 'Denied'],
  ])('asks a person, who says %s', async (answer, expected) => {
    const { phone, verdict } = await withPush();
    const { exitCode, questions } = await phone.run(['device', 'answer'], { answers: [answer] });
    expect([exitCode, questions]).toEqual([0, ['Sign in?']]);
    expect(await verdict()).toEqual({ Status: expected });
  });

  test('answers a challenge once', async () => {
    const { phone, challenge, verdict } = await withPush();
    await phone.run(['device', 'answer', '--deny']);
    expect((await phone.run(['device', 'answer', '--approve'])).exitCode).toBe(2);
    const { exitCode, stdout } = await phone.run(['device', 'answer', '--approve', '--challenge', challenge]);
    expect([exitCode, JSON.parse(stdout).error.message]).toEqual([
      6,
      expect.stringContaining('The challenge has been answered'),
    ]);
    expect(await verdict()).toEqual({ Status: 'Denied' });
  });

  test.each([
    ['a clock that is a minute slow', { now: new Date(testNow.getTime() - 61_000) }],
    ['a clock that is a minute fast', { now: new Date(testNow.getTime() + 61_000) }],
  ])('%s is refused, and the challenge stays', async (_name, options) => {
    const { phone, verdict } = await withPush();
    const { exitCode, stdout } = await phone.run(['device', 'answer', '--approve'], options);
    expect([exitCode, JSON.parse(stdout).error.code]).toEqual([6, 'tenant-refused']);
    expect(await verdict()).toEqual({ Status: 'Pending' });
    expect((await phone.run(['device', 'answer', '--approve'])).exitCode).toBe(0);
  });

  test('a clock that is half a minute slow is not', async () => {
    const { phone } = await withPush();
    const now = new Date(testNow.getTime() - 30_000);
    expect((await phone.run(['device', 'answer', '--approve'], { now })).exitCode).toBe(0);
  });

  test('the trace tells neither code nor challenge', async () => {
    const { phone, challenge } = await withPush();
    const { stderr } = await phone.run(['device', 'answer', '--approve', '--debug']);
    expect(stderr).toMatch(/POST http:\S+\/IosAppRest\/\/SubmitOtpCode → 200/);
    expect(stderr).not.toContain(challenge);
    expect(stderr).not.toMatch(/otpCode|\b\d{6}\b/);
  });

  test.each([
    ['an older version', { key: 'MZXW6YTB', keyVersion: '1', interval: 30, oathProfileUuid: 'profile' }],
    [
      'a newer version',
      { ...{ key: 'k', keyVersion: '1', interval: 30, oathProfileUuid: 'p' }, algorithm: 'sha3', digits: 6 },
    ],
  ])('of a phone of %s says to enroll it again, and asks nobody', async (_name, otp) => {
    const { tenant, phone, verdict } = await withPush();
    changeDevice(phone.machine.directory, { otp });
    const { exitCode, stdout, questions } = await phone.run(['device', 'answer'], { answers: [] });
    expect([exitCode, questions, JSON.parse(stdout).error]).toEqual([
      2,
      [],
      expect.objectContaining({
        code: 'usage',
        message: `The virtual phone at ${tenant.emulator.url} was enrolled by another version of mfa-cli and has to be enrolled again`,
        hints: ['See `mfa-cli device enroll --help`.'],
      }),
    ]);
    expect(storedDevice(phone.machine.directory).otp.algorithm ?? null).toBe(
      'algorithm' in otp ? otp.algorithm : null,
    );
    await phone.report('device', 'enroll');
    const challenge = storedDevice(phone.machine.directory).challenge;
    expect([challenge, await verdict()]).toEqual([null, { Status: 'Pending' }]);
  });

  test('with MD5, where that has no code now, says so and sends nothing', async () => {
    const { tenant, phone, verdict } = await withPush();
    const md5 = { interval: 30, algorithm: 'md5', digits: 6 } as const;
    const keys = Array.from({ length: 1000 }, (_, i) => `key ${i}`);
    const key = keys.find((text) => oneTimePassword(Buffer.from(text), md5, testNow) === null);
    changeDevice(phone.machine.directory, { otp: { ...md5, key, keyVersion: '1', oathProfileUuid: 'p' } });
    const { exitCode, stdout } = await phone.run(['device', 'answer', '--approve']);
    expect([exitCode, JSON.parse(stdout).error]).toEqual([
      6,
      expect.objectContaining({
        code: 'tenant-refused',
        message: `MD5, which ${tenant.emulator.url} chose for one-time passwords, gives none for the next 30 s`,
      }),
    ]);
    expect(await verdict()).toEqual({ Status: 'Pending' });
  });

  test('says to a person what was done', async () => {
    const { tenant, phone, challenge } = await withPush();
    const argv = ['device', 'answer', '--profile', 'phone', '--challenge', challenge, '--deny'];
    const { stdout } = await phone.machine.run(argv);
    expect(stdout).toBe(`✗ Denied the sign-in at ${tenant.emulator.url}\n`);
  });
});
