import { expect, test } from 'vitest';
import {
  apnsOrigin,
  encodePayload,
  isAppleHost,
  judgeDeviceToken,
  type MfaPush,
  mfaPayload,
  mfaPushOf,
  nobodysToken,
  plainDeviceToken,
  randomChallenge,
  simulatorPayload,
} from '../../src/apple/apns.ts';
import { explainAnswer, explainTokenAnswer } from '../../src/apple/failure.ts';
import { reasons } from '../../src/emulator/apns/judge-push.ts';
import type { ApnsEnvironment } from '../../src/pkcs12/model.ts';
import { testCases } from '../support/cases.ts';

testCases('apple/payload', {
  'the payload of a push, as it is sent': (push: MfaPush) =>
    Buffer.from(encodePayload(mfaPayload(push))).toString(),
  'mfaPushOf: options': (options: object) => {
    const none = { message: undefined, title: undefined, challenge: undefined };
    const push = mfaPushOf({ ...none, ...options });
    return { ...push, challenge: push.challenge.replace(/^[\w-]{32}$/, 'RANDOM') };
  },
  'judgeDeviceToken, and plainDeviceToken': (text: string) => {
    const verdict = judgeDeviceToken(text);
    return verdict === true ? plainDeviceToken(text) : verdict;
  },
  'apnsOrigin: of an environment, or instead': (environment: ApnsEnvironment, instead?: string) =>
    apnsOrigin(environment, instead ?? null).origin,
  'isAppleHost: no stand-in': (host: string) => isAppleHost(new URL(`https://${host}`).hostname),
  'explainAnswer: what differs from 400 without a reason': (answer: object) =>
    explainAnswer({ status: 400, reason: null, apnsId: null, timestamp: null, ...answer }),
});

test('the simulator’s payload names the app first, nobody’s token is one, and no two challenges are alike', () => {
  const push = { message: 'Sign in?', title: null, challenge: 'c-1' };
  expect(Object.entries(simulatorPayload('com.example.app', push))).toEqual([
    ['Simulator Target Bundle', 'com.example.app'],
    ...Object.entries(mfaPayload(push)),
  ]);
  expect(judgeDeviceToken(nobodysToken)).toBe(true);
  expect(new Set(Array.from({ length: 100 }, randomChallenge)).size).toBe(100);
});

test('a payload has 4096 bytes at most', () => {
  const payload = { a: 'ü'.repeat(2044) };
  expect(encodePayload(payload)).toHaveLength(4096);
  expect(() => encodePayload({ a: `${payload.a}x` })).toThrow('has 4097 bytes');
});

/** Reasons that no push from here can get, with a certificate or at all. */
const ofTokens = /^(Expired|Invalid|TooMany)ProviderToken|Key(Id)?InToken$/;
const others =
  /^(Bad(CollapseId|ExpirationDate|MessageId|Priority|Path)|DuplicateHeaders|IdleTimeout|InvalidPushType|MissingDeviceToken|PayloadEmpty|Forbidden|MethodNotAllowed)$/;

test.each(Object.entries(reasons).filter(([reason]) => !others.test(reason)))(
  'the reason %s is explained',
  (reason, status) => {
    const answer = { status, reason, apnsId: null, timestamp: null };
    for (const explain of [explainAnswer, explainTokenAnswer]) {
      if (explain === explainAnswer && ofTokens.test(reason)) continue;
      const [head, ...meaning] = explain(answer).split('. ');
      expect(head).toBe(`APNs answered ${reason} (HTTP ${status})`);
      expect(meaning.join('. ')).toMatch(/^[A-Z].{10,}\.$/);
    }
  },
);
