import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { freePort } from '../../../scripts/free-port.mjs';
import { oneTimePassword } from '../../../src/text/one-time-password.ts';
import { createMachine, type RunOptions, type RunResult, testNow } from '../../support/context.ts';
import { callApi, openEmulator, serviceToken } from '../../support/emulator.ts';
import { p12Path, secretPassword } from '../../support/fixtures.ts';
import { startAnswering } from '../../support/http.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { startTenant, type TestTenant, visit, visitAs } from '../../support/tenant.ts';

const topic = 'com.example.lab';
const directory = temporaryDirectory();
/** The tenants' time, and that of the command lines: a one-time password is good once. */
let clock = testNow;
beforeEach(() => {
  clock = new Date(clock.getTime() + 120_000);
});

/** A tenant whose clock is that of the command lines. */
const startStillTenant = (): Promise<TestTenant> => startTenant({ now: () => clock });

/** A machine's command lines with the profile `phone`. */
function phoneOn(machine: ReturnType<typeof createMachine>) {
  const run = async (words: readonly string[], options: RunOptions = {}): Promise<RunResult> => {
    const result = await machine.run([...words, '--profile', 'phone', '--json'], {
      now: clock,
      ...options,
    });
    const otpKey = storedDevice(machine.directory)?.otp.key;
    if (otpKey !== undefined) expect(result.stdout + result.stderr).not.toContain(otpKey);
    return result;
  };
  const report = async (...words: string[]) => JSON.parse((await run(words)).stdout);
  const refused = async (...words: string[]) => {
    const { exitCode, stdout } = await run(words);
    return [exitCode, JSON.parse(stdout).error] as const;
  };
  return { run, machine, report, refused };
}

/** One on which a user is signed in. */
async function signedIn(tenant: TestTenant) {
  const phone = phoneOn(createMachine());
  await phone.run(tenant.login, { browser: visitAs(tenant.emulator.user.user) });
  return phone;
}

function storedDevice(directory: string) {
  const path = join(directory, 'config.json');
  return existsSync(path)
    ? JSON.parse(readFileSync(path, 'utf8')).profiles.phone?.device
    : undefined;
}

function changeDevice(directory: string, change: object): void {
  const path = join(directory, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8'));
  Object.assign(config.profiles.phone.device, change);
  writeFileSync(path, JSON.stringify(config));
}

/** One tenant for all, where the certificate is set; and the stored session of a user with an enrolled phone. */
let shared: { readonly tenant: TestTenant; readonly config: string };
beforeAll(async () => {
  const port = await freePort();
  const redirectUris = [`http://127.0.0.1:${port}/callback`];
  const emulator = await openEmulator({
    redirectUris,
    accessTokenSeconds: 18_000,
    now: () => clock,
  });
  const login = ['login', '--tenant', emulator.url, '--port', String(port)];
  const tenant = { emulator, port, login };
  await setCertificate(tenant, createMachine(join(directory, 'admin')));
  const phone = phoneOn(createMachine(join(directory, 'phone')));
  await phone.run(login, { browser: visitAs(emulator.user.user) });
  await phone.report('device', 'enroll');
  shared = { tenant, config: readFileSync(join(phone.machine.directory, 'config.json'), 'utf8') };
});
afterAll(() => shared.tenant.emulator.close());

async function setCertificate({ login }: TestTenant, machine: ReturnType<typeof createMachine>) {
  await machine.run(login, { browser: visit, now: clock });
  const set = ['apns', 'set', '--p12', p12Path('01-default-aes256')];
  expect((await machine.run(set, { env: secretPassword, now: clock })).exitCode).toBe(0);
}

/** A tenant, a user and a phone of the test's own, for what changes them. */
async function withOwnPhone() {
  const tenant = await startStillTenant();
  await setCertificate(tenant, createMachine());
  const phone = await signedIn(tenant);
  await phone.run(['device', 'enroll']);
  const { udid, deviceToken } = await phone.report(
    'device',
    'register-token',
    '--bundle-id',
    topic,
  );
  return { tenant, phone, udid, deviceToken };
}

/** The phone on a machine of its own, with a device token of its own, so that it hears no other test's pushes. */
async function withPhone() {
  const { tenant, config } = shared;
  const machine = createMachine();
  mkdirSync(machine.directory, { recursive: true, mode: 0o700 });
  writeFileSync(join(machine.directory, 'config.json'), config, { mode: 0o600 });
  const phone = phoneOn(machine);
  const { udid, deviceToken } = await phone.report(
    'device',
    'register-token',
    '--bundle-id',
    topic,
  );
  return { tenant, phone, udid, deviceToken };
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
    expect((await ask(tenant, '/emulator/verdict', { ChallengeId })).Result).toEqual({
      Status: verdict,
    });
  });
});

