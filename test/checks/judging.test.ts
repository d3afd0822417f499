import { describe, expect, test } from 'vitest';
import { oddityOf } from '../../src/checks/client-app-key-in-use.ts';
import {
  areForceable,
  type Finding,
  type FindingCode,
  type FindingLevel,
  finding,
  stopsAt,
} from '../../src/checks/finding.ts';
import { checkIssuer, checkPractice, practiceAuthority } from '../../src/checks/issuer.ts';
import { checkKey } from '../../src/checks/p12-container.ts';
import { checkPurpose } from '../../src/checks/purpose.ts';
import { checkReplacement, checkTopicChange } from '../../src/checks/replaced-certificate.ts';
import { checkValidity, daysLeft, validityOf } from '../../src/checks/validity.ts';

const now = new Date('2027-01-01T12:00:00Z');
const later = (days: number, milliseconds = 0): Date =>
  new Date(now.getTime() + days * 86_400_000 + milliseconds);
const facts = { now };
const without = { certificate: null, chain: [] };

const findingOf = (level: FindingLevel, code: FindingCode = 'topic-mismatch'): Finding => ({
  ...finding(code, 'A sentence.'),
  level,
});

describe('what stops a command', () => {
  test.each<[FindingLevel, 'error' | 'warning', boolean, boolean]>([
    ['error', 'error', false, true],
    ['error', 'warning', false, true],
    ['warning', 'error', false, false],
    ['warning', 'warning', false, true],
    ['info', 'warning', false, false],
    ['error', 'error', true, false],
    ['warning', 'warning', true, false],
  ])('a finding of level %s, from %s on, forced %s: %s', (level, failOn, force, stops) => {
    expect(stopsAt([findingOf('info'), findingOf(level)], { failOn, force })).toBe(stops);
  });

  test('nothing, where there is no finding', () => {
    expect(stopsAt([], { failOn: 'warning', force: false })).toBe(false);
  });

  test('a practice certificate, also by force', () => {
    const practice = [findingOf('error', 'practice-certificate')];
    expect(stopsAt(practice, { failOn: 'error', force: true })).toBe(true);
  });

  test.each<[readonly FindingCode[], FindingLevel, boolean]>([
    [['environment-mismatch', 'multiple-identities'], 'error', true],
    [['topic-mismatch'], 'error', false],
    [['certificate-expired'], 'error', false],
    [['environment-mismatch', 'certificate-expired'], 'error', false],
    [['certificate-expired'], 'warning', true],
    [[], 'error', true],
  ])('%j of level %s can sensibly be forced: %s', (codes, level, expected) => {
    expect(areForceable(codes.map((code) => findingOf(level, code)))).toBe(expected);
  });
});

describe('a file without a certificate', () => {
  test.each([
    ['its key', checkKey],
    ['its issuer', checkIssuer],
    ['its purpose', checkPurpose],
    ['its dates', checkValidity],
  ])('has no finding about %s', (_what, check) => {
    expect(check(without, facts)).toEqual([]);
  });

  test('has none about practice, nor about what it replaces', () => {
    expect(checkPractice(without)).toEqual([]);
    const previous = { fingerprint: 'ab', notAfter: later(900) };
    expect(checkReplacement(without, { previous })).toEqual([]);
  });
});

describe('a topic', () => {
  test.each([
    ['com.example.new', 'com.example.old', ['topic-changes']],
    ['com.example.old', 'com.example.old', []],
    ['com.example.new', null, []],
    [null, 'com.example.old', []],
  ])('%s after %s', (topic, before, codes) => {
    const found = checkTopicChange(topic, before);
    expect(found.map(({ code }) => code)).toEqual(codes);
    for (const { level, message } of found) {
      expect(level).toBe('warning');
      expect(message).toContain('from com.example.old to com.example.new');
    }
  });
});

describe('a certificate made for practice', () => {
  const certificateOf = (issuerCommonName: string | null) =>
    ({ issuerCommonName, issuer: 'CN=x', issuerOrganizationalUnit: null }) as never;

  test('is one by the name of its authority alone', () => {
    const [found] = checkPractice({ certificate: certificateOf(practiceAuthority) });
    expect(found).toMatchObject({ code: 'practice-certificate', level: 'error' });
    expect(found?.message).toContain('is not on this machine');
    expect(checkPractice({ certificate: certificateOf('Another Authority') })).toEqual([]);
    expect(checkPractice({ certificate: certificateOf(null) })).toEqual([]);
  });

  test('is none of Apple, and says where to get one', () => {
    const [found] = checkIssuer(
      { certificate: certificateOf(practiceAuthority), chain: [] },
      facts,
    );
    expect(found).toMatchObject({
      code: 'issuer-not-apple',
      message: expect.stringContaining('practice certificate'),
      hint: expect.stringContaining('from Apple'),
    });
  });
});

describe('the days that are left', () => {
  test.each([
    [later(1), 1],
    [later(1, -1), 0],
    [later(0, 1), 0],
    [later(0), 0],
    [later(0, -1), -1],
    [later(-1), -1],
    [later(-2, 1), -1],
    [later(-2), -2],
  ])('until %s are %i', (notAfter, expected) => {
    expect(daysLeft(notAfter, now)).toBe(expected);
  });

  test.each([
    [later(31), 30, 'valid'],
    [later(31, -1), 30, 'expires-soon'],
    [later(30), 30, 'expires-soon'],
    [later(1), 0, 'valid'],
    [later(0, 1), 0, 'expires-soon'],
    [later(0), 0, 'expires-soon'],
    [later(0, -1), 0, 'expired'],
    [later(-1), 30, 'expired'],
  ])('until %s, within %i: %s', (notAfter, warnDays, state) => {
    expect(validityOf(notAfter, now, warnDays)).toBe(state);
  });
});

describe('a client app key', () => {
  test.each([
    ['com.example.app', null],
    ['my key', null],
    [' com.example.app', 'begins or ends with a space'],
    ['com.example.app ', 'begins or ends with a space'],
    ['com\u0007app', 'contains control characters'],
    ['com.\u202eexample', 'contains control characters'],
  ])('%j is odd: %s', (key, words) => {
    const told = oddityOf(key);
    if (words === null) expect(told).toBeNull();
    else expect(told).toMatch(new RegExp(`^The client app key ".*" ${words}$`));
  });
});
