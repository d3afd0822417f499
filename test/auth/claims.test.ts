import { describe, expect, test } from 'vitest';
import { claimsOf, issuerOf } from '../../src/auth/token-request.ts';
import { jwt } from './examples.ts';

describe('claimsOf', () => {
  test.each([
    [
      'the vendor’s name',
      jwt({ unique_name: 'ada@example.com', sub: '7', exp: 1_893_499_200 }),
      'ada@example.com',
      '2030-01-01T12:00:00.000Z',
    ],
    ['an OpenID name', jwt({ preferred_username: 'ada', sub: '7' }), 'ada', null],
    ['the subject alone', jwt({ sub: '7' }), '7', null],
    ['an escape sequence in the name', jwt({ sub: 'a\u001b[31mb\u202ec' }), 'ab c', null],
    ['a name and a date that are none', jwt({ unique_name: 5, exp: 1e300 }), null, null],
    ['an empty name before one', jwt({ unique_name: '', preferred_username: 'ada' }), 'ada', null],
    ['a name that is none before one', jwt({ unique_name: 5, sub: '7' }), '7', null],
    ['an end in words', jwt({ sub: '7', exp: '1893499200' }), '7', null],
    ['no signature', jwt({ sub: '7' }).replace(/\.[^.]*$/, ''), null, null],
    ['an opaque token', 'opaque', null, null],
    ['a JWT of a text', `e30.${Buffer.from('"sub"').toString('base64url')}.x`, null, null],
    ['two dots and no JSON', 'a.b.c', null, null],
    ['a JWT of null', 'e30.bnVsbA.x', null, null],
    ['an encrypted JWT', 'e30.AAAA.BBBB.CCCC.DDDD', null, null],
  ])('%s', (_, token, user, expiresAt) => {
    const claims = claimsOf(token);
    expect({ ...claims, expiresAt: claims.expiresAt?.toISOString() ?? null }).toEqual({ user, expiresAt });
  });
});

test.each([
  [jwt({ iss: 'https://abc1234.id.cyberark.cloud/mfa-cli/' }), 'https://abc1234.id.cyberark.cloud/mfa-cli/'],
  [jwt({ iss: 'no address' }), null],
  [jwt({ iss: 7 }), null],
  [jwt({}), null],
  ['opaque', null],
])('the issuer of %s', (token, issuer) => {
  expect(issuerOf(token)).toBe(issuer);
});