describe('device enroll', () => {
  test('enrolls as the user who is signed in, and keeps the identifier the second time', async () => {
    const tenant = await startStillTenant();
    const { report } = await signedIn(tenant);
    const first = await report('device', 'enroll');
    expect(first).toEqual({
      tenant: tenant.emulator.url,
      user: 'user@example.com',
      udid: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
      name: 'mfa-cli iPhone',
      osVersion: '18.0',
      enrolled: true,
    });
    expect(await report('device', 'enroll')).toEqual(first);
  });

  test('keeps the phone in the profile: beyond a logout, and not beyond the profile', async () => {
    const { phone, udid, deviceToken } = await withOwnPhone();
    await phone.run(['logout']);
    expect(storedDevice(phone.machine.directory)).toMatchObject({ udid, deviceToken });
    await phone.machine.run(['profile', 'remove', 'phone', '--yes'], { now: clock });
    expect(readFileSync(join(phone.machine.directory, 'config.json'), 'utf8')).not.toContain(udid);
  });

  test('begins anew for another user, who is told nothing of the device', async () => {
    const tenant = await startStillTenant();
    const { run, report } = await signedIn(tenant);
    const { udid } = await report('device', 'enroll');
    await run([...tenant.login, '--login-hint', 'admin@example.com'], { browser: visit });
    const other = await report('device', 'enroll');
    expect([other.user, other.udid === udid]).toEqual(['admin@example.com', false]);
  });
});

describe('device register-token', () => {
  test('makes a new token each time', async () => {
    const { tenant, phone, udid, deviceToken } = await withPhone();
    expect(deviceToken).toMatch(/^[0-9a-f]{64}$/);
    const again = await phone.report('device', 'register-token');
    expect(again).toEqual({
      tenant: tenant.emulator.url,
      udid,
      deviceToken: expect.not.stringMatching(deviceToken),
      bundleId: 'com.example.app',
    });
  });

  test('says the bundle ID that is given, else the topic that this machine set last there', async () => {
    const { tenant, phone } = await withPhone();
    const bundleId = async (...words: string[]) =>
      (await phone.report('device', 'register-token', ...words)).bundleId;
    const set = ['apns', 'set', '--p12', p12Path('01-default-aes256')];
    const admin = async (target: TestTenant, ...words: string[]) => {
      const profile = ['--profile', 'admin'];
      await phone.machine.run([...target.login, ...profile], { browser: visit, now: clock });
      await phone.machine.run([...set, ...profile, ...words], { env: secretPassword, now: clock });
    };
    await admin(await startStillTenant());
    expect(await bundleId()).toBe('com.example.app');
    await admin(tenant, '--client-app-key', 'another');
    expect(await bundleId()).toBe(topic);
    expect(await bundleId('--bundle-id', 'com.example.other')).toBe('com.example.other');
  });
});

