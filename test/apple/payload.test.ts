import { describe, expect, test } from 'vitest';
import {
  apnsOrigin,
  defaultMessage,
  encodePayload,
  judgeDeviceToken,
  type MfaPush,
  mfaPayload,
  mfaPushOf,
  nobodysToken,
  plainDeviceToken,
  randomChallenge,
  simulatorPayload,
} from '../../src/apple/apns.ts';
import { explainAnswer } from '../../src/apple/failure.ts';
import { reasons } from '../../src/emulator/apns/judge-push.ts';
import { CliError } from '../../src/errors/cli-error.ts';

const push: MfaPush = { message: 'Sign in?', title: null, challenge: 'c-1' };

describe('the payload', () => {
  test('without a title', () => {
    expect(mfaPayload(push)).toEqual({
      aps: { alert: 'Sign in?', category: 'MfaNotificationCategoryId', sound: 'default' },
      payload: { Options: { Message: 'Sign in?', ChallengeAnswer: 'c-1' } },
    });
  });

  test('with a title', () => {
    const alert = { title: 'Example', body: 'Sign in?' };
    expect(mfaPayload({ ...push, title: 'Example' })).toEqual({
      aps: { alert, category: 'MfaNotificationCategoryId', sound: 'default' },
      payload: { Options: { Message: 'Sign in?', ChallengeAnswer: 'c-1', Title: 'Example' } },
    });
  });

  test('for the simulator names the app first', () => {
    const document = simulatorPayload('com.example.app', push);
    expect(Object.entries(document)).toEqual([
      ['Simulator Target Bundle', 'com.example.app'],
      ...Object.entries(mfaPayload(push)),
    ]);
  });

  test('is sent as compact UTF-8', () => {
    expect(Buffer.from(encodePayload({ a: 'ü', b: [1] }))).toEqual(Buffer.from('{"a":"ü","b":[1]}', 'utf8'));
  });
});

describe('what options ask for', () => {
  test.each([
    [{}, { message: defaultMessage, title: null, challenge: expect.stringMatching(/^[\w-]{32}$/) }],
    [
      { message: 'm', title: 't', challenge: 'c' },
      { message: 'm', title: 't', challenge: 'c' },
    ],
  ])('%j', (options, expected) => {
    expect(mfaPushOf(options)).toEqual(expected);
  });

  test('no two challenges are alike', () => {
    expect(new Set(Array.from({ length: 100 }, randomChallenge)).size).toBe(100);
  });
});

const wrong = 'This is not a device token: it must have an even number of hexadecimal digits, at least 64';
const hex = '80f3'.repeat(16);

test.each<[string, string, string | null]>([
  ['hexadecimal', hex, hex],
  ['in capitals', hex.toUpperCase(), hex],
  ['as NSData prints itself', `<${'80f380f3 '.repeat(8).trim()}>`, hex],
  ['with a line break', `${hex}\n`, hex],
  ['of 100 bytes', 'ab'.repeat(100), 'ab'.repeat(100)],
  ['of 101 bytes', 'ab'.repeat(101), null],
  ['of 31 bytes', 'ab'.repeat(31), null],
  ['of half a byte more', `${hex}a`, null],
  ['of other letters', 'xy'.repeat(32), null],
  ['empty', '', null],
])('a device token %s', (_case, text, plain) => {
  expect(judgeDeviceToken(text)).toBe(plain === null ? wrong : true);
  if (plain !== null) expect(plainDeviceToken(text)).toBe(plain);
});

test('that of nobody is one', () => {
  expect(judgeDeviceToken(nobodysToken)).toBe(true);
});

describe('the origin of APNs', () => {
  test.each([
    ['production', undefined, 'https://api.push.apple.com'],
    ['sandbox', undefined, 'https://api.sandbox.push.apple.com'],
    ['production', 'api.push.apple.com:2197', 'https://api.push.apple.com:2197'],
    ['sandbox', '127.0.0.1:8452', 'https://127.0.0.1:8452'],
    ['sandbox', '[::1]:8452', 'https://[::1]:8452'],
    ['sandbox', 'Example.TEST', 'https://example.test'],
    ['sandbox', 'example.test:443', 'https://example.test'],
  ] as const)('of %s, instead %s', (environment, instead, origin) => {
    expect(apnsOrigin(environment, instead).origin).toBe(origin);
  });

  const none = ['', ':2197', 'https://example.test', 'example.test/a', 'a@example.test', 'a:b@c', 'a b'];
  test.each([...none, 'a:99999'])('is not "%s"', (instead) => {
    const facts = { option: '--apns-host HOST:PORT', variable: 'MFA_CLI_APNS_HOST' };
    const shown = instead.includes('@') ? 'The given value' : `"${instead}"`;
    const message = `${shown} is not an APNs host such as api.push.apple.com:2197`;
    expect(() => apnsOrigin('production', instead)).toThrow(new CliError('usage', message, { facts }));
  });
});

const answer = { status: 400, reason: null, apnsId: null, timestamp: null };

describe('an answer is explained', () => {
  const another = 'APNs always gives one: this may be another server.';
  test.each([
    ['success', { status: 200, apnsId: 'A0B1' }, 'APNs accepted the push.'],
    ['success of another server', { status: 200 }, `APNs gave no apns-id (HTTP 200). ${another}`],
    ['a reason', { reason: 'PayloadEmpty' }, 'APNs answered PayloadEmpty (HTTP 400). The payload is empty.'],
    [
      'a date',
      { status: 410, reason: 'ExpiredToken', timestamp: '2025-10-20T22:40:00.000Z' },
      'APNs answered ExpiredToken (HTTP 410) since 2025-10-20T22:40:00.000Z. The device token has expired. Register the new token that the app gets when it starts.',
    ],
    ['a reason in a GOAWAY', { status: null, reason: 'Shutdown' }, /^APNs answered Shutdown\. APNs is /],
    ['a reason that is new', { status: 418, reason: 'Teapot' }, 'APNs answered Teapot (HTTP 418).'],
    ['a member of every object', { reason: 'constructor' }, 'APNs answered constructor (HTTP 400).'],
    ['a moved cursor', { reason: 'a\u001b[2J\n' }, 'APNs answered a\\u001b[2J\\u000a (HTTP 400).'],
    ['no reason', { status: 404 }, `APNs gave no reason (HTTP 404). ${another}`],
  ])('%s', (_case, given, expected) => {
    const explanation = explainAnswer({ ...answer, ...given });
    if (typeof expected === 'string') expect(explanation).toBe(expected);
    else expect(explanation).toMatch(expected);
  });

  test.each(Object.entries(reasons))('%s', (reason, status) => {
    const [head, ...meaning] = explainAnswer({ ...answer, status, reason }).split('. ');
    expect(head).toBe(`APNs answered ${reason} (HTTP ${status})`);
    expect(meaning.join('. ')).toMatch(/^[A-Z].{10,}\.$/);
  });
});
