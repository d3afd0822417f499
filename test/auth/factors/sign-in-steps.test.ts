import { describe, expect, test, vi } from 'vitest';
import { CliError } from '../../../src/errors/cli-error.ts';
import type { HttpRequest } from '../../../src/network/http.ts';
import { startServer } from '../../support/http.ts';
import { memoryTenant, type Turn } from './memory-tenant.ts';
import { play, type Script } from './scripted-person.ts';

vi.mock('node:timers/promises', async (original) => (await import('../hurried.ts')).hurried(original));

const tenant = 'https://abc1234.id.cyberark.cloud';
const success = { Result: { Summary: 'LoginSuccess', Token: 'the-token' } };
const next = { Result: { Summary: 'StartNextChallenge' } };
const failed = (Message: string | null) => ({ success: false, Message });

function mechanism(MechanismId: string, more: object = {}): object {
  return { MechanismId, Name: 'UP', AnswerType: 'Text', PromptSelectMech: MechanismId, ...more };
}

/** A package with one challenge for each list. */
function challenges(lists: readonly object[][], more: object = { SessionId: 's1', TenantId: 'T1' }): object {
  return { Result: { ...more, Challenges: lists.map((Mechanisms) => ({ Mechanisms })) } };
}

/** Answers to whatever is asked. */
const answers = Array.from({ length: 30 }, (_, index) => `typed-${index + 1}`);

function signIn(envelopes: readonly Turn[], script: Script = { answers }, at = tenant) {
  const { http, requests } = memoryTenant(...envelopes);
  return play(at, 'ada@example.com', { http, ...script }).then((played) => ({ ...played, requests }));
}

/** Session, tenant and mechanism of each request that goes on with a mechanism. */
function stepsOf(requests: readonly HttpRequest[]): readonly unknown[] {
  return requests
    .filter(({ url }) => url.endsWith('AdvanceAuthentication'))
    .map(({ body = '' }) => JSON.parse(body))
    .map(({ SessionId, TenantId, MechanismId }) => [SessionId, TenantId, MechanismId].join(' '));
}

test('every step is sent as the vendor’s client sends it, and never twice', async () => {
  const { requests } = await signIn([
    challenges([[mechanism('a')], [mechanism('b', { AnswerType: 'StartOob' })]], { SessionId: 's1' }),
    next,
    { Result: { Summary: 'OobPending' } },
    { Result: { IdpRedirectShortUrl: 'https://idp.example/', IdpLoginSessionId: 's9' } },
    success,
  ]);
  const json = { accept: 'application/json', 'content-type': 'application/json' };
  const headers = { ...json, 'x-idap-native-client': 'true', oobidpauth: 'true' };
  for (const { body: _, url: __, ...request } of requests)
    expect(request).toEqual({ method: 'POST', headers, retry: false });
  const api = { Version: '1.0', PlatformTokenResponse: true, AssociatedEntityType: 'API' };
  const pathOf = (url: string) => url.replace(`${tenant}/Security/`, '');
  // A tenant that names no ID of its own is told none.
  const advance = (MechanismId: string, more: object) => [
    ...['AdvanceAuthentication', { SessionId: 's1', MechanismId, ...more }],
  ];
  expect(requests.map(({ url, body = '' }) => [pathOf(url), JSON.parse(body)])).toEqual([
    ['StartAuthentication', { User: 'ada@example.com', ...api, MfaRequestor: 'DeviceAgent' }],
    advance('a', { Action: 'Answer', Answer: 'typed-1' }),
    advance('b', { Action: 'StartOOB' }),
    advance('b', { Action: 'Poll' }),
    ['OobAuthStatus', { SessionId: 's9' }],
  ]);
});

