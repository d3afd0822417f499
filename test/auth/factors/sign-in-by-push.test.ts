import { describe, expect, test, vi } from 'vitest';
import type { Person } from '../../../src/auth/factors/mechanism.ts';
import {
  type PushSignIn,
  requirePushFirst,
  signInByPush,
} from '../../../src/auth/factors/sign-in-by-push.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { Secret } from '../../../src/text/secret.ts';
import { memoryTenant, type Turn } from './memory-tenant.ts';

vi.mock('node:timers/promises', async (original) => (await import('../hurried.ts')).hurried(original));

const tenant = 'https://acme.example';
const mechanism = (Name: string, AnswerType: string) => ({ MechanismId: `ID-${Name}`, Name, AnswerType });
const [password, push, text, call] = [
  mechanism('UP', 'Text'),
  mechanism('OTP', 'StartTextOob'),
  mechanism('SMS', 'StartTextOob'),
  mechanism('PF', 'StartOob'),
];
/** The answer to `StartAuthentication`: the mechanisms of each challenge. */
const asks = (...challenges: readonly (readonly object[])[]): Turn => ({
  Result: { SessionId: 'S', Challenges: challenges.map((Mechanisms) => ({ Mechanisms })) },
});
const pending: Turn = { Result: { Summary: 'OobPending', GeneratedAuthValue: '42' } };
const token = `${Buffer.from('{}').toString('base64url')}.${Buffer.from('{}').toString('base64url')}.x`;
const signedIn: Turn = { Result: { Summary: 'LoginSuccess', Token: token } };
const fails = (Message: string): Turn => ({ success: false, Result: { Summary: 'Failure' }, Message });

/** A sign-in at a tenant that answers with these in turn, and what it sent. */
async function signIn(
  turns: readonly Turn[],
  {
    isAtTerminal = true,
    patience = 20_000,
    typed = 'a-password',
    work = signInByPush as typeof signInByPush | typeof requirePushFirst,
    parts = (turns.includes(broken) ? broken : {}) as Turn,
  } = {},
) {
  const told: string[] = [];
  const { http, requests } = memoryTenant(...turns);
  const parted = memoryTenant(parts);
  const person: Partial<Person> = {
    answer: async () => new Secret(typed),
    choose: async ([first]) => first as never,
    awaits(words) {
      told.push(words);
      return { stop() {} };
    },
    tell: (words) => void told.push(words),
  };
  const context = {
    ...{ http, patientHttp: http, parting: parted.http, person: person as Person, isAtTerminal },
    ...{ signal: new AbortController().signal, patience },
  };
  const outcome = await work(tenant, 'uma@example.com', context).catch((error: unknown) => error);
  const pathsOf = (sent: readonly { readonly url: string }[]) =>
    sent.map(({ url }) => url.replace(tenant, ''));
  return {
    outcome: outcome as PushSignIn & CliError,
    told,
    sent: pathsOf(requests),
    bodies: requests.map(({ body = '' }) => body),
    parting: pathsOf(parted.requests),
  };
}

/** What no session is given up at. */
const broken: Turn = () => {
  throw new CliError('tenant-unreachable', 'gone');
};
const [begins, goesOn] = ['/Security/StartAuthentication', '/Security/AdvanceAuthentication'];
const [givesUp, signsOut] = ['/Security/CleanupAuthentication', '/Security/Logout'];

