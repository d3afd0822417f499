import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { rehearsals } from '../../src/emulator/authentication/mechanisms.ts';
import { callApi } from '../support/emulator.ts';
import { claimsOf, startTenant, whoAmIStatus } from './local-tenant.ts';
import {
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
  status: 200,
  success: false,
  message:
    'Authentication (login or challenge) has failed. Please try again or contact your system administrator.',
  result: { Summary: 'Failure' },
  cookies: [],
};

type Tenant = Awaited<ReturnType<typeof startTenant>>;

/** A sign-in whose password has been told. */
async function afterPassword(emulator: Tenant, user: string): Promise<SignIn> {
  const signIn = await beginSignIn(emulator, user);
  expect((await signIn.advance('UP', 'Answer', password)).result).toEqual({ Summary: 'StartNextChallenge' });
  return signIn;
}

function summaryOf({ result }: SecurityAnswer): unknown {
  return result.Summary;
}

describe('a password alone', () => {
  test('is asked for in the shape that the vendor documents', async () => {
    const emulator = await startTenant(manual);
    expect(await startAuthentication(emulator, 'admin@example.com')).toEqual({
      status: 200,
      success: true,
      message: null,
      result: {
        Summary: 'NewPackage',
        Version: '1.0',
        SessionId: expect.stringMatching(/^[\w-]{44}$/),
        TenantId: 'EMU0001',
        EventDescription: null,
        RetryWaitingTime: 0,
        SecurityImageName: null,
        AllowLoginMfaCache: false,
        ClientHints: {
          PersistDefault: false,
          AllowPersist: false,
          AllowForgotPassword: false,
          EndpointAuthenticationEnabled: false,
        },
        Challenges: [
          {
            Mechanisms: [
              {
                Name: 'UP',
                AnswerType: 'Text',
                PromptSelectMech: 'Password',
                PromptMechChosen: 'Enter Password',
                MechanismId: expect.stringMatching(/^[\w-]{44}$/),
                Enrolled: true,
              },
            ],
          },
        ],
      },
      cookies: [],
    });
  });

  test('signs in, and the session calls APIs as bearer and as cookie', async () => {
    const emulator = await startTenant(manual);
    const signIn = await beginSignIn(emulator, 'Admin@Example.com');
    const { success, result, cookies } = await signIn.advance('UP', 'Answer', password);
    const token = String(result.Token);
    expect({ success, result, cookies }).toEqual({
      success: true,
      result: {
        Summary: 'LoginSuccess',
        AuthLevel: 'Normal',
        DisplayName: 'Ada Admin',
        Auth: token,
        Token: token,
        TokenLifetime: 3600,
        RefreshToken: expect.stringMatching(/^[\w-]{43}$/),
        UserId: 'c0ffee00-0000-4000-8000-000000000001',
        EmailAddress: 'admin@example.com',
        UserDirectory: 'CDS',
        PodFqdn: new URL(emulator.url).host,
        User: 'admin@example.com',
        CustomerID: 'EMU0001',
        SystemID: 'EMU0001',
        SourceDsType: 'CDS',
      },
      cookies: [`.ASPXAUTH=${token}; Path=/; HttpOnly; SameSite=Strict`],
    });
    expect(claimsOf(token)).toMatchObject({
      iss: emulator.url,
      tenant_id: 'EMU0001',
      unique_name: 'admin@example.com',
      sub: 'c0ffee00-0000-4000-8000-000000000001',
    });
    expect(await resultOf(emulator, token, '/Security/WhoAmI')).toMatchObject({ User: 'admin@example.com' });
    const byCookie = (headers: Record<string, string>): Promise<SecurityAnswer> =>
      callSecurity(emulator.url, '/Security/WhoAmI', {}, { cookie: `a=b; .ASPXAUTH=${token}`, ...headers });
    expect((await byCookie({})).result).toMatchObject({ User: 'admin@example.com' });
    const page = await fetch(`${emulator.url}/Security/WhoAmI`, {
      method: 'POST',
      headers: { cookie: `.ASPXAUTH=${token}` },
    });
    expect(page.status).toBe(401);
  });

  test('needs no platform token, and then has nothing to renew it with', async () => {
    const emulator = await startTenant(manual);
    const { result } = await startAuthentication(emulator, 'admin@example.com', {
      PlatformTokenResponse: undefined,
    });
    const answer = await signInOf(emulator, result).advance('UP', 'Answer', password);
    expect(answer.result.RefreshToken).toBeUndefined();
    expect(await whoAmIStatus(emulator, String(answer.result.Token))).toBe(200);
  });

  test.each(['wrong', '', 'ADMIN-PASSWORD', `${password} `])(
    '%j is wrong, and ends the sign-in',
    async (wrong) => {
      const emulator = await startTenant(manual);
      const signIn = await beginSignIn(emulator, 'admin@example.com');
      expect(await signIn.advance('UP', 'Answer', wrong)).toEqual(refused);
      expect(await signIn.advance('UP', 'Answer', password)).toEqual(refused);
    },
  );

  test.each(['nobody@example.com', 'ci@example.com'])(
    '%s is asked like everybody, and nothing is right',
    async (name) => {
      const emulator = await startTenant(manual);
      const signIn = await beginSignIn(emulator, name);
      expect(signIn.offered).toEqual([['UP']]);
      expect(await signIn.advance('UP', 'Answer', emulator.serviceUser.password)).toEqual(refused);
    },
  );

  test.each([
    ['Poll', 'UP'],
    ['StartOOB', 'UP'],
    ['ForgotPassword', 'UP'],
    ['Answer', 'no-such-mechanism'],
  ])('%s of %s leads nowhere', async (action, mechanism) => {
    const emulator = await startTenant(manual);
    const signIn = await beginSignIn(emulator, 'admin@example.com');
    expect(await signIn.advance(mechanism, action, password)).toEqual(refused);
  });

  test.each([
    [{ User: '' }, 'The required parameter User is missing.'],
    [{ Version: undefined }, 'The required parameter Version is missing.'],
    [{ Version: '2.0' }, 'The version of the API is not supported.'],
  ])('with %j is not asked for', async (changes, message) => {
    const emulator = await startTenant(manual);
    const answer = await startAuthentication(emulator, 'admin@example.com', changes);
    expect(answer).toMatchObject({ status: 200, success: false, message });
  });
});

