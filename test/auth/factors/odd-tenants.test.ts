import { describe, expect, test } from 'vitest';
import { CliError } from '../../../src/errors/cli-error.ts';
import { startServer, type TestServer } from '../../support/http.ts';
import { memoryTenant } from './memory-tenant.ts';
import { type Played, play } from './scripted-person.ts';

/** A tenant that answers with these envelopes in turn, the last one for ever. */
function startScripted(...envelopes: readonly object[]): Promise<TestServer> {
  return startServer(envelopes.map((envelope) => ({ body: JSON.stringify({ success: true, ...envelope }) })));
}

const mechanism = (more: object = {}) => ({
  MechanismId: 'm1',
  Name: 'UP',
  AnswerType: 'Text',
  PromptSelectMech: 'Password',
  PromptMechChosen: 'Enter Password',
  ...more,
});
const challenge = (...mechanisms: object[]) => ({
  Result: { SessionId: 's1', TenantId: 'T1', Challenges: [{ Mechanisms: mechanisms }] },
});
const success = { Result: { Summary: 'LoginSuccess', Token: 'the-token-of-the-session' } };
const federated = (address: string, more: object = {}) => ({
  Result: { IdpRedirectShortUrl: address, IdpLoginSessionId: 's', ...more },
});

function wordsOf({ error }: Played): string {
  if (error instanceof CliError) return `${error.code}: ${error.message}`;
  throw error ?? new Error('no failure');
}

/** The bodies of the requests. */
function bodiesOf({ received }: TestServer): readonly unknown[] {
  return received.map(({ body }) => JSON.parse(body));
}

describe('what is sent', () => {
  test('has the fields of the vendor’s own client, and no others', async () => {
    const tenant = await startScripted(challenge(mechanism()), success);
    await play(tenant.origin, 'ada@example.com', { answers: ['hunter2'] });
    expect(tenant.received.map(({ method, path, headers }) => [method, path, headers.oobidpauth])).toEqual([
      ['POST', '/Security/StartAuthentication', 'true'],
      ['POST', '/Security/AdvanceAuthentication', 'true'],
    ]);
    expect(tenant.received.every(({ headers }) => headers['x-idap-native-client'] === 'true')).toBe(true);
    expect(bodiesOf(tenant)).toEqual([
      {
        User: 'ada@example.com',
        Version: '1.0',
        PlatformTokenResponse: true,
        AssociatedEntityType: 'API',
        MfaRequestor: 'DeviceAgent',
      },
      { TenantId: 'T1', SessionId: 's1', MechanismId: 'm1', Action: 'Answer', Answer: 'hunter2' },
    ]);
  });

  test('starts, and then polls what is approved elsewhere', async () => {
    const call = mechanism({ AnswerType: 'StartOob', Name: 'PF' });
    const tenant = await startScripted(
      challenge(call),
      { Result: { Summary: 'OobPending' } },
      { Result: { Summary: 'OobPending' } },
      success,
    );
    const played = await play(tenant.origin, 'ada@example.com');
    expect(played.signedIn?.token.reveal()).toBe('the-token-of-the-session');
    expect(bodiesOf(tenant).slice(1)).toEqual(
      ['StartOOB', 'Poll', 'Poll'].map((Action) => ({
        TenantId: 'T1',
        SessionId: 's1',
        MechanismId: 'm1',
        Action,
      })),
    );
  });

  test('no code once the poll that was on its way has signed in', async () => {
    const text = mechanism({ AnswerType: 'StartTextOob', Name: 'SMS' });
    let polls = 0;
    const tenant = await startServer([
      { body: JSON.stringify({ success: true, ...challenge(text) }) },
      { body: JSON.stringify({ success: true, Result: { Summary: 'OobPending' } }) },
      (response) => {
        polls++;
        setTimeout(() => response.end(JSON.stringify({ success: true, ...success })), 300);
      },
    ]);
    // Typed while the tenant has the poll.
    const code = async () => {
      while (polls === 0) await new Promise((resolve) => setTimeout(resolve, 10));
      return '123456';
    };
    const played = await play(tenant.origin, 'ada@example.com', { codes: [code] });
    expect(played.signedIn?.token.reveal()).toBe('the-token-of-the-session');
    expect(bodiesOf(tenant).map((body) => (body as { Action?: string }).Action)).toEqual([
      undefined,
      'StartOOB',
      'Poll',
    ]);
  });

  test('answers several security questions together', async () => {
    const MechanismParts = [
      { Uuid: 'u1', QuestionText: 'Cat?' },
      { Uuid: 'u2', QuestionText: 'Dog?' },
    ];
    const questions = mechanism({ Name: 'SQ', MultipartMechanism: { MechanismParts } });
    const tenant = await startScripted(challenge(questions), success);
    const played = await play(tenant.origin, 'ada@example.com', { answers: ['Tom-1', 'Rex-2'] });
    expect(played.told).toEqual(['Cat?', 'Dog?']);
    expect(bodiesOf(tenant)[1]).toMatchObject({ Answer: { u1: 'Tom-1', u2: 'Rex-2' } });
  });
});

