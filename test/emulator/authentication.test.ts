import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rehearsals } from '../../src/emulator/people.ts';
import type { Emulator } from '../../src/emulator/tenants.ts';
import { callApi, openEmulator } from '../support/emulator.ts';
import { claimsOf, startTenant, whoAmIStatus } from './local-tenant.ts';
import {
  type Ask,
  askWith,
  beginSignIn,
  callSecurity,
  resultOf,
  type SecurityAnswer,
  type SignIn,
  serviceToken,
  sessionOf,
  signInOf,
  startAuthentication,
  waitingFor,
} from './security-session.ts';

const manual = { autoApprove: false };
const password = 'admin-password';
const refused = {
  ...{ status: 200, success: false, result: { Summary: 'Failure' }, cookies: [] },
  message:
    'Authentication (login or challenge) has failed. Please try again or contact your system administrator.',
};

/** A tenant at a time that each test can move, and its service user, who sees all phones. */
let emulator: Emulator;
let now = Date.now();
let service: Ask;
beforeAll(async () => {
  emulator = await openEmulator({ ...manual, accessTokenSeconds: 3600, now: () => new Date(now) });
});
afterAll(() => emulator.close());
beforeEach(async () => {
  // Sign-ins under way end with the first one that begins later, and so do sessions and locks.
  wait(3600);
  await beginSignIn(emulator, 'admin@example.com');
  service = askWith(emulator, await serviceToken(emulator));
});
const wait = (seconds: number): void => {
  now += seconds * 1000;
};

/** A sign-in whose password has been told. */
async function afterPassword(user: string, at = emulator): Promise<SignIn> {
  const signIn = await beginSignIn(at, user);
  expect((await signIn.advance('UP', 'Answer', password)).result).toEqual({ Summary: 'StartNextChallenge' });
  return signIn;
}

const summaryOf = async (answer: Promise<SecurityAnswer>): Promise<unknown> => (await answer).result.Summary;
const codeOf = async (user: string): Promise<string> => `${(await waitingFor(emulator, user)).at(-1)?.Code}`;

