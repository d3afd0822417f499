import { expect, test } from 'vitest';
import {
  answersRequest,
  codeOf,
  errorOf,
  lookAtApplication,
  queryOf,
  unboundError,
} from '../../src/auth/authorization-look.ts';
import { builtInSession } from '../../src/auth/built-in-application.ts';
import { memorySession } from '../../src/auth/session.ts';
import {
  isRefusal,
  jsonObject,
  refusalWords,
  signInRefusal,
} from '../../src/auth/tenant-answer.ts';
import {
  acceptedAnswer,
  claimsOf,
  type Grant,
  issuerOf,
  sessionFrom,
} from '../../src/auth/token-request.ts';
import type { HttpResponse } from '../../src/network/http.ts';
import { readFactorAnswer, readMechanism } from '../../src/tenant/security/factor-answer.ts';
import { Secret } from '../../src/text/secret.ts';
import { testCases } from '../support/cases.ts';
import { memoryHttp, type Reply } from '../support/memory-http.ts';
import { connectionTo, jwt, noon, sessionAt } from './examples.ts';

const query = (text: string) => new URLSearchParams(text);
const connection = connectionTo('https://a.test');
const redirectUri = 'http://127.0.0.1:8400/callback';
const textOf = (body: unknown) => (typeof body === 'string' ? body : JSON.stringify(body));

testCases('auth/authorization', {
  'answersRequest: with the state s': (text: string) => answersRequest(query(text), 's'),
  'unboundError, and errorOf: of an answer without a state': (text: string) => [
    unboundError(query(text)),
    errorOf(query(text)),
  ],
  'codeOf: of an answer to https://a.test': (text: string) =>
    codeOf(query(text), connection, redirectUri),
  'queryOf: of a pasted address': (address: string) => queryOf(address).toString(),
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

testCases('auth/tokens', {
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
  'sessionFrom: an answer with these claims of its ID token and its access token, after the session of ada':
    (answer: object, id?: object, access?: object) => {
      const tokens = { id_token: id && jwt(id), access_token: access ? jwt(access) : 'opaque' };
      const { accessToken, ...session } = sessionFrom(
        { ...tokens, ...answer },
        sessionAt('T'),
        noon,
      );
      expect(accessToken).toBe(tokens.access_token);
      return session;
    },
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

test('a session that is kept nowhere is not renewed', async () => {
  const [token, password] = [new Secret('t'), new Secret('hunter2')];
  const whose = { tenant, user: 'ada@example.com', isPerson: true, isOwn: false };
  const kept = memorySession(whose, token, [token, password]);
  expect(kept).toMatchObject(whose);
  expect([kept.accessToken(), kept.secrets()]).toEqual([token, [token, password]]);
  const over = { code: 'session-expired', facts: { session: 'administrator' } };
  await expect(kept.renew()).rejects.toMatchObject(over);
});

testCases('auth/factors', {
  'readFactorAnswer: by a result, and the cookies that come with it': (
    Result: unknown,
    cookies = '',
    success = true,
  ) => {
    const headers: HttpResponse['headers'] = cookies === '' ? {} : { 'set-cookie': cookies };
    const envelope = { success, Result, Message: 'No.', MessageID: null, ErrorID: null };
    const answer = readFactorAnswer(envelope, headers, []);
    if (answer.kind !== 'signed-in') return answer;
    const secrets = answer.secrets.map((secret) => secret.reveal());
    return { ...answer, token: answer.token.reveal(), secrets };
  },
  'readMechanism: of what differs from a security question': (other: unknown) => {
    const known = { MechanismId: 'm', Name: 'SQ', AnswerType: 'Text' };
    const isObject = typeof other === 'object' && other !== null && !Array.isArray(other);
    const mechanism = readMechanism(isObject ? { ...known, ...other } : other, []);
    return mechanism;
  },
});