describe('a sign-in by push', () => {
  const next: Turn = { Result: { Summary: 'StartNextChallenge' } };
  const unread: Turn = { Result: { Summary: 'LoginSuccess' } };
  const elsewhere: Turn = { Result: { IdpRedirectShortUrl: 'https://idp.example', IdpLoginSessionId: 'I' } };
  const rung = (...last: readonly Turn[]) => [asks([push]), pending, ...last];
  const none = { outcome: 'no-push', words: 'User has none.', mechanism: 'OTP' } as const;
  const [approved, denied] = [{ outcome: 'approved' }, { outcome: 'denied' }] as const;
  const [open, both] = [[givesUp], [signsOut, givesUp]];
  test.each<[string, readonly Turn[], Partial<PushSignIn>, readonly string[]]>([
    ['with a session', rung(signedIn), approved, both],
    ['that is not over', [asks([push], [password]), pending, next], approved, open],
    ['with a new package', rung(asks([password])), approved, open],
    ['with a session that cannot be read', rung(unread), approved, open],
    ['at once', [asks([push]), signedIn], approved, both],
    ['with a word for a denial', rung(fails('The push was Denied by the user.')), denied, open],
    ['with another such word', rung(fails('Request declined')), denied, open],
    ['with words about access', rung(fails('Access denied.')), { outcome: 'not-approved' }, open],
    ['with words about nothing', rung(fails('It has failed.')), { outcome: 'not-approved' }, open],
    ['with no device at last', rung(fails('No device is enrolled.')), { outcome: 'no-push' }, open],
    ['with no device at first', [asks([push]), fails('User has none.')], none, open],
    ['after a password', [asks([password], [push]), next, pending, signedIn], approved, both],
    ['that is not offered', [asks([password]), signedIn], { outcome: 'no-push', mechanism: null }, both],
    ['at an identity provider', [elsewhere], { outcome: 'no-push' }, []],
  ])('%s is told, and given up', async (_how, turns, outcome, parting) => {
    const told = await signIn(turns);
    expect(told.outcome).toMatchObject(outcome);
    expect(told.parting).toEqual(parting);
  });

  test('takes the push among others, and tells the number to compare', async () => {
    const { bodies, told } = await signIn([asks([password, text, push, call]), pending, signedIn]);
    expect(bodies.slice(1).map((body) => JSON.parse(body))).toMatchObject([
      { MechanismId: 'ID-OTP', Action: 'StartOOB' },
      { MechanismId: 'ID-OTP', Action: 'Poll' },
    ]);
    expect(told[0]).toBe('Choose this number on your phone: 42');
  });

  test.each([
    ['a password', password],
    ['a text', text],
    ['a call', call],
  ])('without a terminal starts nothing where %s comes first', async (_what, first) => {
    const { outcome, sent, parting } = await signIn([asks([first], [push])], { isAtTerminal: false });
    expect(outcome.code).toBe('prompt-unavailable');
    expect([sent, parting]).toEqual([[begins], [givesUp]]);
  });

  test('is rehearsed without a push', async () => {
    const options = { isAtTerminal: false, work: requirePushFirst };
    const { sent, parting } = await signIn([asks([push, password])], options);
    expect([sent, parting]).toEqual([[begins], [givesUp]]);
  });

  test('is not answered once time is up, though the tenant keeps an answer back', async () => {
    const keptBack: Turn = () => new Promise(() => undefined);
    const { outcome, parting } = await signIn([asks([push]), pending, keptBack], { patience: 600 });
    expect(outcome).toMatchObject({ outcome: 'not-answered', seconds: 1 });
    expect(parting).toEqual([givesUp]);
  });

  test('took as long as its answer, and not as long as its end', async () => {
    const parts: Turn = () => new Promise((resolve) => setTimeout(resolve, 600, {}));
    const { outcome } = await signIn([asks([push]), signedIn], { parts });
    expect(outcome).toMatchObject({ outcome: 'approved', seconds: 0 });
  });

  test('shows no password in the place of the number to compare', async () => {
    const next: Turn = { Result: { Summary: 'StartNextChallenge' } };
    const echo: Turn = { Result: { Summary: 'OobPending', GeneratedAuthValue: 73_519_264 } };
    const typed = '73519264';
    const { told } = await signIn([asks([password], [push]), next, echo, signedIn], { typed });
    expect(told.join()).not.toContain(typed);
    expect(told[0]).toMatch(/^Choose this number on your phone: ./);
  });

  test('says where its session could not be ended, and that nobody has it', async () => {
    const { outcome, told, sent } = await signIn([asks([push]), pending, signedIn, broken]);
    expect([outcome.outcome, sent]).toEqual(['approved', [begins, goesOn, goesOn]]);
    expect(told.at(-1)).toBe(
      `${tenant} did not confirm that it ended the session of this sign-in. No copy of the session is stored.`,
    );
  });
});
