import { describe, expect, test } from 'vitest';
import { defaultWarnDays } from '../../../src/checks/validity.ts';
import type {
  ConsoleCertificate,
  ConsoleChallenge,
  ConsolePhone,
  ConsoleState,
} from '../../../src/emulator/browser/console/state.ts';
import { headlineOf, tagOfValidity, visible } from '../../../src/emulator/browser/shown.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const inMinutes = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();
const inDays = (days: number): string => inMinutes(days * 24 * 60);

const certificate: ConsoleCertificate = {
  clientAppKey: 'key',
  topic: 'com.example.app',
  isUsed: true,
  set: null,
  notAfter: inDays(217.5),
  environments: [],
  fault: null,
};
const phone: ConsolePhone = {
  udid: 'U-1',
  name: 'iPhone',
  os: 'ios',
  osVersion: '18',
  isReachable: true,
  hasCodes: true,
};
const waiting: ConsoleChallenge = {
  id: '1',
  user: 'uma',
  openedAt: inMinutes(-1),
  expiresAt: inMinutes(4),
  verdict: 'Pending',
  pushes: [{ phone: 'iPhone', status: 200, reason: null }],
};

function stateOf(
  changes: {
    certificates?: readonly ConsoleCertificate[];
    phones?: readonly ConsolePhone[];
    challenges?: readonly ConsoleChallenge[];
  } = {},
): ConsoleState {
  const { certificates = [certificate], phones = [phone], challenges = [] } = changes;
  const none = { total: 0, items: [] };
  return {
    ...{
      run: 'r',
      now: new Date(now).toISOString(),
      certificates,
      requests: none,
      answers: none,
      scripted: [],
    },
    people: {
      total: 1,
      items: [{ user: 'uma', kind: 'user', phones: { total: phones.length, items: phones } }],
    },
    phones: { total: phones.length, reachable: phones.filter(({ isReachable }) => isReachable).length },
    challenges: { total: challenges.length, items: challenges },
  };
}

const sentence = (changes: Parameters<typeof stateOf>[0]): string => {
  const { sentence, lead } = headlineOf(stateOf(changes), now);
  return `${sentence} | ${lead}`;
};

describe('the console says first', () => {
  test.each<[string, Parameters<typeof stateOf>[0]]>([
    ['No push certificate is set yet | mfa-cli apns set gives the tenant one.', { certificates: [] }],
    [
      'No push certificate is set yet | The one that was set last has been deleted.',
      { certificates: [{ ...certificate, isUsed: false }] },
    ],
    ['com.example.app can push for 217 more days | 1 phone can be reached.', {}],
    [
      'com.example.app can push for 1 more day | No phone is enrolled yet: open one here, or enroll one with mfa-cli device enroll.',
      { certificates: [{ ...certificate, notAfter: inDays(1.2) }], phones: [] },
    ],
    [
      'The certificate for com.example.app expires within a day | No phone can be reached yet.',
      {
        certificates: [{ ...certificate, notAfter: inDays(0.2) }],
        phones: [{ ...phone, isReachable: false }],
      },
    ],
    [
      'The certificate for com.example.app expired 3 days ago | 2 phones can be reached.',
      { certificates: [{ ...certificate, notAfter: inDays(-2.5) }], phones: [phone, phone] },
    ],
    [
      'The certificate for com.example.app cannot be opened | 1 phone can be reached.',
      { certificates: [{ ...certificate, notAfter: null }] },
    ],
    [
      'The certificate for com.example.app cannot push | It is no push certificate.',
      { certificates: [{ ...certificate, fault: 'It is no push certificate.' }] },
    ],
    ['A push awaits an answer | uma, iPhone', { challenges: [waiting] }],
    ['A push awaits an answer | uma', { challenges: [{ ...waiting, pushes: [] }] }],
    ['2 pushes await an answer | uma, iPhone', { challenges: [waiting, { ...waiting, id: '2' }] }],
    [
      'The push did not arrive | uma: 410 Unregistered',
      { challenges: [{ ...waiting, pushes: [{ phone: 'iPhone', status: 410, reason: 'Unregistered' }] }] },
    ],
    [
      'The push did not arrive | uma: no connection',
      { challenges: [{ ...waiting, pushes: [{ phone: 'iPhone', status: null, reason: 'no connection' }] }] },
    ],
    [
      'A push awaits an answer | uma, iPad',
      {
        challenges: [
          {
            ...waiting,
            pushes: [
              { phone: 'iPhone', status: 410, reason: 'Unregistered' },
              { phone: 'iPad', status: 200, reason: null },
            ],
          },
        ],
      },
    ],
    [
      'uma approved the sign-in | 1 phone can be reached.',
      { challenges: [{ ...waiting, verdict: 'Approved' }] },
    ],
    ['uma denied the sign-in | 1 phone can be reached.', { challenges: [{ ...waiting, verdict: 'Denied' }] }],
    [
      'com.example.app can push for 217 more days | 1 phone can be reached.',
      { challenges: [{ ...waiting, verdict: 'Approved', openedAt: inMinutes(-6) }] },
    ],
    [
      'com.example.app can push for 217 more days | 1 phone can be reached.',
      { challenges: [{ ...waiting, expiresAt: inMinutes(0) }] },
    ],
  ])('%s', (expected, changes) => {
    expect(sentence(changes)).toBe(expected);
  });
});

