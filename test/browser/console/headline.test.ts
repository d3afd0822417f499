import { expect, test } from 'vitest';
import { defaultWarnDays } from '../../../src/checks/validity.ts';
import type {
  ConsoleCertificate,
  ConsoleChallenge,
  ConsolePhone,
  ConsoleState,
} from '../../../src/emulator/browser/console/state.ts';
import { canPush, headlineOf, validityMark } from '../../../src/emulator/browser/shown.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const inMinutes = (minutes: number): string => new Date(now + minutes * 60_000).toISOString();
const inDays = (days: number): string => inMinutes(days * 24 * 60);

const certificate: ConsoleCertificate = {
  ...{ clientAppKey: 'key', topic: 'com.example.app', isUsed: true, set: null, against: [] },
  ...{ notAfter: inDays(217.5), environments: [] },
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
  ...{ user: 'uma', openedAt: inMinutes(-1), expiresAt: inMinutes(4), verdict: 'Pending' },
  pushes: [{ phone: 'iPhone', status: 200, reason: null }],
};

interface Changes {
  readonly certificates?: readonly ConsoleCertificate[];
  readonly phones?: readonly ConsolePhone[];
  readonly challenges?: readonly ConsoleChallenge[];
}

const listOf = <Item>(...items: readonly Item[]) => ({ total: items.length, items });

const stateOf = ({
  certificates = [certificate],
  phones = [phone],
  challenges = [],
}: Changes): ConsoleState => ({
  ...{
    run: 'r',
    now: inMinutes(0),
    certificates,
    requests: listOf(),
    answers: listOf(),
    scripted: [],
  },
  people: listOf({ user: 'uma', kind: 'user', phones: listOf(...phones) }),
  phones: {
    total: phones.length,
    reachable: phones.filter(({ isReachable }) => isReachable).length,
  },
  challenges: listOf(...challenges),
});

const of = (changes: Partial<ConsoleCertificate>) => ({
  certificates: [{ ...certificate, ...changes }],
});
const asked = (changes: Partial<ConsoleChallenge>) => ({
  challenges: [{ ...waiting, ...changes }],
});
const noPush = { code: 'topic-missing', message: 'It is no push.' };
const gone = { phone: 'iPhone', status: 410, reason: 'Unregistered' };
const unanswered = { phone: 'iPhone', status: null, reason: 'no connection' };
const taken = { phone: 'iPad', status: 200, reason: null };
const usual =
  'com.example.app can push for 217 more days | 1 phone enrolled. A phone in the browser rings only while it is open.';
const toOpen = 'No phone is enrolled yet. Open one here, or enroll one with mfa-cli device enroll.';

test.each<[string, Changes]>([
  [
    'No push certificate is set | Set one from a terminal:  | mfa-cli apns set cert.p12',
    { certificates: [] },
  ],
  [
    'No push certificate is in use | The key in use was deleted. Set one to push again.',
    of({ isUsed: false }),
  ],
  [usual, {}],
  [
    `com.example.app can push for 1 more day | ${toOpen}`,
    { ...of({ notAfter: inDays(1.2) }), phones: [] },
  ],
  [
    'com.example.app can push for 0 more days | No enrolled phone has a device token yet.',
    { ...of({ notAfter: inDays(0.2) }), phones: [{ ...phone, isReachable: false }] },
  ],
  [
    'Pushes for com.example.app will not reach phones | The certificate has expired.',
    { ...of({ notAfter: inDays(-3.5) }), phones: [phone, phone] },
  ],
  [
    'Pushes for com.example.app will not reach phones | It cannot be opened.',
    of({ notAfter: null }),
  ],
  [
    'Pushes for com.example.app will not reach phones | It is no push. [topic-missing]',
    of({ against: [noPush] }),
  ],
  ['A push is waiting for an answer | uma, iPhone', asked({})],
  ['A push is waiting for an answer | uma', asked({ pushes: [] })],
  ['2 pushes are waiting for an answer | uma, iPhone', { challenges: [waiting, waiting] }],
  ['The push did not arrive | uma: 410 Unregistered', asked({ pushes: [gone] })],
  ['The push did not arrive | uma: no connection', asked({ pushes: [unanswered] })],
  ['A push is waiting for an answer | uma, iPad', asked({ pushes: [gone, taken] })],
  [
    'uma approved the sign-in | 1 phone enrolled. A phone in the browser rings only while it is open.',
    asked({ verdict: 'Approved' }),
  ],
  [
    'uma denied the sign-in | 1 phone enrolled. A phone in the browser rings only while it is open.',
    asked({ verdict: 'Denied' }),
  ],
  [usual, asked({ verdict: 'Approved', openedAt: inMinutes(-6) })],
  [usual, asked({ expiresAt: inMinutes(0) })],
])('the console says first: %s', (expected, changes) => {
  expect(Object.values(headlineOf(stateOf(changes), now)).join(' | ')).toBe(expected);
});

test.each<
  [days: number | null, against: ConsoleCertificate['against'], tone: string, words: string]
>([
  [defaultWarnDays + 1, [], 'ok', '31 days left'],
  [defaultWarnDays, [], 'warn', '30 days left'],
  [1, [], 'warn', '1 day left'],
  [0, [], 'warn', '0 days left'],
  [-1, [], 'bad', 'expired'],
  [null, [], 'bad', 'cannot be opened'],
  [1, [noPush], 'bad', 'cannot push'],
])(
  'a certificate with %j days left, %j, is tagged as inspect and status judge it',
  (days, against, tone, words) => {
    const notAfter = days === null ? null : inMinutes((days * 24 + 1) * 60);
    expect(validityMark({ notAfter, against }, now)).toEqual({ tone, words });
  },
);

test.each<[boolean, Changes]>([
  [true, {}],
  [true, of({ notAfter: inDays(0.2) })],
  [false, { certificates: [] }],
  [false, of({ isUsed: false })],
  [false, of({ notAfter: null })],
  [false, of({ notAfter: inDays(-1) })],
  [false, of({ against: [noPush] })],
])('a phone is good news: %s', (expected, changes) => {
  expect(canPush(stateOf(changes), now)).toBe(expected);
});
