import { expect, test } from 'vitest';
import { mfaPayload } from '../../../src/apple/payload.ts';
import { readPush } from '../../../src/emulator/browser/phone/memory.ts';
import { randomHex, randomUuid } from '../../../src/emulator/browser/phone/one-time-password.ts';

const topic = 'com.example.app';
const push = { message: 'Approve?', title: null, challenge: 'answer' };

test.each([
  ['the tenant sends', mfaPayload(push), {}],
  ['has a title', mfaPayload({ ...push, title: 'Sign-in' }), { title: 'Sign-in' }],
  [
    'says what it is about in the options alone',
    { payload: mfaPayload(push).payload },
    { hasActions: false },
  ],
  [
    'has another category',
    { ...mfaPayload(push), aps: { alert: 'Approve?', category: 'Other' } },
    { hasActions: false },
  ],
  ['has no challenge', { aps: mfaPayload(push).aps }, { challenge: null }],
])('a push that %s is shown as iOS does it', (_name, payload, differs) => {
  expect(readPush({ topic, payload })).toEqual({
    app: 'Example',
    title: null,
    message: 'Approve?',
    challenge: 'answer',
    hasActions: true,
    ...differs,
  });
});

test.each([null, 'text', [], { aps: null, payload: { Options: 1 } }])(
  '%j is a push without a word',
  (payload) => {
    expect(readPush({ topic, payload })).toMatchObject({ message: '', challenge: null, hasActions: false });
  },
);

test.each([
  ['com.example.app', 'Example'],
  ['com.example.authenticator', 'Authenticator'],
  ['com.app', 'Com.app'],
  ['app', 'App'],
])('the app of %s is called %s', (bundleId, app) => {
  expect(readPush({ topic: bundleId, payload: {} }).app).toBe(app);
});

test('a phone’s own values have the form that iOS gives them', () => {
  expect(randomUuid()).toMatch(/^[\dA-F]{8}-[\dA-F]{4}-4[\dA-F]{3}-[89AB][\dA-F]{3}-[\dA-F]{12}$/);
  expect(randomHex(32)).toMatch(/^[\da-f]{64}$/);
});