describe('a password alone', () => {
  test('is asked for in the shape that the vendor documents', async () => {
    const id = expect.stringMatching(/^[\w-]{44}$/);
    expect(await startAuthentication(emulator, 'admin@example.com')).toEqual({
      ...{ status: 200, success: true, message: null, cookies: [] },
      result: {
        ...{ Summary: 'NewPackage', Version: '1.0', SessionId: id, TenantId: 'EMU0001' },
        ...{ EventDescription: null, RetryWaitingTime: 0, SecurityImageName: null },
        AllowLoginMfaCache: false,
        ClientHints: {
          ...{ PersistDefault: false, AllowPersist: false, AllowForgotPassword: false },
          EndpointAuthenticationEnabled: false,
        },
        Challenges: [
          {
            Mechanisms: [
              {
                ...{ Name: 'UP', AnswerType: 'Text', PromptSelectMech: 'Password', Enrolled: true },
                ...{ PromptMechChosen: 'Enter Password', MechanismId: id },
              },
            ],
          },
        ],
      },
    });
  });

  test('signs in, and the session calls APIs as bearer and as cookie', async () => {
    const signIn = await beginSignIn(emulator, 'Admin@Example.com');
    const { success, result, cookies } = await signIn.advance('UP', 'Answer', password);
    const token = String(result.Token);
    const [user, uuid] = ['admin@example.com', 'c0ffee00-0000-4000-8000-000000000001'];
    expect({ success, result, cookies }).toEqual({
      success: true,
      result: {
        ...{ Summary: 'LoginSuccess', AuthLevel: 'Normal', DisplayName: 'Ada Admin', UserId: uuid },
        ...{ Auth: token, Token: token, TokenLifetime: 3600, User: user, EmailAddress: user },
        ...{ RefreshToken: expect.stringMatching(/^[\w-]{43}$/), UserDirectory: 'CDS', SourceDsType: 'CDS' },
        ...{ PodFqdn: new URL(emulator.url).host, CustomerID: 'EMU0001', SystemID: 'EMU0001' },
      },
      cookies: [`.ASPXAUTH=${token}; Path=/; HttpOnly; SameSite=Strict`],
    });
    const claims = { iss: emulator.url, tenant_id: 'EMU0001', unique_name: user, sub: uuid };
    expect(claimsOf(token)).toMatchObject(claims);
    expect(await resultOf(emulator, token, '/Security/WhoAmI')).toMatchObject({ User: user });
    const headers = { cookie: `a=b; .ASPXAUTH=${token}` };
    const byCookie = await callSecurity(emulator.url, '/Security/WhoAmI', {}, headers);
    expect(byCookie.result).toMatchObject({ User: user });
    const page = await fetch(`${emulator.url}/Security/WhoAmI`, { method: 'POST', headers });
    expect(page.status).toBe(401);
  });

  test('needs no platform token, and then has nothing to renew it with', async () => {
    const changes = { PlatformTokenResponse: undefined };
    const { result } = await startAuthentication(emulator, 'admin@example.com', changes);
    const answer = await signInOf(emulator, result).advance('UP', 'Answer', password);
    expect(answer.result.RefreshToken).toBeUndefined();
    expect(await whoAmIStatus(emulator, String(answer.result.Token))).toBe(200);
  });

  test.each(['wrong', '', 'ADMIN-PASSWORD', `${password} `])('%j ends the sign-in', async (wrong) => {
    const signIn = await beginSignIn(emulator, 'admin@example.com');
    expect(await signIn.advance('UP', 'Answer', wrong)).toEqual(refused);
    expect(await signIn.advance('UP', 'Answer', password)).toEqual(refused);
  });

  test.each(['nobody@example.com', 'ci@example.com'])('is asked for of %s, and never right', async (name) => {
    const signIn = await beginSignIn(emulator, name);
    expect(signIn.offered).toEqual([['UP']]);
    expect(await signIn.advance('UP', 'Answer', emulator.serviceUser.password)).toEqual(refused);
  });

  test.each([
    ['Poll', 'UP'],
    ['StartOOB', 'UP'],
    ['ForgotPassword', 'UP'],
    ['Answer', 'no-such-mechanism'],
  ])('%s of %s leads nowhere', async (action, mechanism) => {
    const signIn = await beginSignIn(emulator, 'admin@example.com');
    expect(await signIn.advance(mechanism, action, password)).toEqual(refused);
  });

  test.each([
    [{ User: '' }, 'The required parameter User is missing.'],
    [{ Version: undefined }, 'The required parameter Version is missing.'],
    [{ Version: '2.0' }, 'The version of the API is not supported.'],
  ])('with %j is not asked for', async (changes, message) => {
    const answer = await startAuthentication(emulator, 'admin@example.com', changes);
    expect(answer).toMatchObject({ status: 200, success: false, message });
  });
});

test('who has answered wrongly five times is locked out for half an hour; a success forgets four', async () => {
  const answer = async (text: string) =>
    summaryOf((await beginSignIn(emulator, 'user@example.com')).advance('UP', 'Answer', text));
  const right = emulator.user.password;
  for (let i = 0; i < 4; i++) await answer('wrong');
  expect(await answer(right)).toBe('LoginSuccess');
  for (let i = 0; i < 5; i++) expect(await answer('wrong')).toBe('Failure');
  expect(await answer(right)).toBe('Failure');
  wait(29 * 60);
  expect(await answer(right)).toBe('Failure');
  wait(60);
  expect(await answer(right)).toBe('LoginSuccess');
});

