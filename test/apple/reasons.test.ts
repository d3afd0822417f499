import { describe, expect, test } from 'vitest';
import { explainAnswer } from '../../src/apple/failure.ts';
import { reasons } from '../../src/emulator/apns/judge-push.ts';

const answer = { status: 400, reason: null, apnsId: null, timestamp: null };

describe('an answer is explained', () => {
  test.each([
    ['success', { status: 200, apnsId: 'A0B1' }, 'APNs took the push.'],
    [
      'success of another server',
      { status: 200 },
      'APNs gave no apns-id (HTTP 200). APNs always gives one: this may be another server.',
    ],
    ['a reason', { reason: 'PayloadEmpty' }, 'APNs answered PayloadEmpty (HTTP 400). The payload is empty.'],
    [
      'a date',
      { status: 410, reason: 'ExpiredToken', timestamp: '2025-10-20T22:40:00.000Z' },
      'APNs answered ExpiredToken (HTTP 410) since 2025-10-20T22:40:00.000Z. The device token has expired. Register the new one that the app gets when it starts.',
    ],
    ['a reason in a GOAWAY', { status: null, reason: 'Shutdown' }, /^APNs answered Shutdown\. APNs is /],
    ['a reason that is new', { status: 418, reason: 'Teapot' }, 'APNs answered Teapot (HTTP 418).'],
    [
      'a reason named like a member of every object',
      { reason: 'constructor' },
      'APNs answered constructor (HTTP 400).',
    ],
    [
      'a reason that moves the cursor',
      { reason: 'a\u001b[2J\n' },
      'APNs answered a\\u001b[2J\\u000a (HTTP 400).',
    ],
    [
      'no reason',
      { status: 404 },
      'APNs gave no reason (HTTP 404). APNs always gives one: this may be another server.',
    ],
  ])('%s', (_case, given, expected) => {
    const explanation = explainAnswer({ ...answer, ...given });
    if (typeof expected === 'string') expect(explanation).toBe(expected);
    else expect(explanation).toMatch(expected);
  });

  test.each(Object.entries(reasons))('%s', (reason, status) => {
    const [head, ...meaning] = explainAnswer({ ...answer, status, reason }).split('. ');
    expect(head).toBe(`APNs answered ${reason} (HTTP ${status})`);
    expect(meaning.join('. ')).toMatch(/^[A-Z].{10,}\.$/);
  });
});