describe('somebody who has answered wrongly five times', () => {
  const start = new Date('2026-03-01T12:00:00Z').getTime();

  async function lockedTenant(): Promise<{ emulator: Tenant; wait(minutes: number): void }> {
    let minutes = 0;
    const emulator = await startTenant({ ...manual, now: () => new Date(start + minutes * 60_000) });
    for (let i = 0; i < 5; i++) {
      const signIn = await beginSignIn(emulator, 'user@example.com');
      expect(await signIn.advance('UP', 'Answer', 'wrong')).toEqual(refused);
    }
    return {
      emulator,
      wait(more) {
        minutes += more;
      },
    };
  }

  const tryPassword = async (emulator: Tenant): Promise<unknown> =>
    summaryOf(
      await (await beginSignIn(emulator, 'user@example.com')).advance('UP', 'Answer', emulator.user.password),
    );

  test('is locked out, with the right password too, for half an hour', async () => {
    const { emulator, wait } = await lockedTenant();
    expect(await tryPassword(emulator)).toBe('Failure');
    wait(29);
    expect(await tryPassword(emulator)).toBe('Failure');
    wait(1);
    expect(await tryPassword(emulator)).toBe('LoginSuccess');
  });

  test('was not locked by four, and a success forgets them', async () => {
    const emulator = await startTenant(manual);
    for (let i = 0; i < 8; i++) {
      const signIn = await beginSignIn(emulator, 'user@example.com');
      await signIn.advance('UP', 'Answer', i === 3 ? emulator.user.password : 'wrong');
    }
    expect(await tryPassword(emulator)).toBe('LoginSuccess');
  });
});