describe('a second factor', () => {
  test('can be chosen among all', async () => {
    const { result } = await startAuthentication(emulator, 'mfa@example.com');
    const all = ['OTP', 'OATH', 'SMS', 'EMAIL', 'PF', 'U2F'];
    expect(signInOf(emulator, result).offered).toEqual([['UP'], all]);
    const [, second] = result.Challenges as readonly { Mechanisms: readonly Record<string, unknown>[] }[];
    expect(second?.Mechanisms.map(({ AnswerType }) => AnswerType)).toEqual(
      all.map((name) => (name === 'PF' ? 'StartOob' : 'StartTextOob')),
    );
    expect(second?.Mechanisms.find(({ Name }) => Name === 'SMS')).toMatchObject({
      PromptSelectMech: 'SMS... XXX-0100',
      PromptMechChosen: 'A text was sent to the phone ending in 0100. Enter its code, or click its link.',
    });
  });

  test.each(['OTP', 'OATH', 'SMS', 'EMAIL'])('%s is met by its code', async (mechanism) => {
    const signIn = await afterPassword('mfa@example.com');
    expect(await summaryOf(signIn.advance(mechanism, 'StartOOB'))).toBe('OobPending');
    expect(await summaryOf(signIn.advance(mechanism, 'Poll'))).toBe('OobPending');
    expect(await waitingFor(emulator, 'mfa@example.com')).toEqual([
      {
        ...{ User: 'mfa@example.com', Mechanism: mechanism, StartedAt: expect.any(String) },
        Code: expect.stringMatching(/^\d{6}$/),
      },
    ]);
    const { result } = await signIn.advance(mechanism, 'Answer', await codeOf('mfa@example.com'));
    expect(result).toMatchObject({ Summary: 'LoginSuccess', User: 'mfa@example.com' });
    expect(await waitingFor(emulator, 'mfa@example.com')).toEqual([]);
  });

  test.each(['OATH', 'SMS', 'EMAIL', 'PF'])('%s is met by an approval, which a poll finds', async (name) => {
    const signIn = await afterPassword('mfa@example.com');
    expect((await signIn.advance(name, 'StartOOB')).result).toEqual({ Summary: 'OobPending' });
    expect(await service('/emulator/approve', { User: 'MFA@example.com' })).toEqual({ Verdict: 'Approved' });
    expect(await summaryOf(signIn.advance(name, 'Poll'))).toBe('LoginSuccess');
  });

  test('a push shows a number, which the phone must be told', async () => {
    const signIn = await afterPassword('push@example.com');
    const started = (await signIn.advance('OTP', 'StartOOB')).result;
    expect(started).toEqual({ Summary: 'OobPending', GeneratedAuthValue: expect.stringMatching(/^\d\d$/) });
    expect((await signIn.advance('OTP', 'Poll')).result).toEqual(started);
    const approve = (body: object) => service('/emulator/approve', { User: 'push@example.com', ...body });
    expect(await approve({})).toBe('The required parameter Number is missing.');
    expect(await approve({ Number: started.GeneratedAuthValue })).toEqual({ Verdict: 'Approved' });
    expect(await summaryOf(signIn.advance('OTP', 'Poll'))).toBe('LoginSuccess');
  });

  test.each([
    ['push@example.com', 'OTP', '/emulator/approve', { Number: 'other' }],
    ['phone@example.com', 'PF', '/emulator/deny', {}],
  ])('of %s by %s that is refused on the phone ends the sign-in: %s %j', async (User, name, path, body) => {
    const signIn = await afterPassword(User);
    await signIn.advance(name, 'StartOOB');
    expect(await service(path, { User, ...body })).toEqual({ Verdict: 'Denied' });
    expect(await signIn.advance(name, 'Poll')).toEqual(refused);
    expect(await signIn.advance(name, 'Poll')).toEqual(refused);
    expect(await service(path, { User })).toBe('No request is waiting for an answer from that user.');
  });

  test.each([
    ['a wrong code', 'SMS', 'Answer', 'wrong'],
    ['a code for what has none', 'PF', 'Answer', ''],
    ['a code for a security key', 'U2F', 'Answer', ''],
    ['an answer to what was not started', 'OATH', 'Answer', ''],
    ['a poll of what was not started', 'OTP', 'Poll', undefined],
    ['the password again', 'UP', 'Answer', password],
  ])('%s ends the sign-in', async (_name, mechanism, action, answer) => {
    const signIn = await afterPassword('mfa@example.com');
    if (['SMS', 'PF', 'U2F'].includes(mechanism)) await signIn.advance(mechanism, 'StartOOB');
    expect(await signIn.advance(mechanism, action, answer)).toEqual(refused);
    expect(await waitingFor(emulator, 'mfa@example.com')).toEqual([]);
  });

  test('does not stand for the first', async () => {
    const signIn = await beginSignIn(emulator, 'mfa@example.com');
    expect(await signIn.advance('SMS', 'StartOOB')).toEqual(refused);
    expect(await waitingFor(emulator, 'mfa@example.com')).toEqual([]);
  });

  test('can be changed for another, and sent again', async () => {
    const signIn = await afterPassword('mfa@example.com');
    await signIn.advance('SMS', 'StartOOB');
    await signIn.advance('EMAIL', 'StartOOB');
    await signIn.advance('SMS', 'RetryOOB');
    const waiting = await waitingFor(emulator, 'mfa@example.com');
    expect(waiting.map(({ Mechanism }) => Mechanism)).toEqual(['EMAIL', 'SMS']);
    const answer = signIn.advance('SMS', 'Answer', `${waiting.at(-1)?.Code}`);
    expect(await summaryOf(answer)).toBe('LoginSuccess');
  });

  test('can be all that there is', async () => {
    const signIn = await beginSignIn(emulator, 'codes@example.com');
    expect(signIn.offered).toEqual([['OATH'], ['SMS']]);
    const meet = async (name: string) => {
      await signIn.advance(name, 'StartOOB');
      return summaryOf(signIn.advance(name, 'Answer', await codeOf('codes@example.com')));
    };
    expect([await meet('OATH'), await meet('SMS')]).toEqual(['StartNextChallenge', 'LoginSuccess']);
  });

  test('can be asked for once the password is known', async () => {
    const first = await beginSignIn(emulator, 'again@example.com');
    const { result } = await first.advance('UP', 'Answer', password);
    const second = signInOf(emulator, result);
    expect([result.Summary, second.sessionId, second.offered]).toEqual([
      ...['NewPackage', first.sessionId],
      [['OATH', 'EMAIL']],
    ]);
    await second.advance('EMAIL', 'StartOOB');
    const answer = second.advance('EMAIL', 'Answer', await codeOf('again@example.com'));
    expect(await summaryOf(answer)).toBe('LoginSuccess');
  });

  test('approves itself where the emulator does so, but for a security key', async () => {
    const approving = await startTenant({ autoApprove: true });
    const signIn = await afterPassword('push@example.com', approving);
    await signIn.advance('OTP', 'StartOOB');
    expect(await summaryOf(signIn.advance('OTP', 'Poll'))).toBe('LoginSuccess');
    const key = await afterPassword('key@example.com', approving);
    await key.advance('U2F', 'StartOOB');
    expect(await summaryOf(key.advance('U2F', 'Poll'))).toBe('OobPending');
    const ask = askWith(approving, await serviceToken(approving));
    const words = 'The emulator has no security key.';
    expect(await ask('/emulator/approve', { User: 'key@example.com' })).toBe(words);
  });

  test('is seen by its user and by who manages devices, and by nobody without a session', async () => {
    await (await afterPassword('sms@example.com')).advance('SMS', 'StartOOB');
    const user = askWith(emulator, await sessionOf(emulator, emulator.user));
    expect(await user('/emulator/factors')).toEqual([]);
    const nothing = 'No request is waiting for an answer from that user.';
    expect(await user('/emulator/approve', { User: 'sms@example.com' })).toBe(nothing);
    expect(await resultOf(emulator, await sessionOf(emulator), '/emulator/factors')).toHaveLength(1);
    for (const path of ['/emulator/factors', '/emulator/approve', '/emulator/deny'])
      expect((await callApi(emulator, path, '')).status).toBe(401);
  });
});