const noon = Date.parse('2026-11-25T12:00:00Z');
const hour = 60 * 60 * 1000;

test.each([
  [defaultWarnDays + 1, 'ok', '31 days left'],
  [defaultWarnDays, 'warn', '30 days left'],
  [1, 'warn', '1 day left'],
  [0, 'warn', '0 days left'],
  [-1, 'bad', 'expired'],
])('a certificate with %i days left is tagged as inspect and status judge it', (days, tone, words) => {
  const notAfter = new Date(noon + (days * 24 + 1) * hour).toISOString();
  expect(tagOfValidity({ notAfter, fault: null }, noon)).toEqual([tone, words]);
});

test('a certificate that cannot be opened is tagged as such', () => {
  expect(tagOfValidity({ notAfter: null, fault: null }, noon)).toEqual(['bad', 'cannot be opened']);
});

test('a certificate with which no push arrives is tagged as such', () => {
  const notAfter = new Date(noon + hour).toISOString();
  expect(tagOfValidity({ notAfter, fault: 'It is no push certificate.' }, noon)).toEqual([
    'bad',
    'cannot push',
  ]);
});

test.each([
  ['plain', 'Uma’s iPhone 15 – هاتف', 'Uma’s iPhone 15 – هاتف'],
  ['an override', 'a\u202egnp.exe', 'a\\u{202e}gnp.exe'],
  ['isolates and marks', '\u2066x\u2069\u200e\u061c', '\\u{2066}x\\u{2069}\\u{200e}\\u{61c}'],
  ['what has no width', 'a\u200b\ufeff\u00ad\u2060b', 'a\\u{200b}\\u{feff}\\u{ad}\\u{2060}b'],
  ['fillers and tags', '\u3164\u{e0041}', '\\u{3164}\\u{e0041}'],
  ['controls and ends of lines', 'a\r\n\u001b[31m\u2028', 'a\\u{d}\\u{a}\\u{1b}[31m\\u{2028}'],
  ['emoji of several', '👩‍💻 🏳️‍🌈 👍🏽', '👩‍💻 🏳️‍🌈 👍🏽'],
  ['a joiner without emoji', 'a\u200db', 'a\\u{200d}b'],
  ['blanks and nothing else', ' \u3000', '\\u{20}\\u{3000}'],
  ['markup, which is the element’s to escape', '<img onerror>', '<img onerror>'],
])('of %s nothing is hidden', (_name, text, shown) => {
  expect(visible(text)).toBe(shown);
});
