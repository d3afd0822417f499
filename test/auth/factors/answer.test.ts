import { describe, expect, test } from 'vitest';
import { fitsTerminal, readFactorAnswer, readMechanism } from '../../../src/auth/factors/mechanism.ts';

function read(Result: unknown, headers: Record<string, string> = {}, success = true) {
  return readFactorAnswer({ success, Result, Message: 'No.', MessageID: null, ErrorID: null }, headers, []);
}

const unknown = (summary: string | null) => ({ kind: 'unknown', summary });
const pending = (number: string | null) => ({ kind: 'pending', number });
const federated = (address: string, sessionId: string | null, wantsPin: boolean) => ({
  ...{ kind: 'federated', address, sessionId, wantsPin },
});
const token = (Token: unknown) => ({ Summary: 'LoginSuccess', Token });

/** The answer with its token revealed. */
function signedIn(Result: unknown, headers: Record<string, string> = {}) {
  const answer = read(Result, headers);
  if (answer.kind !== 'signed-in') return answer.kind;
  return [answer.token.reveal(), answer.lifetime, answer.user, answer.secrets.map((one) => one.reveal())];
}

describe('an answer to a step of a sign-in', () => {
  const [next, failed] = [{ kind: 'next-challenge' }, { kind: 'failed', words: 'No.' }];
  const [idp, oob] = ['https://idp/1', 'OobPending'];
  const longest = `https://idp/${'a'.repeat(8180)}`;
  const unasked = { kind: 'challenges', sessionId: null, tenantId: null, challenges: [] };
  const short = { IdpRedirectShortUrl: idp };
  const pin = (IdpOobAuthPinRequired: unknown) => ({ IdpOobAuthPinRequired });
  test.each<[string, unknown, object]>([
    ['the next challenge', { Summary: 'StartNextChallenge' }, next],
    ['in any letter case', { Summary: 'startnextchallenge' }, next],
    ['pending', { Summary: oob }, pending(null)],
    ['pending with a number', { Summary: oob, GeneratedAuthValue: 42 }, pending('42')],
    ['pending with a text', { Summary: oob, GeneratedAuthValue: '07' }, pending('07')],
    ['pending in one word', { Summary: 'Pending' }, pending(null)],
    ['pending with what is no number', { Summary: oob, GeneratedAuthValue: [4] }, pending(null)],
    ['a summary before a state', { Summary: 'StartNextChallenge', State: 'Pending' }, next],
    ['success in the state alone', { Summary: 'Pending', State: 'Success', Token: 't' }, pending(null)],
    ['pending at the identity provider', { State: 'Pending' }, pending(null)],
    ['a token before the sign-in is done', { Summary: oob, Token: 't' }, pending(null)],
    ['a failure in another word', { State: 'Failed' }, failed],
    ['a failure with success', { Summary: 'Failure' }, failed],
    ['another host', { PodFqdn: 'pod7.a.test' }, { kind: 'elsewhere', host: 'pod7.a.test' }],
    ['success without a session', { Summary: 'LoginSuccess' }, unknown('LoginSuccess')],
    ['nothing', null, unknown(null)],
    ['a list', [], unknown(null)],
    ['hostile words', { Summary: 'a\u001b[31mb\u202e' }, unknown('ab')],
    ['no session of challenges', { SessionId: 7, TenantId: '', Challenges: [] }, unasked],
    ['the longest address', { IdpRedirectUrl: longest }, federated(longest, null, false)],
    ['an address that no browser takes', { IdpRedirectShortUrl: `${longest}a` }, unknown(null)],
    ['no way to wait', { IdpRedirectUrl: idp }, federated(idp, null, false)],
    ['an identity provider', { ...short, IdpLoginSessionId: 's', ...pin('true') }, federated(idp, 's', true)],
    ['the short of two', { ...short, IdpRedirectUrl: 'https://b', ...pin(true) }, federated(idp, null, true)],
    ['it before another host', { ...short, PodFqdn: 'a.test', ...pin('no') }, federated(idp, null, false)],
  ])('%s', (_name, result, expected) => {
    expect(read(result)).toEqual(expected);
  });

  test.each(['', 7, 'abc\r\nx-evil: 1', 't\u00e4ken', 'abc def', ' abc', 'abc '])(
    'is no session with the token %j, which no header can carry',
    (value) => {
      expect(read(token(value))).toEqual(unknown('LoginSuccess'));
    },
  );

  test('a refusal is a failure, whatever comes with it', () => {
    expect(read(token('t'), {}, false)).toEqual(failed);
  });

  test('a session is the token, else the cookie, and every secret is known', () => {
    const cookie = { 'set-cookie': 'a=b; Path=/, .ASPXAUTH=C00C1E; Path=/; HttpOnly' };
    const none = token(undefined);
    const full = { ...token('t'), RefreshToken: 'r', TokenLifetime: 300, User: 'ada' };
    expect(signedIn(full)).toEqual(['t', 300, 'ada', ['t', 'r']]);
    for (const [result, headers, value, secrets] of [
      [{ ...none, Auth: 'a', TokenLifetime: -1 }, {}, 'a', ['a']],
      [none, cookie, 'C00C1E', ['C00C1E']],
      [token('t'), cookie, 't', ['t', 'C00C1E']],
      [{ ...token('t'), Auth: 'a' }, cookie, 't', ['t', 'a', 'C00C1E']],
      [{ ...none, Auth: 'a' }, cookie, 'a', ['a', 'C00C1E']],
      [{ State: 'Success', Token: 't' }, {}, 't', ['t']],
    ] as const)
      expect(signedIn(result, headers)).toEqual([value, null, null, secrets]);
  });

  test.each([
    ['.ASPXAUTH=C00C1E', 'C00C1E'],
    ['.aspxauth=C00C1E', 'C00C1E'],
    ['a=b;.ASPXAUTH=C00C1E;Path=/', 'C00C1E'],
    ['a=b,.ASPXAUTH=C00C1E,c=d', 'C00C1E'],
    ['a=b,  .ASPXAUTH=C00C1E d', 'C00C1E'],
    ['x.ASPXAUTH=no', null],
    ['a=b .ASPXAUTH=no', null],
    ['a=b; xASPXAUTH=no', null],
    ['.ASPXAUTH=', null],
    ['.ASPXAUTH=; Path=/', null],
  ])('the session in the cookies %j is %j', (cookies, token) => {
    const session = signedIn({ Summary: 'LoginSuccess' }, { 'set-cookie': cookies });
    expect(session).toEqual(token === null ? 'unknown' : [token, null, null, [token]]);
  });

  test('challenges keep their order, without what cannot be used at all', () => {
    const mechanism = { MechanismId: 'm', Name: 'UP', AnswerType: 'Text', PromptSelectMech: 'Password' };
    const Challenges = [{ Mechanisms: [mechanism, { Name: 'X' }, 7] }, {}, null];
    const named = { id: 'm', name: 'UP', kind: 'text' };
    const password = { ...named, select: 'Password', chosen: 'Password', questions: [] };
    const expected = { kind: 'challenges', sessionId: 's', tenantId: 'T', challenges: [[password], [], []] };
    expect(read({ SessionId: 's', TenantId: 'T', Challenges })).toEqual(expected);
  });
});