describe('challenges', () => {
  test('of several security questions are answered together', async () => {
    const MechanismParts = [
      { Uuid: 'u1', QuestionText: 'Cat?' },
      { Uuid: 'u2', QuestionText: 'Dog?' },
    ];
    const questions = mechanism('a', { Name: 'SQ', MultipartMechanism: { MechanismParts } });
    const { told, requests } = await signIn([challenges([[questions]]), success]);
    expect(told).toEqual(['Cat?', 'Dog?']);
    expect(JSON.parse(requests[1]?.body ?? '')).toMatchObject({ Answer: { u1: 'typed-1', u2: 'typed-2' } });
  });

  test('are met one after the other, package after package, in the session that was named last', async () => {
    const { signedIn, told, requests } = await signIn([
      challenges([[mechanism('a')], [mechanism('b')]]),
      next,
      challenges([[mechanism('c')], [mechanism('d')]], {}),
      next,
      challenges([[mechanism('e')]], { SessionId: 's2', TenantId: 'T2' }),
      success,
    ]);
    expect(signedIn?.tenant).toBe(tenant);
    expect(told).toEqual(['a', 'b', 'c', 'd', 'e']);
    expect(stepsOf(requests)).toEqual(['s1 T1 a', 's1 T1 b', 's1 T1 c', 's1 T1 d', 's2 T2 e']);
  });

  test('are counted, and only what a terminal has is offered', async () => {
    const key = mechanism('key', { Name: 'U2F' });
    const [one, two] = [
      [key, mechanism('a')],
      [mechanism('b'), key, mechanism('c')],
    ] as const;
    const turns = [challenges([[...one], [...two]]), next, success];
    const { told, requests } = await signIn(turns, { answers, choices: ['c'] });
    expect(told).toEqual(['a', '2/2: b, c', 'c']);
    expect(stepsOf(requests)).toEqual(['s1 T1 a', 's1 T1 c']);
  });

  test.each([
    ['Passkey or QR code', [mechanism('Passkey', { Name: 'U2F' }), mechanism('QR code', { Name: 'QR' })]],
    ['a factor that it does not name', []],
  ])('that no terminal can meet are named: %s', async (names, mechanisms) => {
    const { error } = await signIn([challenges([mechanisms])]);
    expect(error).toMatchObject({
      code: 'sign-in-failed',
      message: `The tenant asks for ${names}, which a terminal does not support`,
      facts: { cause: 'mechanism' },
    });
  });

  test('end where the tenant neither goes on nor says that one failed', async () => {
    const { error, told } = await signIn([
      challenges([[mechanism('a')], [mechanism('b')]]),
      { Result: { Summary: 'Dance' } },
      success,
    ]);
    expect(error).toMatchObject({
      message: expect.stringContaining('unexpected answer to the sign-in: Dance'),
    });
    expect(told).toEqual(['a']);
  });

  test('end after twenty, met or not', async () => {
    const last = Array.from({ length: 19 }, () => challenges([[mechanism('a')]]));
    expect((await signIn([...last, success])).signedIn).not.toBeNull();
    const { error, requests } = await signIn([...last, challenges([[mechanism('a')]]), success]);
    const message = `${tenant} sent an unexpected answer to the sign-in`;
    expect(error).toMatchObject({ message });
    expect(stepsOf(requests)).toHaveLength(20);
  });
});

test.each<[string, object, string]>([
  ['words of its own', { Result: { Summary: 'Dance' } }, ': Dance'],
  ['no words', { Result: null }, ''],
  ['a next challenge before the first', next, ''],
  ['a number to compare before there is a challenge', { Result: { Summary: 'OobPending' } }, ''],
  ['no session', challenges([[mechanism('a')]], { TenantId: 'T1' }), ''],
  ['no challenge', challenges([]), ''],
  ['no token in the end', { Result: { Summary: 'LoginSuccess' } }, ': LoginSuccess'],
])('%s: not understood, and nothing is asked', async (_name, envelope, summary) => {
  const { error, told } = await signIn([envelope]);
  expect(error).toMatchObject({
    code: 'sign-in-failed',
    message: `${tenant} sent an unexpected answer to the sign-in${summary}`,
  });
  expect(told).toEqual([]);
});

