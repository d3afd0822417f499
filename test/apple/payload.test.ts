import { describe, expect, test } from 'vitest';
import {
  defaultMessage,
  encodePayload,
  type MfaPush,
  mfaPayload,
  mfaPushOf,
  randomChallenge,
  simulatorPayload,
} from '../../src/apple/apns.ts';

const push: MfaPush = { message: 'Sign in?', title: null, challenge: 'c-1' };

describe('the payload', () => {
  test('without a title', () => {
    expect(mfaPayload(push)).toEqual({
      aps: { alert: 'Sign in?', category: 'MfaNotificationCategoryId', sound: 'default' },
      payload: { Options: { Message: 'Sign in?', ChallengeAnswer: 'c-1' } },
    });
  });

  test('with a title', () => {
    expect(mfaPayload({ ...push, title: 'Example' })).toEqual({
      aps: {
        alert: { title: 'Example', body: 'Sign in?' },
        category: 'MfaNotificationCategoryId',
        sound: 'default',
      },
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