describe('a mechanism', () => {
  const described = { MechanismId: 'm', Name: 'SQ', AnswerType: 'Text' };

  test.each([
    ['Text', 'text'],
    ['StartTextOob', 'answer-or-poll'],
    ['startoob', 'poll'],
  ])('of the type %s', (AnswerType, kind) => {
    expect(readMechanism({ ...described, AnswerType }, [])?.kind).toBe(kind);
  });

  const ofType = (AnswerType: unknown) => ({ ...described, AnswerType });
  const identified = (MechanismId: unknown) => ({ ...described, MechanismId });
  const untold = [null, 'x', [], {}, identified(''), identified(3)];
  test.each([...untold, ...['Dance', 'constructor', '__proto__', undefined].map(ofType)])(
    'is not %j',
    (description) => {
      expect(readMechanism(description, [])).toBeNull();
    },
  );

  test('asks several security questions together, and a single one in its own words', () => {
    const part = (Uuid: string, QuestionText: string) => ({ Uuid, QuestionText });
    const ask = (MechanismParts: unknown) =>
      readMechanism({ ...described, MultipartMechanism: { MechanismParts } }, [])?.questions;
    expect(ask([part('u1', 'Cat?'), part('u2', 'Dog?'), { Uuid: 'u3' }, null])).toEqual([
      { id: 'u1', text: 'Cat?' },
      { id: 'u2', text: 'Dog?' },
    ]);
    const parts = [
      { ...part('u1', 'Cat?'), PromptMechChosen: 'Your cat?' },
      { Uuid: 7, QuestionText: 'Age?' },
    ];
    expect(ask(parts)).toEqual([{ id: 'u1', text: 'Your cat?' }]);
    expect(ask([part('u1', 'Cat?')])).toEqual([]);
    expect(ask('x')).toEqual([]);
  });

  test.each([
    [{}, 'SQ', 'SQ', 'SQ'],
    [{ Name: '' }, 'unknown', 'unknown', 'unknown'],
    [{ Name: 7 }, 'unknown', 'unknown', 'unknown'],
    [{ PromptSelectMech: 'Question' }, 'SQ', 'Question', 'Question'],
    [{ PromptMechChosen: 'Your cat?' }, 'SQ', 'SQ', 'Your cat?'],
    [{ PromptSelectMech: 'Question', PromptMechChosen: 'Your cat?' }, 'SQ', 'Question', 'Your cat?'],
  ])('with %j is called %s, %s in a list, and %s once it is chosen', (more, name, select, chosen) => {
    const expected = { id: 'm', name, kind: 'text', select, chosen, questions: [] };
    expect(readMechanism({ ...described, ...more }, [])).toEqual(expected);
  });

  test.each([
    ['UP', true],
    ['OTP', true],
    ['NEW', true],
    ['U2F', false],
    ['qr', false],
  ])('%s fits a terminal: %s', (Name, fits) => {
    const mechanism = readMechanism({ ...described, Name }, []);
    expect(mechanism !== null && fitsTerminal(mechanism)).toBe(fits);
  });
});

test.each([
  [0, null],
  [undefined, null],
  [null, null],
  ['soon', null],
  [1, 1],
  ['18000', 18_000],
  [1e10, null],
  [9_999_999_999, 9_999_999_999],
])('a lifetime of %j is one of %j seconds', (TokenLifetime, lifetime) => {
  expect(signedIn({ ...token('t'), TokenLifetime })).toEqual(['t', lifetime, null, ['t']]);
});
