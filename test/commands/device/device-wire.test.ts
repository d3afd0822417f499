import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  type Assumptions,
  assumptions,
  usualAssumptions,
} from '../../../src/emulator/assumptions.ts';
import { sessionOf } from '../../emulator/security-session.ts';
import { createMachine, testNow } from '../../support/context.ts';
import { callApi, serviceToken } from '../../support/emulator.ts';
import { type Answer, startServer } from '../../support/http.ts';
import { signIn, startTenant } from '../../support/tenant.ts';
import { targetOf, vendorAnswer, vendorRequest } from '../../support/vendor.ts';

const json = (body: unknown): Answer => ({ body: JSON.stringify(body) });
const session = { MFA_CLI_TOKEN: 'an-opaque-access-token' };

/** `config.json` of a machine. */
const configOf = (directory: string): string =>
  readFileSync(join(directory, 'config.json'), 'utf8');

/** RFC 4226 §5.3 with SHA-512 and eight digits, written another way than the program's. */
function codeOf(key: string, counter: number): string {
  const mac = createHmac('sha512', key).update(
    Buffer.from(counter.toString(16).padStart(16, '0'), 'hex'),
  );
  const hex = mac.digest('hex');
  const offset = Number.parseInt(hex.slice(-1), 16) * 2;
  const number = Number.parseInt(hex.slice(offset, offset + 8), 16) % 2 ** 31;
  return String(number).padStart(10, '0').slice(-8);
}

/** Not base32, not ASCII: the bytes of this very text are the key. */
const secretKey = 'sëcret/key+of=the tenant';
const userCert = 'MIIBogIBAzCCAWgGCSqGSIb3DQEHAaCCAVkEggFVMIIBUTCC';

test('the virtual phone sends what the vendor’s iOS library sends, and nothing else', async () => {
  const values = {
    userCert,
    clientApiKey: 'k',
    otpKey: 'not the key',
    oathProfileUuid: 'a-b-c',
    secretKey,
  };
  const { origin, received } = await startServer([
    json(vendorAnswer('enroll-ios', values)),
    json(vendorAnswer('otp-enroll', values)),
    json(vendorAnswer('push-token', values)),
    json(vendorAnswer('answer', values)),
    json(vendorAnswer('answer', values)),
  ]);
  const { run, directory } = createMachine();
  const outputs: string[] = [];
  const device = async (...words: string[]) => {
    const argv = ['device', ...words, '--tenant', origin, '--json', '--debug'];
    const { exitCode, stdout, stderr } = await run(argv, { env: session });
    outputs.push(stdout, stderr);
    expect([words, exitCode]).toEqual([words, 0]);
    return JSON.parse(stdout);
  };
  const { udid } = await device('enroll');
  const { deviceToken } = await device('register-token', '--bundle-id', 'com.example.lab');
  await device('answer', '--approve', '--challenge', 'a/b+c= &');
  await device('answer', '--deny', '--challenge', 'a/b+c= &');

  const sent = {
    ...{
      accessToken: session.MFA_CLI_TOKEN,
      udid,
      deviceName: 'mfa-cli iPhone',
      osVersion: '18.0',
    },
    ...{
      pushTokenBase64: Buffer.from(deviceToken, 'hex').toString('base64'),
      bundleId: 'com.example.lab',
    },
    ...{
      otpCode: codeOf(secretKey, testNow.getTime() / 60_000),
      SecretVersion: 3,
      periodText: '60',
    },
    ...{
      OathProfileUuid: 'a-b-c',
      nowMilliseconds: testNow.getTime(),
      challengeAnswer: 'a/b+c= &',
    },
  };
  const expected = [
    vendorRequest('ios-sdk', 'enroll', sent),
    vendorRequest('ios-sdk', 'otp-enroll', sent),
    vendorRequest('ios-sdk', 'push-token', sent),
    vendorRequest('ios-sdk', 'answer', { ...sent, acceptedCapitalized: 'True' }),
    vendorRequest('ios-sdk', 'answer', { ...sent, acceptedCapitalized: 'False' }),
  ];
  expect(
    received.map(({ method, path, body }) => [method, path, body === '' ? null : JSON.parse(body)]),
  ).toEqual(expected.map((request) => [request.method, targetOf(request), request.body ?? null]));
  for (const [i, { headers }] of received.entries())
    expect(headers).toMatchObject(expected[i]?.headers ?? {});
  // Beside the library's own: what every HTTP client sends.
  const others = received.flatMap(({ headers }) =>
    Object.keys(headers).filter((name) => !Object.hasOwn(expected[0]?.headers ?? {}, name)),
  );
  expect([...new Set(others)].sort()).toEqual([
    'accept',
    'connection',
    'content-length',
    'host',
    'user-agent',
  ]);

  for (const secret of [secretKey, userCert, sent.otpCode, session.MFA_CLI_TOKEN])
    expect(outputs.join('')).not.toContain(secret);
  expect(configOf(directory)).toContain(secretKey);
  expect(configOf(directory)).not.toContain(userCert);
});