describe('a second factor', () => {
  test('can be chosen among all', async () => {
    const emulator = await startTenant(manual);
    const { result } = await startAuthentication(emulator, 'mfa@example.com');
    expect(signInOf(emulator, result).offered).toEqual([
      ['UP'],
      ['OTP', 'OATH', 'SMS', 'EMAIL', 'PF', 'U2F'],
    ]);
    const [, second] = result.Challenges as readonly { Mechanisms: readonly Record<string, unknown>[] }[];
    expect(second?.Mechanisms.map(({ AnswerType }) => AnswerType)).toEqual([
      'StartTextOob',
      'StartTextOob',
      'StartTextOob',
      'StartTextOob',
      'StartOob',
      'StartTextOob',
    ]);
    expect(second?.Mechanisms.find(({ Name }) => Name === 'SMS')).toMatchObject({
      PromptSelectMech: 'SMS... XXX-0100',
      PromptMechChosen: 'A text was sent to the phone ending in 0100. Enter its code, or click its link.',
    });
  });

  test.each(['OTP', 'OATH', 'SMS', 'EMAIL'])('%s is met by its code', async (mechanism) => {
    const emulator = await startTenant(manual);
    const signIn = await afterPassword(emulator, 'mfa@example.com');
    expect(summaryOf(await signIn.advance(mechanism, 'StartOOB'))).toBe('OobPending');
    expect(summaryOf(await signIn.advance(mechanism, 'Poll'))).toBe('OobPending');
    const [waiting] = await waitingFor(emulator, 'mfa@example.com');
    expect(waiting).toEqual({
      User: 'mfa@example.com',
      Mechanism: mechanism,
      Code: expect.stringMatching(/^\d{6}$/),
      StartedAt: expect.any(String),
    });
    const { result } = await signIn.advance(mechanism, 'Answer', `${waiting?.Code}`);
    expect(result).toMatchObject({ Summary: 'LoginSuccess', User: 'mfa@example.com' });
    expect(await waitingFor(emulator, 'mfa@example.com')).toEqual([]);
  });

  test.each(['OATH', 'SMS', 'EMAIL', 'PF'])(
    '%s is met by an approval, which a poll finds',
    async (mechanism) => {
      const emulator = await startTenant(manual);
      const signIn = await afterPassword(emulator, 'mfa@example.com');
      expect((await signIn.advance(mechanism, 'StartOOB')).result).toEqual({ Summary: 'OobPending' });
      const token = await serviceToken(emulator);
      expect(await resultOf(emulator, token, '/emulator/approve', { User: 'MFA@example.com' })).toEqual({
        Verdict: 'Approved',
      });
      expect(summaryOf(await signIn.advance(mechanism, 'Poll'))).toBe('LoginSuccess');
    },
  );

  test('a push shows a number, which the phone must be told', async () => {
    const emulator = await startTenant(manual);
    const signIn = await afterPassword(emulator, 'push@example.com');
    const started = (await signIn.advance('OTP', 'StartOOB')).result;
    expect(started).toEqual({ Summary: 'OobPending', GeneratedAuthValue: expect.stringMatching(/^\d\d$/) });
    expect((await signIn.advance('OTP', 'Poll')).result).toEqual(started);
    const token = await serviceToken(emulator);
    const approve = (body: object) => callApi(emulator, '/emulator/approve', token, body);
    expect((await approve({ User: 'push@example.com' })).body.Message).toBe(
      'The required parameter Number is missing.',
    );
    const told = { User: 'push@example.com', Number: started.GeneratedAuthValue };
    expect((await approve(told)).body.Result).toEqual({ Verdict: 'Approved' });
    expect(summaryOf(await signIn.advance('OTP', 'Poll'))).toBe('LoginSuccess');
  });

  test('a push with another number on the phone is refused', async () => {
    const emulator = await startTenant(manual);
    const signIn = await afterPassword(emulator, 'push@example.com');
    await signIn.advance('OTP', 'StartOOB');
    const token = await serviceToken(emulator);
    const body = { User: 'push@example.com', Number: 'other' };
    expect(await resultOf(emulator, token, '/emulator/approve', body)).toEqual({ Verdict: 'Denied' });
    expect(await signIn.advance('OTP', 'Poll')).toEqual(refused);
    expect(await signIn.advance('OTP', 'Poll')).toEqual(refused);
  });

  test('that is denied on the phone ends the sign-in', async () => {
    const emulator = await startTenant(manual);
    const signIn = await afterPassword(emulator, 'phone@example.com');
    await signIn.advance('PF', 'StartOOB');
    const token = await serviceToken(emulator);
    const deny = () => callApi(emulator, '/emulator/deny', token, { User: 'phone@example.com' });
    expect((await deny()).body.Result).toEqual({ Verdict: 'Denied' });
    expect(await signIn.advance('PF', 'Poll')).toEqual(refused);
    expect((await deny()).body.Message).toBe('Nothing is waiting for an answer from that user.');
  });

  test.each([
    ['a wrong code', 'SMS', 'Answer', 'wrong'],
    ['a code for what has none', 'PF', 'Answer', ''],
    ['a code for a security key', 'U2F', 'Answer', ''],
    ['an answer to what was not started', 'OATH', 'Answer', ''],
    ['a poll of what was not started', 'OTP', 'Poll', undefined],
    ['the password again', 'UP', 'Answer', password],
  ])('%s ends the sign-in', async (_name, mechanism, action, answer) => {
    const emulator = await startTenant(manual);
    const signIn = await afterPassword(emulator, 'mfa@example.com');
    if (['SMS', 'PF', 'U2F'].includes(mechanism)) await signIn.advance(mechanism, 'StartOOB');
    expect(await signIn.advance(mechanism, action, answer)).toEqual(refused);
    expect(await waitingFor(emulator, 'mfa@example.com')).toEqual([]);
  });

  test('does not stand for the first', async () => {
    const emulator = await startTenant(manual);
    const signIn = await beginSignIn(emulator, 'mfa@example.com');
    expect(await signIn.advance('SMS', 'StartOOB')).toEqual(refused);
    expect(await waitingFor(emulator, 'mfa@example.com')).toEqual([]);
  });

  test('can be changed for another, and sent again', async () => {
    const emulator = await startTenant(manual);
    const signIn = await afterPassword(emulator, 'mfa@example.com');
    await signIn.advance('SMS', 'StartOOB');
    await signIn.advance('EMAIL', 'StartOOB');
    await signIn.advance('SMS', 'RetryOOB');
    const waiting = await waitingFor(emulator, 'mfa@example.com');
    expect(waiting.map(({ Mechanism }) => Mechanism)).toEqual(['EMAIL', 'SMS']);
    const code = `${waiting.at(-1)?.Code}`;
    expect(summaryOf(await signIn.advance('SMS', 'Answer', code))).toBe('LoginSuccess');
  });

  test('can be all that there is', async () => {
    const emulator = await startTenant(manual);
    const signIn = await beginSignIn(emulator, 'codes@example.com');
    expect(signIn.offered).toEqual([['OATH'], ['SMS']]);
    for (const [mechanism, summary] of [
      ['OATH', 'StartNextChallenge'],
      ['SMS', 'LoginSuccess'],
    ] as const) {
      await signIn.advance(mechanism, 'StartOOB');
      const [waiting] = await waitingFor(emulator, 'codes@example.com');
      expect(summaryOf(await signIn.advance(mechanism, 'Answer', `${waiting?.Code}`))).toBe(summary);
    }
  });

  test('can be asked for once the password is known', async () => {
    const emulator = await startTenant(manual);
    const first = await beginSignIn(emulator, 'again@example.com');
    const { result } = await first.advance('UP', 'Answer', password);
    const second = signInOf(emulator, result);
    expect({ summary: result.Summary, session: second.sessionId, offered: second.offered }).toEqual({
      summary: 'NewPackage',
      session: first.sessionId,
      offered: [['OATH', 'EMAIL']],
    });
    await second.advance('EMAIL', 'StartOOB');
    const [waiting] = await waitingFor(emulator, 'again@example.com');
    expect(summaryOf(await second.advance('EMAIL', 'Answer', `${waiting?.Code}`))).toBe('LoginSuccess');
  });

  test('approves itself where the emulator does so, but for a security key', async () => {
    const emulator = await startTenant({ autoApprove: true });
    const signIn = await afterPassword(emulator, 'push@example.com');
    await signIn.advance('OTP', 'StartOOB');
    expect(summaryOf(await signIn.advance('OTP', 'Poll'))).toBe('LoginSuccess');
    const key = await afterPassword(emulator, 'key@example.com');
    await key.advance('U2F', 'StartOOB');
    expect(summaryOf(await key.advance('U2F', 'Poll'))).toBe('OobPending');
    const token = await serviceToken(emulator);
    const { body } = await callApi(emulator, '/emulator/approve', token, { User: 'key@example.com' });
    expect(body.Message).toBe('Nobody can press the button of a security key here.');
  });
});

