import { describe, expect, test } from 'vitest';
import { fitsTerminal, readFactorAnswer, readMechanism } from '../../../src/auth/factors/mechanism.ts';

function read(Result: unknown, headers: Record<string, string> = {}, success = true) {
  return readFactorAnswer({ success, Result, Message: 'No.', MessageID: null, ErrorID: null }, headers, []);
}

/** The answer with its token revealed. */
function signedIn(Result: unknown, headers: Record<string, string> = {}) {
  const answer = read(Result, headers);
  if (answer.kind !== 'signed-in') return answer.kind;
  return [answer.token.reveal(), answer.lifetime, answer.user, answer.secrets.map((one) => one.reveal())];
}

describe('an answer to a step of a sign-in', () => {
  test.each<[string, unknown, object]>([
    ['the next challenge', { Summary: 'StartNextChallenge' }, { kind: 'next-challenge' }],
    ['in any letter case', { Summary: 'startnextchallenge' }, { kind: 'next-challenge' }],
    ['pending', { Summary: 'OobPending' }, { kind: 'pending', number: null }],
    [
      'pending with a number',
      { Summary: 'OobPending', GeneratedAuthValue: 42 },
      { kind: 'pending', number: '42' },
    ],
    [
      'pending with a text',
      { Summary: 'OobPending', GeneratedAuthValue: '07' },
      { kind: 'pending', number: '07' },
    ],
    ['pending in one word', { Summary: 'Pending' }, { kind: 'pending', number: null }],
    [
      'pending with what is no number',
      { Summary: 'OobPending', GeneratedAuthValue: [4] },
      { kind: 'pending', number: null },
    ],
    [
      'a summary before a state',
      { Summary: 'StartNextChallenge', State: 'Pending' },
      { kind: 'next-challenge' },
    ],
    [
      'success only in the state beside a summary',
      { Summary: 'Pending', State: 'Success', Token: 't' },
      { kind: 'pending', number: null },
    ],
    ['pending at the identity provider', { State: 'Pending' }, { kind: 'pending', number: null }],
    [
      'a token before the sign-in is done',
      { Summary: 'OobPending', Token: 't' },
      { kind: 'pending', number: null },
    ],
    ['a failure in another word', { State: 'Failed' }, { kind: 'failed', words: 'No.' }],
    ['an empty token', { Summary: 'LoginSuccess', Token: '' }, { kind: 'unknown', summary: 'LoginSuccess' }],
    [
      'the longest address',
      { IdpRedirectUrl: `https://idp/${'a'.repeat(8180)}` },
      { kind: 'federated', address: `https://idp/${'a'.repeat(8180)}`, sessionId: null, wantsPin: false },
    ],
    ['a failure with success', { Summary: 'Failure' }, { kind: 'failed', words: 'No.' }],
    ['another host', { PodFqdn: 'pod7.example.com' }, { kind: 'elsewhere', host: 'pod7.example.com' }],
    ['success without a session', { Summary: 'LoginSuccess' }, { kind: 'unknown', summary: 'LoginSuccess' }],
    [
      'a token that no header can carry',
      { Summary: 'LoginSuccess', Token: 'abc\r\nx-evil: 1' },
      { kind: 'unknown', summary: 'LoginSuccess' },
    ],
    [
      'a token outside ASCII',
      { Summary: 'LoginSuccess', Token: 't\u00e4ken' },
      { kind: 'unknown', summary: 'LoginSuccess' },
    ],
    [
      'an address that no browser takes',
      { IdpRedirectShortUrl: `https://idp/${'a'.repeat(9000)}`, IdpLoginSessionId: 's' },
      { kind: 'unknown', summary: null },
    ],
    [
      'a token with a space',
      { Summary: 'LoginSuccess', Token: 'abc def' },
      { kind: 'unknown', summary: 'LoginSuccess' },
    ],
    [
      'a token behind a space',
      { Summary: 'LoginSuccess', Token: ' abc' },
      { kind: 'unknown', summary: 'LoginSuccess' },
    ],
    [
      'a token before a space',
      { Summary: 'LoginSuccess', Token: 'abc ' },
      { kind: 'unknown', summary: 'LoginSuccess' },
    ],
    [
      'a token that is no text',
      { Summary: 'LoginSuccess', Token: 7 },
      { kind: 'unknown', summary: 'LoginSuccess' },
    ],
    [
      'no session of challenges',
      { SessionId: 7, TenantId: '', Challenges: [] },
      { kind: 'challenges', sessionId: null, tenantId: null, challenges: [] },
    ],
    ['nothing', null, { kind: 'unknown', summary: null }],
    ['a list', [], { kind: 'unknown', summary: null }],
    ['hostile words', { Summary: 'a\u001b[31mb\u202e' }, { kind: 'unknown', summary: 'ab' }],
    [
      'an identity provider',
      { IdpRedirectShortUrl: 'https://idp/1', IdpLoginSessionId: 's', IdpOobAuthPinRequired: 'true' },
      { kind: 'federated', address: 'https://idp/1', sessionId: 's', wantsPin: true },
    ],
    [
      'an identity provider with a short address and a long one',
      {
        IdpRedirectShortUrl: 'https://idp/1',
        IdpRedirectUrl: 'https://idp/long',
        IdpOobAuthPinRequired: true,
      },
      { kind: 'federated', address: 'https://idp/1', sessionId: null, wantsPin: true },
    ],
    [
      'an identity provider before another host',
      { IdpRedirectUrl: 'https://idp/2', PodFqdn: 'pod7.example.com', IdpOobAuthPinRequired: 'no' },
      { kind: 'federated', address: 'https://idp/2', sessionId: null, wantsPin: false },
    ],
    [
      'an identity provider without a way to wait',
      { IdpRedirectUrl: 'https://idp/2' },
      { kind: 'federated', address: 'https://idp/2', sessionId: null, wantsPin: false },
    ],
  ])('%s', (_name, result, expected) => {
    expect(read(result)).toEqual(expected);
  });

  test('a refusal is a failure, whatever comes with it', () => {
    expect(read({ Summary: 'LoginSuccess', Token: 't' }, {}, false)).toEqual({
      kind: 'failed',
      words: 'No.',
    });
  });

  test('a session is the token, else the cookie, and every secret is known', () => {
    const done = { Summary: 'LoginSuccess' };
    const cookie = { 'set-cookie': 'a=b; Path=/, .ASPXAUTH=C00C1E; Path=/; HttpOnly' };
    expect(signedIn({ ...done, Token: 't', RefreshToken: 'r', TokenLifetime: 300, User: 'ada' })).toEqual([
      't',
      300,
      'ada',
      ['t', 'r'],
    ]);
    expect(signedIn({ ...done, Auth: 'a', TokenLifetime: -1 })).toEqual(['a', null, null, ['a']]);
    expect(signedIn(done, cookie)).toEqual(['C00C1E', null, null, ['C00C1E']]);
    expect(signedIn({ ...done, Token: 't' }, cookie)).toEqual(['t', null, null, ['t', 'C00C1E']]);
    expect(signedIn({ ...done, Token: 't', Auth: 'a' }, cookie)).toEqual([
      't',
      null,
      null,
      ['t', 'a', 'C00C1E'],
    ]);
    expect(signedIn({ ...done, Auth: 'a' }, cookie)).toEqual(['a', null, null, ['a', 'C00C1E']]);
    expect(signedIn({ State: 'Success', Token: 't' })).toEqual(['t', null, null, ['t']]);
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
    expect(read({ SessionId: 's', TenantId: 'T', Challenges })).toEqual({
      kind: 'challenges',
      sessionId: 's',
      tenantId: 'T',
      challenges: [
        [{ id: 'm', name: 'UP', kind: 'text', select: 'Password', chosen: 'Password', questions: [] }],
        [],
        [],
      ],
    });
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
    expect(
      ask([
        { ...part('u1', 'Cat?'), PromptMechChosen: 'Your cat?' },
        { Uuid: 7, QuestionText: 'Age?' },
      ]),
    ).toEqual([{ id: 'u1', text: 'Your cat?' }]);
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
    expect(readMechanism({ ...described, ...more }, [])).toEqual({
      id: 'm',
      name,
      kind: 'text',
      select,
      chosen,
      questions: [],
    });
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
  expect(signedIn({ Summary: 'LoginSuccess', Token: 't', TokenLifetime })).toEqual([
    't',
    lifetime,
    null,
    ['t'],
  ]);
});