describe('device listen', () => {
  test('waits for a push that is not there yet, and gives each once, the oldest first', async () => {
    const { tenant, phone } = await withPhone();
    const heard = phone.report('device', 'listen');
    for (const Message of ['one', 'two'])
      expect((await ask(tenant, '/emulator/challenge', { Message })).success).toBe(true);
    expect([(await heard).message, (await phone.report('device', 'listen')).message]).toEqual([
      'one',
      'two',
    ]);
  });

  test('shows to a person what came, and obeys none of it', async () => {
    const { tenant, phone } = await withPhone();
    await ask(tenant, '/emulator/challenge', { Message: 'Sign in?\u001b[2J\nTopic  other' });
    const { stdout } = await phone.machine.run(['device', 'listen', '--profile', 'phone'], {
      now: clock,
    });
    expect(stdout.replace(/(Challenge +).*/, '$1…')).toBe(
      [
        '✓ Push received',
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
    const { exitCode, stdout } = await listenAt(
      phone.machine.directory,
      async (request, response) => {
        bodies.push(await text(request));
        const Result = bodies.length === 1 ? null : push;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ success: true, Result }));
      },
    );
    expect([exitCode, JSON.parse(stdout)]).toEqual([
      0,
      expect.objectContaining({
        topic,
        payload: {},
        message: null,
        challenge: null,
        category: null,
      }),
    ]);
    expect(bodies.map((body) => JSON.parse(body).Wait)).toEqual([25, 25]);
  });

  test('never asks more than once a second', async () => {
    const { phone } = await withPhone();
    const asked: number[] = [];
    const begun = performance.now();
    const answer: RequestListener = (_request, response) => {
      asked.push(performance.now());
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"success":true,"Result":null}');
    };
    const { stdout } = await listenAt(phone.machine.directory, answer, '4');
    expect(stdout).toContain('No push received');
    expect(performance.now() - begun).toBeGreaterThan(2990);
    expect(asked.length).toBeGreaterThan(2);
    const pauses = asked.slice(1).map((at, index) => at - (asked[index] ?? 0));
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
});

/** Listens with the phone of that machine, moved to a tenant of another kind. */
async function listenAt(
  directory: string,
  tenantOf: RequestListener,
  seconds = '60',
): Promise<RunResult> {
  const tenant = await startAnswering(tenantOf);
  changeDevice(directory, { tenant });
  const argv = [
    'device',
    'listen',
    '--profile',
    'phone',
    '--json',
    '--tenant',
    tenant,
    '--timeout',
    seconds,
  ];
  return createMachine(directory).run(argv, {
    env: { MFA_CLI_TOKEN: 'an-opaque-access-token' },
    now: clock,
  });
}