describe('a failure', () => {
  const asked = challenges([[mechanism('Password')]]);

  test('begins anew two times, and says so', async () => {
    const why = ['The answer of v2.0 is wrong.', null, 'Locked. Call 0100.'];
    const { error, told, requests } = await signIn(why.flatMap((words) => [asked, failed(words)]));
    expect(told).toEqual([
      'Password',
      '✗ Not signed in: The answer of v2.0 is wrong.',
      'Starting over. 2 attempts left.',
      'Password',
      '✗ Not signed in: no reason given',
      'Starting over. 1 attempt left.',
      'Password',
    ]);
    expect(error).toMatchObject({
      code: 'sign-in-failed',
      message: `${tenant} did not sign ada@example.com in: Locked. Call 0100`,
      facts: { cause: 'factor' },
    });
    expect(requests).toHaveLength(6);
  });

  test('is forgotten once the sign-in succeeds, but not what was typed', async () => {
    const { signedIn } = await signIn([asked, failed('No.'), asked, success]);
    const secrets = signedIn?.secrets.map((secret) => secret.reveal());
    expect(secrets).toEqual(['the-token', 'typed-1', 'typed-2']);
  });
});

describe('another host', () => {
  const elsewhere = (PodFqdn: string) => ({ Result: { PodFqdn } });
  const hostsOf = (requests: readonly HttpRequest[]) => requests.map(({ url }) => new URL(url).host);

  test('of the tenant is followed, and goes on for the next try', async () => {
    const { signedIn, told, requests } = await signIn([
      elsewhere('pod7.id.cyberark.cloud'),
      elsewhere('pod8.id.cyberark.cloud'),
      failed('No.'),
      success,
    ]);
    expect(signedIn?.tenant).toBe('https://pod8.id.cyberark.cloud');
    expect(told).toHaveLength(2);
    const [first, ...others] = hostsOf(requests);
    expect(first).toBe('abc1234.id.cyberark.cloud');
    expect(others).toEqual(['7', '8', '8'].map((pod) => `pod${pod}.id.cyberark.cloud`));
  });

  test('that names itself again is left after the third', async () => {
    const { error, requests } = await signIn([elsewhere('pod7.id.cyberark.cloud')]);
    expect(error).toMatchObject({ message: expect.stringContaining('it was not followed') });
    expect(requests).toHaveLength(3);
  });

  test.each([true, false])(
    'of a domain of its own gets the name and the password only once the person trusts it: %s',
    async (trusts) => {
      const moved = [elsewhere('sso.example.com'), challenges([[mechanism('a')]]), success];
      const { error, signedIn, told, requests } = await signIn(moved, { answers, trusts });
      expect(told).toEqual(trusts ? ['trust sso.example.com?', 'a'] : ['trust sso.example.com?']);
      expect(hostsOf(requests).slice(1)).toEqual(trusts ? ['sso.example.com', 'sso.example.com'] : []);
      if (trusts) return expect(signedIn?.tenant).toBe('https://sso.example.com');
      const message = `${tenant} sends the sign-in to sso.example.com; it was not followed`;
      expect(error).toMatchObject({ message });
    },
  );

  const longest = `${'a.'.repeat(125)}com`;
  test.each([
    ['localhost:8450', 'localhost:8450'],
    [`${longest}:99999`, 'another host'],
    [`${longest.slice(6)}:99999`, `${longest.slice(6)}:99999`],
    ['evil.example/', 'another host'],
    [' evil.example', 'another host'],
    ['evil.example\u001b[2J', 'another host'],
  ])('%j that nobody may send a password to is not even asked about', async (host, shown) => {
    const { error, told, requests } = await signIn([elsewhere(host)], { answers, trusts: true });
    expect(error).toMatchObject({
      code: 'sign-in-failed',
      message: `${tenant} sends the sign-in to ${shown}; it was not followed`,
    });
    expect(told).toEqual([]);
    expect(requests).toHaveLength(1);
  });
});