describe('an answer to the enrollment of one-time passwords that is of no use', () => {
  const whole = vendorAnswer('otp-enroll', { otpKey: 'x', oathProfileUuid: 'p', secretKey }) as {
    Result: object;
  };
  test.each([
    ['an unknown algorithm', { HmacAlgorithm: 4 }, 'no usable HmacAlgorithm'],
    ['40 digits', { Digits: 40 }, 'no usable Digits'],
    ['a period of nothing', { Period: 0 }, 'no usable Period'],
    ['no key', { SecretKey: undefined }, 'no usable SecretKey'],
  ])('keeps no phone: %s', async (_name, change, told) => {
    const answer = { ...whole, Result: { ...whole.Result, ...change } };
    const { origin, received } = await startServer([
      json(vendorAnswer('enroll-ios', { userCert })),
      json(answer),
    ]);
    const { run } = createMachine();
    const options = ['--tenant', origin, '--json'];
    const { exitCode, stdout, stderr } = await run(['device', 'enroll', ...options], {
      env: session,
    });
    expect([exitCode, JSON.parse(stdout).error]).toEqual([
      6,
      expect.objectContaining({ code: 'tenant-refused', message: expect.stringContaining(told) }),
    ]);
    expect(stdout + stderr).not.toContain(secretKey);
    const answered = await run(['device', 'answer', '--approve', '--challenge', 'c', ...options], {
      env: session,
    });
    expect([answered.exitCode, received.length]).toEqual([2, 2]);
  });
});

/** The assumptions that a device meets, each with each of its values but the usual one. */
const met = [
  'device-forms',
  'device-names',
  'token-answer',
  'push-options',
  'otp-algorithm',
] as const;
const worlds = met.flatMap((name) =>
  assumptions[name].values
    .filter((value) => value !== usualAssumptions[name])
    .map((value) => ({ [name]: value })),
);

test.each(worlds)(
  'where %j, the phone enrolls, listens and answers',
  async (world: Partial<Assumptions>) => {
    const { emulator } = await startTenant({ now: () => testNow, assumptions: world });
    const { machine, set } = await signIn(emulator);
    expect((await set()).exitCode).toBe(0);
    const env = {
      MFA_CLI_TENANT: emulator.url,
      MFA_CLI_TOKEN: await sessionOf(emulator, emulator.user),
    };
    const device = (...words: string[]) => machine.run(['device', ...words, '--json'], { env });
    const report = async (...words: string[]) => {
      const { exitCode, stdout } = await device(...words);
      expect([words, exitCode, stdout]).toEqual([words, 0, expect.anything()]);
      return JSON.parse(stdout);
    };
    await report('enroll');
    const { bundleId } = await report('register-token');
    expect(bundleId).toBe('com.example.lab');
    const service = await serviceToken(emulator);
    const ask = async (path: string, body: object) =>
      (await callApi(emulator, path, service, body)).body;
    const { Result } = (await ask('/emulator/challenge', { Message: 'Sign in?' })) as {
      Result: { ChallengeId: string };
    };
    const { message, challenge } = await report('listen');
    expect(message).toBe('Sign in?');
    // With MD5 a key may have no code at this moment: another key may.
    for (let tries = 0; tries < 100; tries++) {
      const { exitCode, stdout } = await device('answer', '--approve', '--challenge', challenge);
      if (exitCode === 0) break;
      expect(stdout).toContain('MD5');
      await report('enroll');
    }
    const { ChallengeId } = Result;
    expect((await ask('/emulator/verdict', { ChallengeId })).Result).toEqual({
      Status: 'Approved',
    });
  },
);