describe('a tenant that answers oddly', () => {
  test.each<[string, readonly object[], string]>([
    ['no challenge', [{ Result: { SessionId: 's', Challenges: [] } }], 'is not understood'],
    ['a challenge without mechanisms', [challenge()], 'a factor that it does not name'],
    [
      'a next challenge that is not there',
      [challenge(mechanism()), { Result: { Summary: 'StartNextChallenge' } }],
      'is not understood',
    ],
    [
      'a summary that nobody knows',
      [challenge(mechanism()), { Result: { Summary: 'Dance' } }],
      'is not understood: Dance',
    ],
    [
      'no session in the end',
      [challenge(mechanism()), { Result: { Summary: 'LoginSuccess' } }],
      'is not understood: LoginSuccess',
    ],
    ['no address', [federated('idp')], 'names no way to wait for the browser'],
    [
      'nobody to wait for',
      [federated('https://idp.example/', { IdpLoginSessionId: null })],
      'names no way to wait',
    ],
  ])('%s', async (_name, envelopes, expected) => {
    const tenant = await startScripted(...envelopes);
    const words = wordsOf(await play(tenant.origin, 'ada@example.com', { answers: ['hunter2', 'hunter2'] }));
    expect(words).toMatch(/^sign-in-failed: /);
    expect(words).toContain(expected);
  });

  test('that sends the sign-in round in circles is left', async () => {
    const tenant = await startServer([
      (response, request) =>
        response.end(JSON.stringify({ success: true, Result: { PodFqdn: request.headers.host } })),
    ]);
    expect(wordsOf(await play(tenant.origin, 'ada@example.com'))).toContain('which was not followed');
    expect(tenant.received).toHaveLength(3);
  });
});

describe('a host with a domain of its own', () => {
  /** The vendor's host names the company's, which signs in. */
  const moved = () =>
    memoryTenant({ Result: { PodFqdn: 'sso.example.com' } }, challenge(mechanism()), success);

  test('gets the password once the person trusts it', async () => {
    const { http, requests } = moved();
    const script = { answers: ['hunter2'], trusts: true, http };
    const played = await play('https://abc1234.id.cyberark.cloud', 'ada@example.com', script);
    expect(played.told).toEqual(['trust sso.example.com?', 'Enter Password']);
    expect(played.signedIn?.tenant).toBe('https://sso.example.com');
    expect(requests.map(({ url }) => new URL(url).host)).toEqual([
      'abc1234.id.cyberark.cloud',
      'sso.example.com',
      'sso.example.com',
    ]);
  });

  test('gets nothing otherwise, not even the name', async () => {
    const { http, requests } = moved();
    const played = await play('https://abc1234.id.cyberark.cloud', 'ada@example.com', {
      trusts: false,
      http,
    });
    expect(wordsOf(played)).toContain('sends the sign-in to sso.example.com, which was not followed');
    expect(requests).toHaveLength(1);
  });
});

test('no word of the tenant and no line of the trace reveals what was typed', async () => {
  const [password, code] = ['S3cret-Passw0rd', '839211'];
  const echo = { success: false, Message: `${password} ${code} is wrong`, ErrorID: password };
  const second = mechanism({ MechanismId: 'm2', Name: 'OATH', PromptMechChosen: 'Code' });
  const tenant = await startScripted(
    { Result: { SessionId: 's1', Challenges: [{ Mechanisms: [mechanism()] }, { Mechanisms: [second] }] } },
    { Result: { Summary: 'StartNextChallenge' }, Message: password, ErrorID: password },
    { ...echo },
    { ...echo },
  );
  const trace: string[] = [];
  const played = await play(tenant.origin, 'ada@example.com', {
    answers: [password, code],
    trace: (line) => trace.push(line),
  });
  const shown = [...played.told, ...trace, wordsOf(played)].join('\n');
  expect(shown).toContain('[secret]');
  expect(shown).not.toContain(password);
  expect(shown).not.toContain(code);
  expect(trace.length).toBeGreaterThan(3);
});

describe('what was typed is shown nowhere, wherever a tenant puts it', () => {
  const typed = 'S3cret-Passw0rd';
  const words = `you typed ${typed}`;
  const parts = [
    { Uuid: 'u1', QuestionText: words },
    { Uuid: 'u2', QuestionText: words },
  ];
  test.each<[string, object]>([
    ['summary', { Result: { Summary: words } }],
    ['question', challenge(mechanism({ PromptMechChosen: words }))],
    ['list', challenge(mechanism({ PromptSelectMech: words }), mechanism({ MechanismId: 'm2' }))],
    ['name', challenge(mechanism({ Name: words, PromptSelectMech: '', PromptMechChosen: '' }))],
    ['security question', challenge(mechanism({ MultipartMechanism: { MechanismParts: parts } }))],
    ['page', federated(`https://idp.example/?q=${typed}`)],
    ['host', { Result: { PodFqdn: `${typed}.example` } }],
    ['number', { Result: { Summary: 'OobPending', GeneratedAuthValue: words } }],
  ])('%s', async (_name, echo) => {
    const started = mechanism({ AnswerType: 'StartOob', Name: 'PF' });
    const end = { success: false, Message: 'No.' };
    const answering = await startScripted(challenge(mechanism()), echo, end);
    const waiting = await startScripted(challenge(mechanism()), challenge(started), echo, end);
    const again = await startScripted(challenge(mechanism()), end, echo, end);
    const pages: string[] = [];
    for (const { origin } of [answering, waiting, again]) {
      const played = await play(origin, 'ada@example.com', {
        answers: Array.from({ length: 9 }, () => typed),
        choices: ['you typed [secret]', 'Password', 'Password'],
        page: async (address) => void pages.push(address),
      });
      const all = [...played.told, ...pages, wordsOf(played)].join('\n');
      expect(all).not.toContain(typed);
    }
  });
});