describe('device answer', () => {
  async function withPush(open = withPhone) {
    const opened = await open();
    const { Result } = (await ask(opened.tenant, '/emulator/challenge', {
      Message: 'Sign in?',
    })) as {
      Result: { ChallengeId: string };
    };
    const heard = await opened.phone.report('device', 'listen');
    const verdict = async () =>
      (await ask(opened.tenant, '/emulator/verdict', { ChallengeId: Result.ChallengeId })).Result;
    return { ...opened, challenge: heard.challenge, verdict };
  }

  test('tells a person what was done', async () => {
    const { tenant, phone, verdict } = await withPush();
    const argv = ['device', 'answer', '--deny', '--profile', 'phone'];
    const { stdout } = await phone.machine.run(argv, { now: clock });
    expect(stdout).toBe(`✓ Denied the sign-in at ${tenant.emulator.url}\n`);
    expect(await verdict()).toEqual({ Status: 'Denied' });
  });

  test('answers a challenge once', async () => {
    const { phone, challenge, verdict } = await withPush();
    await phone.run(['device', 'answer', '--deny']);
    expect((await phone.run(['device', 'answer', '--approve'])).exitCode).toBe(2);
    expect(
      await phone.refused('device', 'answer', '--approve', '--challenge', challenge),
    ).toMatchObject([6, { message: expect.stringContaining('The challenge has been answered') }]);
    expect(await verdict()).toEqual({ Status: 'Denied' });
  });

  test('with a clock that is a minute off is refused, and the challenge stays; half a minute is not', async () => {
    const { phone, verdict } = await withPush();
    const answerAt = async (by: number) => {
      const now = new Date(clock.getTime() + by);
      const { exitCode, stdout } = await phone.run(['device', 'answer', '--approve'], { now });
      return [exitCode, JSON.parse(stdout).error?.code];
    };
    for (const by of [-61_000, 61_000]) expect(await answerAt(by)).toEqual([6, 'tenant-refused']);
    expect(await verdict()).toEqual({ Status: 'Pending' });
    expect(await answerAt(-30_000)).toEqual([0, undefined]);
    expect(await verdict()).toEqual({ Status: 'Approved' });
  });

  test('a challenge that came later waits on, once an earlier one is answered', async () => {
    const { tenant, phone, challenge, verdict } = await withPush();
    await ask(tenant, '/emulator/challenge', { Message: 'And this one?' });
    const later = await phone.report('device', 'listen');
    await phone.run(['device', 'answer', '--approve', '--challenge', challenge]);
    expect(await verdict()).toEqual({ Status: 'Approved' });
    const waiting = storedDevice(phone.machine.directory).challenge;
    expect(waiting).toMatchObject({ answer: later.challenge, message: 'And this one?' });
  });

  test('the trace tells neither code nor challenge', async () => {
    const { phone, challenge } = await withPush();
    const { stderr } = await phone.run(['device', 'answer', '--approve', '--debug']);
    expect(stderr).toMatch(/POST http:\S+\/IosAppRest\/\/SubmitOtpCode → 200/);
    expect(stderr).not.toContain(challenge);
    expect(stderr).not.toMatch(/otpCode|\b\d{6}\b/);
  });

  test('of a phone of a newer version says to enroll it again, and asks nobody', async () => {
    const otp = {
      key: 'k',
      keyVersion: '1',
      interval: 30,
      oathProfileUuid: 'p',
      algorithm: 'sha3',
      digits: 6,
    };
    const { tenant, phone, verdict } = await withPush(withOwnPhone);
    changeDevice(phone.machine.directory, { otp });
    const { exitCode, stdout, questions } = await phone.run(['device', 'answer', '--approve'], {
      answers: [],
    });
    expect([exitCode, questions, JSON.parse(stdout).error]).toEqual([
      2,
      [],
      expect.objectContaining({
        code: 'usage',
        message: `The virtual phone at ${tenant.emulator.url} was enrolled by a newer version of mfa-cli: enroll it again`,
        hints: ['See `mfa-cli device enroll --help`.'],
      }),
    ]);
    expect(storedDevice(phone.machine.directory).otp.algorithm).toBe(otp.algorithm);
    await phone.report('device', 'enroll');
    const challenge = storedDevice(phone.machine.directory).challenge;
    expect([challenge, await verdict()]).toEqual([null, { Status: 'Pending' }]);
  });

  test('with MD5, where that has no code now, says so and sends nothing', async () => {
    const { tenant, phone, verdict } = await withPush();
    const md5 = { interval: 30, algorithm: 'md5', digits: 6 } as const;
    const keys = Array.from({ length: 1000 }, (_, i) => `key ${i}`);
    const key = keys.find((text) => oneTimePassword(Buffer.from(text), md5, clock) === null);
    changeDevice(phone.machine.directory, {
      otp: { ...md5, key, keyVersion: '1', oathProfileUuid: 'p' },
    });
    expect(await phone.refused('device', 'answer', '--approve')).toEqual([
      6,
      expect.objectContaining({
        code: 'tenant-refused',
        message: `${tenant.emulator.url} chose MD5 for one-time passwords, which yields no code for the next 30 s`,
      }),
    ]);
    expect(await verdict()).toEqual({ Status: 'Pending' });
  });
});