describe('phones and mailboxes', () => {
  test('are seen by their user and by who manages devices', async () => {
    const emulator = await startTenant(manual);
    const own = await afterPassword(emulator, 'sms@example.com');
    await own.advance('SMS', 'StartOOB');
    const user = await sessionOf(emulator, emulator.user);
    expect(await resultOf(emulator, user, '/emulator/factors')).toEqual([]);
    const { body } = await callApi(emulator, '/emulator/approve', user, { User: 'sms@example.com' });
    expect(body).toMatchObject({
      success: false,
      Message: 'Nothing is waiting for an answer from that user.',
    });
    const administrator = await sessionOf(emulator);
    expect(await resultOf(emulator, administrator, '/emulator/factors')).toHaveLength(1);
  });

  test('are nobody’s without a session', async () => {
    const emulator = await startTenant(manual);
    for (const path of ['/emulator/factors', '/emulator/approve', '/emulator/deny'])
      expect((await callApi(emulator, path, '')).status).toBe(401);
  });
});

describe('a sign-in', () => {
  const start = new Date('2026-03-01T12:00:00Z').getTime();

  test('ends after ten minutes', async () => {
    let seconds = 0;
    const emulator = await startTenant({ ...manual, now: () => new Date(start + seconds * 1000) });
    const [early, late] = [
      await beginSignIn(emulator, 'admin@example.com'),
      await beginSignIn(emulator, 'admin@example.com'),
    ];
    seconds = 599;
    expect(summaryOf(await early.advance('UP', 'Answer', password))).toBe('LoginSuccess');
    seconds = 600;
    expect(await late.advance('UP', 'Answer', password)).toEqual(refused);
  });

  test('can be given up', async () => {
    const emulator = await startTenant(manual);
    const signIn = await afterPassword(emulator, 'sms@example.com');
    await signIn.advance('SMS', 'StartOOB');
    const body = { TenantId: 'EMU0001', SessionId: signIn.sessionId };
    expect(await callSecurity(emulator.url, '/Security/CleanupAuthentication', body)).toMatchObject({
      success: true,
      result: {},
    });
    expect(await waitingFor(emulator, 'sms@example.com')).toEqual([]);
    expect(await signIn.advance('SMS', 'Poll')).toEqual(refused);
  });

  test('is nobody else’s', async () => {
    const emulator = await startTenant(manual);
    const [mine, other] = [
      await beginSignIn(emulator, 'admin@example.com'),
      await beginSignIn(emulator, 'user@example.com'),
    ];
    const crossed = await callSecurity(emulator.url, '/Security/AdvanceAuthentication', {
      SessionId: other.sessionId,
      MechanismId: mine.mechanismId('UP'),
      Action: 'Answer',
      Answer: password,
    });
    expect(crossed).toEqual(refused);
  });

  test('goes on at another host, which the tenant names', async () => {
    const emulator = await startTenant(manual);
    const { result } = await startAuthentication(emulator, 'Elsewhere@example.com');
    const { port } = new URL(emulator.url);
    expect(result).toEqual({ PodFqdn: `localhost:${port}` });
    const there = { ...emulator, url: `http://${result.PodFqdn}` };
    const signIn = await beginSignIn(there, 'elsewhere@example.com');
    expect(summaryOf(await signIn.advance('UP', 'Answer', password))).toBe('LoginSuccess');
  });
});

