import { expect, test } from 'vitest';
import {
  answersRequest,
  codeOf,
  queryOf,
  unboundError,
} from '../../src/auth/authorization-response.ts';
import { memorySession } from '../../src/auth/session.ts';
import { sessionFrom } from '../../src/auth/token-request.ts';
import { errorOf } from '../../src/tenant/oauth/authorization.ts';
import { readTokens } from '../../src/tenant/oauth/token.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';
import { connectionTo, jwt, noon, sessionAt } from './examples.ts';

const query = (text: string) => new URLSearchParams(text);
const connection = connectionTo('https://a.test');
const redirectUri = 'http://127.0.0.1:8400/callback';

testCases('auth/authorization', {
  'answersRequest: with the state s': (text: string) => answersRequest(query(text), 's'),
  'unboundError, and errorOf: of an answer without a state': (text: string) => [
    unboundError(query(text)),
    errorOf(query(text)),
  ],
  'codeOf: of an answer to https://a.test': (text: string) =>
    codeOf(query(text), connection, redirectUri),
  'queryOf: of a pasted address': (address: string) => queryOf(address).toString(),
});

testCases('auth/session-from', {
  'sessionFrom: an answer with these claims of its ID token and its access token, after the session of ada':
    (answer: object, id?: object | null, access?: object | null, date?: string) => {
      const tokens = {
        id_token: id ? jwt(id) : undefined,
        access_token: access ? jwt(access) : 'opaque',
      };
      const told = readTokens({ ...tokens, ...answer }, date);
      const { accessToken, ...session } = sessionFrom(told, sessionAt('T'), noon);
      expect(accessToken).toBe(tokens.access_token);
      return session;
    },
});

const tenant = 'https://abc1234.id.cyberark.cloud';

test('a session that is kept nowhere is not renewed', async () => {
  const [token, password] = [new Secret('t'), new Secret('hunter2')];
  const whose = { tenant, user: 'ada@example.com', isPerson: true, isOwn: false };
  const kept = memorySession(whose, token, [token, password]);
  expect(kept).toMatchObject(whose);
  expect([kept.accessToken(), kept.secrets()]).toEqual([token, [token, password]]);
  const over = { code: 'session-expired', facts: { session: 'administrator' } };
  await expect(kept.renew()).rejects.toMatchObject(over);
});
