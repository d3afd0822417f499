import { describe, expect, test } from 'vitest';
import { answersRequest, codeOf, errorOf, queryOf, unboundError } from '../../src/auth/authorization-look.ts';
import { connectionTo } from './examples.ts';

const query = (text: string) => new URLSearchParams(text);

test.each([
  ['state=s&code=c', true],
  ['state=s', true],
  ['code=c', false],
  ['state=&code=c', false],
  ['state=S&code=c', false],
  ['state=ss&code=c', false],
  ['state=s&state=s', false],
  ['state=s&state=t', false],
  ['state=s&code=c&code=d', false],
])('whether %s answers the request with the state s: %s', (text, expected) => {
  expect(answersRequest(query(text), 's')).toBe(expected);
});

test.each([
  ['error=e', { error: 'e', description: null }],
  ['error=e&error_description=d', { error: 'e', description: 'd' }],
  ['error=', null],
  ['error_description=d', null],
])('the error in %s', (text, expected) => {
  expect([errorOf(query(text)), unboundError(query(text))]).toEqual([expected, expected]);
});

test.each(['error=e&state=', 'error=e&code=', 'error=e&error=e', 'error=e&x=1&x=2'])(
  'no error without a state: %s',
  (text) => {
    expect(unboundError(query(text))).toBe(null);
  },
);

describe('the code of an answer', () => {
  const of = (text: string) =>
    codeOf(query(text), connectionTo('https://a.test'), 'http://127.0.0.1:1/callback');
  test.each([
    ['code=c', 'c'],
    ['code=c&error=', 'c'],
    ['code=c&iss=https%3A%2F%2Fa.test%2Fpath', 'c'],
  ])('%s', (text, expected) => {
    expect(of(text)).toBe(expected);
  });

  test.each([
    [
      'code=c&iss=https%3A%2F%2Fb.test',
      'sign-in-failed',
      'The sign-in was answered by https://b.test instead of https://a.test',
    ],
    [
      'code=c&iss=http%3A%2F%2Fa.test',
      'sign-in-failed',
      'The sign-in was answered by http://a.test instead of https://a.test',
    ],
    ['code=c&iss=a.test', 'sign-in-failed', 'The sign-in was answered by a.test instead of https://a.test'],
    ['code=c&iss=', 'sign-in-failed', 'The sign-in was answered by  instead of https://a.test'],
    ['code=c&error=access_denied', 'sign-in-denied', 'https://a.test denied the sign-in: access_denied'],
    [
      'error=e&iss=https%3A%2F%2Fb.test',
      'sign-in-failed',
      'The sign-in was answered by https://b.test instead of https://a.test',
    ],
    ['code=', 'sign-in-failed', 'https://a.test sent the browser back without an authorization code'],
    ['', 'sign-in-failed', 'https://a.test sent the browser back without an authorization code'],
  ])('is not taken from %s', (text, code, message) => {
    expect(() => of(text)).toThrow(expect.objectContaining({ code, message }));
  });
});

test.each([
  ['http://127.0.0.1:8400/callback?code=c&state=s', 'code=c&state=s'],
  ['/callback?code=c', 'code=c'],
  ['?code=c', 'code=c'],
  ['http://a/?code=c#code=d', 'code=c'],
  ['http://a/?code=c?d', 'code=c%3Fd'],
  [' http://a/?co\n  de=c\t ', 'code=c'],
  ['http://a/', ''],
  ['code=c', ''],
  ['', ''],
])('the query of the pasted %j', (address, expected) => {
  expect(queryOf(address).toString()).toBe(expected);
});