describe('the session', () => {
  const start = Date.now();

  test('is good up to its last second, and is renewed once by its refresh token', async () => {
    let seconds = 0;
    const emulator = await startTenant({
      ...manual,
      accessTokenSeconds: 60,
      now: () => new Date(start + seconds * 1000),
    });
    const { result } = await (await beginSignIn(emulator, 'admin@example.com')).advance(
      'UP',
      'Answer',
      password,
    );
    const token = String(result.Token);
    const renew = (refreshToken: unknown, of: unknown = token): Promise<Response> =>
      fetch(`${emulator.url}/OAuth2/RefreshPlatformToken`, {
        method: 'POST',
        headers: { cookie: `refreshToken-EMU0001=${refreshToken}; idToken-EMU0001=${of}` },
      });
    seconds = 59;
    expect(await whoAmIStatus(emulator, token)).toBe(200);
    seconds = 60;
    expect(await whoAmIStatus(emulator, token)).toBe(401);
    expect((await renew('invented')).status).toBe(401);
    expect((await renew(result.RefreshToken, 'another')).status).toBe(401);
    const renewed = await renew(result.RefreshToken);
    const cookies = renewed.headers.getSetCookie().join('\n');
    const [, next = ''] =
      /^idToken-EMU0001=([^;]+); Path=\/; HttpOnly; SameSite=Strict$/m.exec(cookies) ?? [];
    const [, nextRefresh] = /^refreshToken-EMU0001=([^;]+)/m.exec(cookies) ?? [];
    expect(renewed.status).toBe(200);
    expect(await whoAmIStatus(emulator, next)).toBe(200);
    expect((await renew(result.RefreshToken)).status).toBe(401);
    emulator.revokeSessions();
    expect(await whoAmIStatus(emulator, next)).toBe(401);
    expect((await renew(nextRefresh, next)).status).toBe(401);
  });

  test('ends with the sign-out', async () => {
    const emulator = await startTenant(manual);
    const token = await sessionOf(emulator);
    await resultOf(emulator, token, '/Security/Logout');
    expect(await whoAmIStatus(emulator, token)).toBe(401);
  });

  test('can come as a cookie alone', async () => {
    const emulator = await startTenant({ ...manual, assumptions: { 'session-bearer': 'cookie' } });
    const answer = await (await beginSignIn(emulator, 'admin@example.com')).advance('UP', 'Answer', password);
    expect(answer.result).toMatchObject({ Summary: 'LoginSuccess', UserId: expect.any(String) });
    expect(Object.keys(answer.result)).not.toEqual(expect.arrayContaining(['Token']));
    expect(Object.keys(answer.result)).not.toEqual(expect.arrayContaining(['Auth']));
    const [, token = ''] = /^\.ASPXAUTH=([^;]+)/.exec(answer.cookies[0] ?? '') ?? [];
    const cookie = { cookie: `.ASPXAUTH=${token}` };
    const who = await callSecurity(emulator.url, '/Security/WhoAmI', {}, cookie);
    expect(who.result).toMatchObject({ User: 'admin@example.com' });
  });

  test.each([
    ['allowed', 200],
    ['refused', 401],
  ] as const)('may make the /Mobile calls: %s', async (value, status) => {
    const emulator = await startTenant({ ...manual, assumptions: { 'session-mobile': value } });
    const token = await sessionOf(emulator);
    const body = { ClientAppKey: 'com.example.app' };
    const answer = await callApi(emulator, '/mobile/DeleteApnsCertForClientApp', token, body);
    expect(answer.status).toBe(status);
    expect(answer.body.MessageID).toBe(status === 200 ? null : '_I18N_ServiceUnauthorizedAccess');
    expect(await whoAmIStatus(emulator, token)).toBe(200);
  });
});

test('the help names everybody whose sign-in is worth a rehearsal', () => {
  const help = readFileSync(new URL('../golden/help/emulator.txt', import.meta.url), 'utf8');
  const named = [...help.matchAll(/^ {2}(\w+@example\.com) {2}/gm)].map(([, user]) => user);
  expect(named).toEqual(rehearsals.map(({ user }) => user));
});
