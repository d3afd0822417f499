import { describe, expect, test } from 'vitest';
import type { Person } from '../../../src/auth/factors/mechanism.ts';
import {
  type PushSignIn,
  requirePushFirst,
  signInByPush,
} from '../../../src/auth/factors/sign-in-by-push.ts';
import { CliError } from '../../../src/errors/cli-error.ts';
import { Secret } from '../../../src/text/secret.ts';
import { memoryTenant, type Turn } from './memory-tenant.ts';

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
  test.each<[string, readonly Turn[], Partial<PushSignIn>, readonly string[]]>([
    ['with a session', [asks([push]), pending, signedIn], { outcome: 'approved' }, [signsOut, givesUp]],
    [
      'that is not over',
      [asks([push], [password]), pending, { Result: { Summary: 'StartNextChallenge' } }],
      { outcome: 'approved' },
      [givesUp],
    ],
    ['with a new package', [asks([push]), pending, asks([password])], { outcome: 'approved' }, [givesUp]],
    [
      'with a session that cannot be read',
      [asks([push]), pending, { Result: { Summary: 'LoginSuccess' } }],
      { outcome: 'approved' },
      [givesUp],
    ],
    ['at once', [asks([push]), signedIn], { outcome: 'approved' }, [signsOut, givesUp]],
    [
      'with a word for a denial',
      [asks([push]), pending, fails('The push was Denied by the user.')],
      { outcome: 'denied' },
      [givesUp],
    ],
    [
      'with another such word',
      [asks([push]), pending, fails('Request declined')],
      { outcome: 'denied' },
      [givesUp],
    ],
    [
      'with words about access',
      [asks([push]), pending, fails('Access denied.')],
      { outcome: 'not-approved' },
      [givesUp],
    ],
    [
      'with words about nothing',
      [asks([push]), pending, fails('Authentication has failed.')],
      { outcome: 'not-approved' },
      [givesUp],
    ],
    [
      'with no device at last',
      [asks([push]), pending, fails('No device is enrolled.')],
      { outcome: 'no-push' },
      [givesUp],
    ],
    [
      'with no device at first',
      [asks([push]), fails('User has none.')],
      { outcome: 'no-push', words: 'User has none.', mechanism: 'OTP' },
      [givesUp],
    ],
    [
      'after a password',
      [asks([password], [push]), { Result: { Summary: 'StartNextChallenge' } }, pending, signedIn],
      { outcome: 'approved' },
      [signsOut, givesUp],
    ],
    [
      'that is not offered',
      [asks([password]), signedIn],
      { outcome: 'no-push', mechanism: null },
      [signsOut, givesUp],
    ],
    [
      'at an identity provider',
      [{ Result: { IdpRedirectShortUrl: 'https://idp.example', IdpLoginSessionId: 'I' } }],
      { outcome: 'no-push' },
      [],
    ],
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
    expect(told[0]).toBe('The number to choose on your phone: 42');
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
    const { outcome, parting } = await signIn([asks([push]), pending, keptBack], { patience: 1_200 });
    expect(outcome).toMatchObject({ outcome: 'not-answered', seconds: 1 });
    expect(parting).toEqual([givesUp]);
  });

  test('took as long as its answer, and not as long as its end', async () => {
    const parts: Turn = () => new Promise((resolve) => setTimeout(resolve, 1_500, {}));
    const { outcome } = await signIn([asks([push]), signedIn], { parts });
    expect(outcome).toMatchObject({ outcome: 'approved', seconds: 0 });
  });

  test('shows no password in the place of the number to compare', async () => {
    const next: Turn = { Result: { Summary: 'StartNextChallenge' } };
    const echo: Turn = { Result: { Summary: 'OobPending', GeneratedAuthValue: 73_519_264 } };
    const typed = '73519264';
    const { told } = await signIn([asks([password], [push]), next, echo, signedIn], { typed });
    expect(told.join()).not.toContain(typed);
    expect(told[0]).toMatch(/^The number to choose on your phone: ./);
  });

  test('says where its session could not be ended, and that nobody has it', async () => {
    const { outcome, told, sent } = await signIn([asks([push]), pending, signedIn, broken]);
    expect([outcome.outcome, sent]).toEqual(['approved', [begins, goesOn, goesOn]]);
    expect(told.at(-1)).toBe(
      `${tenant} did not say that it ended the session of this sign-in. Nobody has it any more.`,
    );
  });
});
