import { expect, test } from 'vitest';
import { lookAtApplication } from '../../../src/tenant/oauth/authorization.ts';
import { builtInSession } from '../../../src/tenant/oauth/built-in-application.ts';
import { claimsOf, issuerOf } from '../../../src/tenant/oauth/claims.ts';
import {
  isRefusal,
  jsonObject,
  refusalWords,
  signInRefusal,
} from '../../../src/tenant/oauth/refusal.ts';
import { acceptedAnswer, type Grant } from '../../../src/tenant/oauth/token.ts';
import { Secret } from '../../../src/text/secret.ts';
import { connectionTo, jwt } from '../../auth/examples.ts';
import { testCases } from '../../support/cases.ts';
import { memoryHttp, type Reply } from '../../support/memory-http.ts';

const query = (text: string) => new URLSearchParams(text);
const connection = connectionTo('https://a.test');
const redirectUri = 'http://127.0.0.1:8400/callback';
const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

testCases('tenant/authorization', {
  'signInRefusal: the code and the cause, by an error and its description': (
    error: string,
    description: string | null = null,
  ) => {
    throw signInRefusal({ error, description }, connection, redirectUri);
  },
  'lookAtApplication: by the status and the body, or the headers, of an answer': async (
    status: number,
    given: { location?: string } | string,
  ) => {
    const { location } = Object(given);
    const { http } = memoryHttp({
      status,
      ...(location ? { headers: { location } } : { body: given }),
    });
    const look = await lookAtApplication(connection, redirectUri, http);
    if (look.kind === 'refused') throw look.error;
    if (look.kind === 'unclear') expect(look.answer.status).toBe(status);
    return look.kind;
  },
});

test('an application is looked at as a browser without a person does', async () => {
  const { http, sent } = memoryHttp();
  await lookAtApplication({ ...connection, loginHint: 'ada@a.test' }, redirectUri, http);
  const { searchParams, origin, pathname } = new URL(sent[0]?.url ?? '');
  const headers = { accept: 'text/html, application/json;q=0.9' };
  const request = { method: 'GET', url: sent[0]?.url, headers, retry: true, answersRedirect: true };
  expect(sent).toEqual([request]);
  const asked = [origin, pathname, searchParams.get('redirect_uri')];
  expect(asked).toEqual(['https://a.test', '/OAuth2/Authorize/mfa-cli', redirectUri]);
  expect(searchParams.has('login_hint')).toBe(false);
  for (const name of ['state', 'code_challenge'])
    expect(searchParams.get(name)).toMatch(/^[\w-]{43}$/);
});

const tenant = 'https://abc1234.id.cyberark.cloud';
const basic = Buffer.from('ci@example.com:hunter2-secret').toString('base64');
async function signInService(...answers: readonly Reply[]) {
  const { http, sent } = memoryHttp(
    ...answers.map(({ body, ...answer }) => ({
      ...answer,
      body: textOf(body ?? '').replace('BASIC', basic),
    })),
  );
  const user = { tenant, clientId: 'ci@example.com', clientSecret: new Secret('hunter2-secret') };
  return { sent, token: (await builtInSession(user, http)).reveal() };
}

const judge = (
  status: number,
  body: unknown,
  grant: Grant = 'refresh_token',
  form = query('scope=all'),
  clientSecret: Secret | null = null,
) =>
  acceptedAnswer({ status, headers: {}, body: textOf(body) }, grant, form, {
    ...{ tenant: 'T', appId: 'mfa-cli', clientId: 'mfa-cli', clientSecret },
  });

testCases('tenant/tokens', {
  'builtInSession: by the answers to a service user, and the requests that it takes': async (
    ...answers: Reply[]
  ) => {
    const { token, sent } = await signInService(...answers);
    return [token, sent.length];
  },
  jsonObject: (body: unknown) => jsonObject(textOf(body)),
  'isRefusal and refusalWords: with a status of 418 and a secret hunter22': (
    answer: Readonly<Record<string, unknown>>,
  ) => [isRefusal(answer), refusalWords(answer, 418, ['hunter22'])],
  'acceptedAnswer: by the status and the body of an answer to a refresh token, or another grant':
    judge,
  'acceptedAnswer: of what was sent, which the answer repeats': (form: Record<string, string>) =>
    judge(400, { error: 'got hunter22' }, 'refresh_token', new URLSearchParams(form)),
  'acceptedAnswer: an error for a client secret in quotes': (error: string) =>
    judge(
      400,
      { error },
      'client_credentials',
      query('scope=all'),
      new Secret('"s"', 'the file s'),
    ),
  'claimsOf, and issuerOf: of a token with these claims, or of another': (
    given: object | string,
  ) => {
    const token = typeof given === 'string' ? given : jwt(given);
    return { ...claimsOf(token), issuer: issuerOf(token) };
  },
});

test('a service user’s session is the ID token of the vendor’s own application', async () => {
  const location = 'https://cyberark.cloud/redirect#state=1&id_token=the.id.token';
  const session = { status: 302, headers: { location } };
  const { sent } = await signInService({ body: { access_token: 'access-1' } }, session);
  const app = '__idaptive_cybr_user_oidc';
  const asked = new URLSearchParams({
    ...{ client_id: app, response_type: 'id_token', scope: 'openid profile api' },
    redirect_uri: 'https://cyberark.cloud/redirect',
  });
  const form = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' };
  const headers = { ...form, authorization: `Basic ${basic}` };
  const [token, authorize] = ['Token', 'Authorize'].map(
    (call) => `${tenant}/OAuth2/${call}/${app}`,
  );
  const body = 'grant_type=client_credentials&scope=api';
  const bearer = { authorization: 'Bearer access-1' };
  expect(sent).toEqual([
    { method: 'POST', url: token, headers, body, retry: true },
    {
      method: 'GET',
      url: `${authorize}?${asked}`,
      headers: bearer,
      retry: true,
      answersRedirect: true,
    },
  ]);
});
