import { describe, expect, test } from 'vitest';
import { headlineOf } from '../../../src/emulator/browser/console/headline.ts';
import type {
  ConsoleCertificate,
  ConsoleChallenge,
  ConsolePhone,
  ConsoleState,
} from '../../../src/emulator/browser/console/state.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const inMinutes = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();
const inDays = (days: number): string => inMinutes(days * 24 * 60);

const certificate: ConsoleCertificate = {
  clientAppKey: 'key',
  topic: 'com.example.app',
  isUsed: true,
  set: null,
  commonName: null,
  notBefore: inDays(-10),
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