describe('an identity provider', () => {
  const federated = (IdpRedirectUrl: string, more: object = { IdpOobAuthPinRequired: true }) => ({
    Result: { IdpRedirectUrl, IdpLoginSessionId: 's9', ...more },
  });

  test.each([
    [tenant, 'https://idp.example/a', true],
    [tenant, 'http://idp.example/a', false],
    [tenant, 'httpx://idp.example/a', false],
    [tenant, 'file:///etc/passwd', false],
    [tenant, 'idp', false],
    ['http://127.0.0.1:8450', 'https://idp.example/a', true],
    ['http://127.0.0.1:8450', 'http://127.0.0.1:8450/a', true],
    ['http://127.0.0.1:8450', 'javascript:alert(1)', false],
  ])('of %s at %s is opened: %s', async (at, page, isOpened) => {
    const { error, told, requests } = await signIn([federated(page), success], { answers }, at);
    expect(told).toEqual(isOpened ? [`page ${page}`, 'PIN shown in the browser'] : []);
    expect(requests).toHaveLength(isOpened ? 2 : 1);
    if (isOpened) expect(error).toBeNull();
    else
      expect(error).toMatchObject({
        message: `${at} sends this user to an identity provider, but offers no way to wait for the browser`,
        facts: { cause: 'mechanism' },
      });
  });

  test('that nobody can wait for is not opened', async () => {
    const { error, told } = await signIn([federated('https://idp.example/', { IdpLoginSessionId: null })]);
    expect(error).toMatchObject({ message: expect.stringContaining('offers no way to wait') });
    expect(told).toEqual([]);
  });

  test('is proved by the PIN that it shows, in a session of its own', async () => {
    const { signedIn, requests } = await signIn([
      challenges([[mechanism('Password')]]),
      federated('https://idp.example/'),
      success,
    ]);
    expect(signedIn?.token.reveal()).toBe('the-token');
    const pin = { SessionId: 's9', MechanismId: 'OOBAUTHPIN', Action: 'Answer', Answer: 'typed-2' };
    expect(JSON.parse(requests[2]?.body ?? '')).toEqual(pin);
  });

  test('is asked about until the person is signed in', async () => {
    const { signedIn, told, requests } = await signIn([
      federated('https://idp.example/', {}),
      { Result: { State: 'Pending' } },
      { Result: { State: 'Success', Token: 'the-token' } },
    ]);
    expect(signedIn?.token.reveal()).toBe('the-token');
    expect(told).toEqual(['page https://idp.example/', 'Waiting for the browser', '(no longer)']);
    const status = `${tenant}/Security/OobAuthStatus`;
    expect(requests.map(({ url }) => url).slice(1)).toEqual([status, status]);
  });
});

describe('what was typed is shown nowhere, wherever a tenant puts it', () => {
  const typed = 'S3cret-Passw0rd';
  const words = `you typed ${typed}`;
  const MechanismParts = ['u1', 'u2'].map((Uuid) => ({ Uuid, QuestionText: words }));
  const [password, end] = [challenges([[mechanism('Password')]]), failed('No.')];
  const push = challenges([[mechanism('Push', { AnswerType: 'StartOob', Name: 'PF' })]]);
  test.each<[string, object]>([
    ['summary', { Result: { Summary: words } }],
    ['question', challenges([[mechanism('a', { PromptMechChosen: words })]])],
    ['list', challenges([[mechanism('a', { PromptSelectMech: words }), mechanism('b')]])],
    ['name', challenges([[mechanism('a', { Name: words, PromptSelectMech: '' })]])],
    ['security question', challenges([[mechanism('a', { MultipartMechanism: { MechanismParts } })]])],
    ['page', { Result: { IdpRedirectShortUrl: `https://idp/?q=${typed}`, IdpLoginSessionId: 's' } }],
    ['host', { Result: { PodFqdn: `${typed}.example` } }],
    ['number', { Result: { Summary: 'OobPending', GeneratedAuthValue: words } }],
    ['failure', { success: false, Message: words, ErrorID: typed }],
  ])('%s', async (_name, echo) => {
    for (const between of [[], [push], [end]]) {
      const { told, error } = await signIn([password, ...between, echo, end], {
        answers: Array.from({ length: 9 }, () => typed),
        choices: ['you typed [secret]', 'Password', 'Password'],
        page: async (address) => expect(address).not.toContain(typed),
      });
      expect([...told, String(error)].join('\n')).not.toContain(typed);
      expect(error).toBeInstanceOf(CliError);
    }
  });

  test('nor in the trace', async () => {
    const bodies = [password, { success: false, Message: words }];
    const answered = bodies.map((body) => ({ body: JSON.stringify({ success: true, ...body }) }));
    const server = await startServer(answered);
    const trace: string[] = [];
    const { error } = await play(server.origin, 'ada@example.com', {
      answers: [typed, typed, typed],
      trace: (line) => trace.push(line),
    });
    const shown = [...trace, String(error)].join('\n');
    expect(trace.length).toBeGreaterThan(3);
    expect(shown).toContain('[secret]');
    expect(shown).not.toContain(typed);
  });
});
