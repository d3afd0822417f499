import { expect, test } from 'vitest';
import { signOut } from '../../src/auth/sign-in.ts';
import type { StoredSession } from '../../src/auth/stored-schemas.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';
import { memoryHttp } from '../support/memory-http.ts';
import { sessionAt } from './examples.ts';

const clientId = 'ci+1@example.com';

/** The revocations of a session without a refresh token, unless the change gives one, and the proofs and forms that are sent. */
const leaving = (secret: string | null) => {
  return async (change: Partial<StoredSession>, body: unknown = '', status = 200) => {
    const { http, sent } = memoryHttp(({ body: form = '', headers = {} }) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return {
        status,
        body: text.replace('FORM', form).replace('PROOF', headers.authorization ?? ''),
      };
    });
    const session = sessionAt('https://a.test', { refreshToken: null, ...change });
    const revocations = await signOut(session, secret === null ? null : new Secret(secret), http);
    const basic = ({ authorization = '' }) =>
      Buffer.from(authorization.slice(6), 'base64').toString();
    const asked = sent.map(({ url, headers = {}, body = '' }) =>
      [url, basic(headers), body].join(' '),
    );
    return { told: revocations, asked };
  };
};

testCases('auth/sign-out', {
  'the revocations, by what differs of a session, and the answers of the tenant': leaving(null),
  'with a client secret': leaving('s%3Dcret'),
  'with one that is encoded as it is': leaving('secret'),
});

test('a form that may be sent again is asked with, a tenant may be out of reach, and Ctrl-C ends it', async () => {
  const { http, sent } = memoryHttp();
  const session = sessionAt('https://a.test', { refreshToken: null, clientId });
  await signOut(session, null, http);
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    accept: 'application/json',
  };
  expect(sent).toMatchObject([{ method: 'POST', headers, retry: true }]);
  const failing = (code: 'interrupted' | 'tenant-unreachable') =>
    signOut(session, null, { send: () => Promise.reject(new CliError(code, 'gone')) });
  const unreachable = { token: 'access-token', outcome: 'unreachable', words: 'gone' };
  expect(await failing('tenant-unreachable')).toEqual([unreachable]);
  await expect(failing('interrupted')).rejects.toMatchObject({ code: 'interrupted' });
});
