import { expect, test } from 'vitest';
import { defaultWarnDays } from '../../../src/checks/validity.ts';
import { tagOfValidity } from '../../../src/emulator/browser/shown.ts';

const now = Date.parse('2026-11-25T12:00:00Z');
const hour = 60 * 60 * 1000;

test.each([
  [defaultWarnDays + 1, 'ok', '31 days left'],
  [defaultWarnDays, 'warn', '30 days left'],
  [1, 'warn', '1 day left'],
  [0, 'warn', '0 days left'],
  [-1, 'bad', 'expired'],
])('a certificate with %i days left is tagged as inspect and status judge it', (days, tone, words) => {
  const notAfter = new Date(now + (days * 24 + 1) * hour).toISOString();
  expect(tagOfValidity({ notAfter, fault: null }, now)).toEqual([tone, words]);
});

test('a certificate that cannot be opened is tagged as such', () => {
  expect(tagOfValidity({ notAfter: null, fault: null }, now)).toEqual(['bad', 'cannot be opened']);
});

test('a certificate with which no push arrives is tagged as such', () => {
  const notAfter = new Date(now + hour).toISOString();
  expect(tagOfValidity({ notAfter, fault: 'It is no push certificate.' }, now)).toEqual([
    'bad',
    'cannot push',
  ]);
});