describe('a sign-in', () => {
  test('ends after ten minutes', async () => {
    const begin = () => beginSignIn(emulator, 'admin@example.com');
    const [early, late] = [await begin(), await begin()];
    wait(599);
    expect(await summaryOf(early.advance('UP', 'Answer', password))).toBe('LoginSuccess');
    wait(1);
    expect(await late.advance('UP', 'Answer', password)).toEqual(refused);
  });

  test('can be given up', async () => {
    const signIn = await afterPassword('sms@example.com');
    await signIn.advance('SMS', 'StartOOB');
    const body = { TenantId: 'EMU0001', SessionId: signIn.sessionId };
    const path = '/Security/CleanupAuthentication';
    expect(await callSecurity(emulator.url, path, body)).toMatchObject({ success: true, result: {} });
    expect(await waitingFor(emulator, 'sms@example.com')).toEqual([]);
    expect(await signIn.advance('SMS', 'Poll')).toEqual(refused);
  });

  test('is nobody else’s', async () => {
    const mine = await beginSignIn(emulator, 'admin@example.com');
    const { sessionId } = await beginSignIn(emulator, 'user@example.com');
    const crossed = await callSecurity(emulator.url, '/Security/AdvanceAuthentication', {
      ...{ SessionId: sessionId, MechanismId: mine.mechanismId('UP') },
      ...{ Action: 'Answer', Answer: password },
    });
    expect(crossed).toEqual(refused);
  });

  test('goes on at another host, which the tenant names', async () => {
    const { result } = await startAuthentication(emulator, 'Elsewhere@example.com');
    expect(result).toEqual({ PodFqdn: `localhost:${new URL(emulator.url).port}` });
    const there = { ...emulator, url: `http://${result.PodFqdn}` };
    const signIn = await beginSignIn(there, 'elsewhere@example.com');
    expect(await summaryOf(signIn.advance('UP', 'Answer', password))).toBe('LoginSuccess');
  });
});

