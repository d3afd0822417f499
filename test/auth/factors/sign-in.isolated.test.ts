import { expect, test, vi } from 'vitest';
import type { Person } from '../../../src/auth/factors/person.ts';
import {
  type PushSignIn,
  requirePushFirst,
  signInByPush,
} from '../../../src/auth/factors/sign-in-by-push.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import type { HttpRequest } from '../../../src/network/http.ts';
import { Secret } from '../../../src/text/secret.ts';
import { testCases } from '../../support/cases.ts';
import { startServer } from '../../support/http.ts';
import { memoryHttp, type Reply } from '../../support/memory-http.ts';
import { jwt } from '../examples.ts';
import { play, type Script } from './scripted-person.ts';

vi.mock('node:timers/promises', async (original) =>
  (await import('../hurried.ts')).hurried(original),
);

const tenant = 'https://abc1234.id.cyberark.cloud';
const token = 'e30.e30.x';
const results: Readonly<Record<string, object>> = {
  success: { Summary: 'LoginSuccess', Token: token },
  successAtPod: {
    Summary: 'LoginSuccess',
    Token: jwt({ iss: 'https://pod7.id.cyberark.cloud/x' }),
  },
  successElsewhere: { Summary: 'LoginSuccess', Token: jwt({ iss: 'https://evil.example/' }) },
  next: { Summary: 'StartNextChallenge' },
  pending: { Summary: 'OobPending' },
};

/** A mechanism in words: its ID, its name, and how it is answered; or what differs from a password. */
function mechanismOf(words: string | object): object {
  const [MechanismId = 'a', Name = 'UP', AnswerType = 'Text'] =
    typeof words === 'string' ? words.split(' ') : [];
  const known = { MechanismId, Name, AnswerType, PromptSelectMech: MechanismId };
  return typeof words === 'string' ? known : { ...known, ...words };
}

/**
 * An answer: by one of the words above, a result, the mechanisms of each challenge behind the session, an envelope, or the
 * words of a failure. `away`: there is none.
 */
function replyOf(turn: unknown): Reply {
  if (turn === 'away') throw new CliError('tenant-unreachable', 'gone');
  if (typeof turn === 'string' && results[turn] === undefined)
    return {
      body: { success: false, Message: turn === '' ? null : turn, Result: { Summary: 'Failure' } },
    };
  if (typeof turn === 'object' && turn !== null && 'success' in turn) return { body: turn };
  if (!Array.isArray(turn))
    return { body: { success: true, Result: results[String(turn)] ?? turn } };
  const [first, ...others] = turn;
  const [session, lists] = Array.isArray(first)
    ? [{ SessionId: 's1', TenantId: 'T1' }, turn]
    : [first, others];
  const Challenges = lists.map((list: (string | object)[]) => ({
    Mechanisms: list.map(mechanismOf),
  }));
  return { body: { success: true, Result: { ...session, Challenges } } };
}
const memoryTenant = (turns: readonly unknown[]) =>
  memoryHttp(...turns.map((turn) => async () => replyOf(await turn)));

/** The host of a request, if it is another, its call, and the values of its document. */
const shown = ({ url, body = '{}' }: HttpRequest, at = tenant): string => {
  const { Version, PlatformTokenResponse, AssociatedEntityType, MfaRequestor, ...document } =
    JSON.parse(body);
  const values = Object.values(document).map((value) =>
    typeof value === 'string' ? value : JSON.stringify(value),
  );
  return [url.replace(`${at}/Security/`, '').replace('Authentication', ''), ...values].join(' ');
};

const answers = Array.from({ length: 30 }, (_, index) => `typed-${index + 1}`);
const signIn = (script: Script = {}, at = tenant) => {
  return async (...turns: unknown[]) => {
    const { http, sent } = memoryTenant(turns);
    const { told, signedIn, error } = await play(at, 'ada@example.com', {
      http,
      answers,
      ...script,
    });
    const secrets = signedIn?.secrets.map((secret) => secret.reveal());
    if (error !== null && !(error instanceof CliError)) throw error;
    const end =
      error === null
        ? [signedIn?.tenant, secrets]
        : [`${error.code}: ${error.message}`, error.facts];
    return { told, end, sent: sent.map((request) => shown(request, at)) };
  };
};

testCases('auth/sign-in-by-factors', {
  'what a person is told by the answers of a tenant, the end, and what is sent': signIn(),
  'choosing c': signIn({ choices: ['c'] }),
  'trusting other hosts': signIn({ trusts: true }),
  'at http://127.0.0.1:8450': signIn({}, 'http://127.0.0.1:8450'),
  'what was typed, wherever a tenant repeats it: at once, after a push, after a failure': async (
    echo: unknown,
  ) => {
    const typed = 'S3cret-Passw0rd';
    const ends: unknown[] = [];
    for (const between of [[], [[['Push PF StartOob']]], ['No.']]) {
      const script = {
        answers: Array.from({ length: 9 }, () => typed),
        choices: ['you typed [secret]', 'Password', 'Password'],
      };
      const { told, end } = await signIn(script)([['Password']], ...between, echo, 'No.');
      expect(JSON.stringify([told, end])).not.toContain(typed);
      ends.push(end[0]);
    }
    return ends;
  },
});

