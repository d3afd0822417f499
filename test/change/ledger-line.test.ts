import { expect, test } from 'vitest';
import {
  decodeLine,
  encodeLine,
  laterFacts,
  latestMoment,
  momentAfter,
} from '../../src/change/ledger-line.ts';
import { factsOf, lineOf } from './examples.ts';

test('a line has the members of the format, null where they do not apply', () => {
  const text = encodeLine(lineOf('a', 0));
  expect(text.endsWith('}\n')).toBe(true);
  expect(Object.keys(JSON.parse(text))).toEqual([
    'id',
    'at',
    'tenant',
    'clientAppKey',
    'asked',
    'topic',
    'fingerprint',
    'notBefore',
    'notAfter',
    'environments',
    'environment',
    'team',
    'by',
    'owner',
    'ticket',
    'sentAs',
    'outcome',
    'of',
  ]);
  expect(decodeLine(text)).toEqual(lineOf('a', 0));
});

test('a proof also tells whether the app was confirmed', () => {
  const proof = lineOf('a', 0, { asked: 'prove', outcome: 'approved', appConfirmed: true });
  expect(JSON.parse(encodeLine(proof))).toMatchObject({ appConfirmed: true });
  expect(decodeLine(encodeLine(proof))).toEqual(proof);
});

test('a set keeps the objections that were known to it', () => {
  const forced = lineOf('a', 0, { against: ['topic-mismatch', 'key-too-weak'] });
  expect(JSON.parse(encodeLine(forced))).toMatchObject({
    against: ['topic-mismatch', 'key-too-weak'],
  });
  expect(decodeLine(encodeLine(forced))).toEqual(forced);
});

test.each([
  'private-key-missing',
  'key-mismatch',
  'not-a-push-certificate',
  'push-kind-unsupported',
  'topic-mismatch',
  'topic-missing',
  'environment-mismatch',
  'issuer-not-apple',
  'key-too-weak',
  'key-type-unsupported',
] as const)('the objection %s is written, and read again', (code) => {
  const forced = lineOf('a', 0, { against: [code] });
  expect(decodeLine(encodeLine(forced))).toEqual(forced);
});

test('no member that is not of the format is written, such as a secret that came along', () => {
  const given = {
    ...lineOf('a', 0),
    password: 'hunter2',
    p12: 'MIIhunter2',
    team: { id: 'ABCDE12345', name: 'Example Ltd', key: 'hunter2' },
  };
  expect(encodeLine(given)).not.toContain('hunter2');
});

test('a later line repeats the facts, and names the first', () => {
  const sent = lineOf('a', 0);
  const unknown = { ...lineOf('b', 1), ...laterFacts(sent, { outcome: 'unknown' }) };
  expect(laterFacts(unknown, { outcome: 'done', sentAs: 'form' })).toEqual(
    factsOf({ outcome: 'done', sentAs: 'form', of: 'a' }),
  );
});

test.each<[string, object]>([
  ['no id', { id: undefined }],
  ['an empty id', { id: '' }],
  ['no tenant', { tenant: null }],
  ['a tenant that is no URL', { tenant: 'acme: [' }],
  ['a tenant with a path', { tenant: 'https://acme.id.cyberark.cloud/x' }],
  ['a tenant with the name of a user', { tenant: 'https://acme.example@evil.example' }],
  ['a tenant with a password', { tenant: 'https://ada:words@acme.example' }],
  ['a tenant over plain http', { tenant: 'http://acme.id.cyberark.cloud' }],
  ['a time without milliseconds', { at: '2027-03-01T08:00:00Z' }],
  ['a time of another zone', { at: '2027-03-01T08:00:00.000+01:00' }],
  ['an expiry with a NUL, which Date takes', { notAfter: '2\u000027-12-24T13:29:19Z' }],
  ['an expiry in words', { notAfter: 'Dec 24 2027' }],
  ['an expiry without a zone', { notAfter: '2027-12-24T13:29:19' }],
  ['an outcome of a proof', { outcome: 'approved' }],
  ['a word that nobody knows', { asked: 'revoke' }],
  ['a stage that is no number', { asked: 'alert', outcome: 'soon' }],
  ['a fingerprint in capitals', { fingerprint: 'AB'.repeat(32) }],
  ['an end that is no date', { notAfter: 'soon' }],
  ['an objection that nobody knows', { against: ['topic-mismatch', 'too-blue'] }],
  ['an objection that its dates tell', { against: ['certificate-expired'] }],
])('a line with %s is damaged', (_what, change) => {
  expect(decodeLine(JSON.stringify({ ...lineOf('a', 0), ...change }))).toBeNull();
});

test('a line of a later version, with more members, is read', () => {
  expect(decodeLine(JSON.stringify({ ...lineOf('a', 0), color: 'blue' }))).toEqual(lineOf('a', 0));
});

test('a moment is later than every one before, up to the last that there is', () => {
  expect(momentAfter(5, undefined)).toBe(5);
  expect(momentAfter(5, 4)).toBe(5);
  expect(momentAfter(5, 5)).toBe(6);
  expect(momentAfter(5, 100)).toBe(101);
  expect(momentAfter(5, latestMoment)).toBe(latestMoment);
  const line = { ...lineOf('a', 0), at: new Date(latestMoment).toISOString() };
  expect(decodeLine(encodeLine(line))).toEqual(line);
});