describe('the session', () => {
  test('is good up to its last second, and ends with the sign-out', async () => {
    const [early, late] = [await sessionOf(emulator), await sessionOf(emulator)];
    await resultOf(emulator, early, '/Security/Logout');
    expect(await whoAmIStatus(emulator, early)).toBe(401);
    wait(3599);
    expect(await whoAmIStatus(emulator, late)).toBe(200);
    wait(1);
    expect(await whoAmIStatus(emulator, late)).toBe(401);
  });

  test('can come as a cookie alone', async () => {
    const tenant = await startTenant({ ...manual, assumptions: { 'session-bearer': 'cookie' } });
    const signIn = await beginSignIn(tenant, 'admin@example.com');
    const { result, cookies } = await signIn.advance('UP', 'Answer', password);
    expect(result).toMatchObject({ Summary: 'LoginSuccess', UserId: expect.any(String) });
    expect([result.Token, result.Auth]).toEqual([undefined, undefined]);
    const headers = { cookie: (cookies[0] ?? '').split(';')[0] ?? '' };
    const who = await callSecurity(tenant.url, '/Security/WhoAmI', {}, headers);
    expect(who.result).toMatchObject({ User: 'admin@example.com' });
  });

  test.each([
    ['allowed', 200, null],
    ['refused', 401, '_I18N_ServiceUnauthorizedAccess'],
  ] as const)('may make the /Mobile calls: %s', async (value, status, MessageID) => {
    const tenant = await startTenant({ ...manual, assumptions: { 'session-mobile': value } });
    const token = await sessionOf(tenant);
    const body = { ClientAppKey: 'com.example.app' };
    const answer = await callApi(tenant, '/mobile/DeleteApnsCertForClientApp', token, body);
    expect(answer).toMatchObject({ status, body: { MessageID } });
    expect(await whoAmIStatus(tenant, token)).toBe(200);
  });
});

test('the help names everybody whose sign-in is worth a rehearsal', () => {
  const help = readFileSync(new URL('../golden/help/emulator.txt', import.meta.url), 'utf8');
  const named = [...help.matchAll(/^ {2}(\w+@example\.com) {2}/gm)].map(([, user]) => user);
  expect(named).toEqual(rehearsals.map(({ user }) => user));
});