test('every step is sent as the vendor’s client sends it, and never twice', async () => {
  const turns = [[{ SessionId: 's1' }, ['a'], ['b PF StartOob']], 'next', 'pending', 'success'];
  const { http, sent } = memoryTenant(turns);
  await play(tenant, 'ada@example.com', { http, answers });
  const json = { accept: 'application/json', 'content-type': 'application/json' };
  const headers = { ...json, 'x-idap-native-client': 'true', oobidpauth: 'true' };
  for (const { body: _, url: __, ...request } of sent)
    expect(request).toEqual({ method: 'POST', headers, retry: false });
  const api = { Version: '1.0', PlatformTokenResponse: true, AssociatedEntityType: 'API' };
  // A tenant that names no ID of its own is told none.
  const advance = (MechanismId: string, more: object) => ({
    SessionId: 's1',
    MechanismId,
    ...more,
  });
  expect(sent.map(({ body = '' }) => JSON.parse(body))).toEqual([
    { User: 'ada@example.com', ...api, MfaRequestor: 'DeviceAgent' },
    advance('a', { Action: 'Answer', Answer: 'typed-1' }),
    advance('b', { Action: 'StartOOB' }),
    advance('b', { Action: 'Poll' }),
  ]);
});

test('twenty challenges are met, and no more', async () => {
  const steps = Array.from({ length: 19 }, () => [['a']]);
  expect((await signIn()(...steps, 'success')).end[0]).toBe(tenant);
  const { end, sent } = await signIn()(...steps, [['a']], 'success');
  const message = `sign-in-failed: ${tenant} sent an unexpected answer to the sign-in`;
  expect([end[0], sent.length]).toEqual([message, 21]);
});

test('what was typed is not in the trace', async () => {
  const typed = 'S3cret-Passw0rd';
  const bodies = [[['Password']], `you typed ${typed}`].map((turn) =>
    JSON.stringify(replyOf(turn).body),
  );
  const server = await startServer(bodies.map((body) => ({ body })));
  const lines: string[] = [];
  const script = { answers: [typed, typed, typed], trace: (line: string) => void lines.push(line) };
  const { error } = await play(server.origin, 'ada@example.com', script);
  expect(lines.length).toBeGreaterThan(3);
  expect(`${lines.join('\n')}${error}`).toContain('[secret]');
  expect(`${lines.join('\n')}${error}`).not.toContain(typed);
});

/** A sign-in by push; `parting` answers what ends it. */
const signInBy = (
  work: typeof signInByPush | typeof requirePushFirst,
  { isAtTerminal = true, patience = 20_000, parting = null as unknown, isTimed = false } = {},
) => {
  return async (...turns: unknown[]) => {
    const told: string[] = [];
    const { http, sent } = memoryTenant(turns);
    const parted = memoryTenant([turns.includes('away') ? 'away' : parting]);
    const person: Partial<Person> = {
      other: null,
      answer: async () => new Secret('73519264'),
      choose: async ([first]) => first as never,
      awaits(words) {
        told.push(words);
        return { stop() {} };
      },
      tell: (words) => void told.push(words),
    };
    const outcome: unknown = await work(tenant, 'uma@example.com', {
      ...{
        http,
        patientHttp: http,
        parting: parted.http,
        person: person as Person,
        isAtTerminal,
        patience,
      },
      signal: new AbortController().signal,
    }).catch(({ code, message }: CliError) => `${code}: ${message}`);
    expect(told.join()).not.toContain('73519264');
    const requests = (all: readonly HttpRequest[]) => all.map((request) => shown(request));
    const { seconds, ...rest } = Object(outcome) as PushSignIn;
    const known = typeof outcome === 'string' ? outcome : { ...rest, ...(isTimed && { seconds }) };
    return { outcome: known, told, sent: requests(sent), parted: requests(parted.sent) };
  };
};

testCases('auth/sign-in-by-push', {
  'a push: its outcome, what a person is told, what is sent, and what ends it':
    signInBy(signInByPush),
  'without a terminal': signInBy(signInByPush, { isAtTerminal: false }),
  'a rehearsal without a push': signInBy(requirePushFirst, { isAtTerminal: false }),
});

test('a push is not answered once time is up, though the tenant keeps an answer back', async () => {
  const { outcome, parted } = await signInBy(signInByPush, { patience: 600, isTimed: true })(
    [['push OTP StartTextOob']],
    'pending',
    new Promise(() => undefined),
  );
  expect(outcome).toMatchObject({ outcome: 'not-answered', seconds: 1 });
  expect(parted).toEqual(['Cleanup T1 s1']);
});

test('a push took as long as its answer, and not as long as its end', async () => {
  const parting = new Promise((resolve) => setTimeout(resolve, 600, 'success'));
  const { outcome } = await signInBy(signInByPush, { parting, isTimed: true })(
    [['push OTP StartTextOob']],
    'success',
  );
  expect(outcome).toMatchObject({ outcome: 'approved', seconds: 0 });
});
