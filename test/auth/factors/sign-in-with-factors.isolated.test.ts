import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import type { Emulator } from '../../../src/emulator/tenants.ts';
import { startTenant, whoAmIStatus } from '../../emulator/local-tenant.ts';
import { openEmulator } from '../../support/emulator.ts';
import { codeFor, type Played, play, type Script, tap } from './scripted-person.ts';

vi.mock('node:timers/promises', async (original) =>
  (await import('../hurried.ts')).hurried(original),
);

const password = 'admin-password';
const answers = [password];

let emulator: Emulator;
beforeAll(async () => {
  emulator = await openEmulator({ autoApprove: false });
});
afterAll(() => emulator.close());

async function signIn(name: string, script: Script, at = emulator): Promise<Played> {
  const played = await play(at.url, `${name}@example.com`, script);
  if (played.signedIn === null) throw played.error;
  expect(await whoAmIStatus(at, played.signedIn.token.reveal())).toBe(200);
  return played;
}

const page = async (address: string) => {
  await fetch(address, { method: 'POST', body: new URLSearchParams({ password }) });
};
/** Taps the number that was shown last but one. */
const approve = (name: string) => (told: readonly string[]) =>
  tap(emulator, `${name}@example.com`, 'approve', {
    Number: /\d+$/.exec(told.at(-2) ?? '')?.[0] ?? '',
  });

describe('a person signs in without an application', () => {
  test.each<[string, string, Script, readonly unknown[]]>([
    ['by a password alone', 'admin', { answers }, ['Enter Password']],
    [
      'by a push: the number is shown, and the right one on the phone signs in',
      'push',
      { answers, elsewhere: approve('push') },
      [
        'Enter Password',
        expect.stringMatching(/^Choose this number on your phone: \d\d$/),
        'A request was sent to your Mobile Authenticator. Approve it there, or enter its code here.',
      ],
    ],
    [
      'by a phone call, which has no code',
      'phone',
      { answers, elsewhere: () => tap(emulator, 'phone@example.com', 'approve') },
      [
        'Enter Password',
        'Your phone ending in 0100 will ring. Follow the instructions.',
        '(no longer)',
      ],
    ],
    [
      'in the browser at the identity provider, while the tenant is polled',
      'federated',
      { page },
      [expect.stringContaining('/emulator/idp/'), 'Waiting for the browser', '(no longer)'],
    ],
  ])('%s', async (_case, name, script, told) => {
    expect((await signIn(name, script)).told).toEqual(told);
  });

  test('with another name after each failure, and is offered the one before', async () => {
    const { told, signedIn } = await signIn('oath', {
      answers: ['wrong', 'wrong', password],
      names: ['push@example.com', 'admin@example.com'],
    });
    expect(told.filter((words) => words.startsWith('again '))).toEqual([
      'again oath@example.com?',
      'again push@example.com?',
    ]);
    expect(signedIn?.user).toBe('admin@example.com');
  });

  test('and it is known who, where and for how long', async () => {
    const { signedIn } = await signIn('admin', { answers });
    expect(signedIn).toMatchObject({
      user: 'admin@example.com',
      lifetime: 3600,
      tenant: emulator.url,
    });
    const moved = await signIn('elsewhere', { answers });
    expect(moved.signedIn?.tenant).toBe(emulator.url.replace('127.0.0.1', 'localhost'));
  });

  test('where the session comes only as a cookie', async () => {
    const tenant = await startTenant({
      autoApprove: false,
      assumptions: { 'session-bearer': 'cookie' },
    });
    expect((await signIn('admin', { answers }, tenant)).signedIn?.lifetime).toBeNull();
  });

  test.each(['push', 'oath', 'sms', 'email'])('by a code that is typed: %s', async (name) => {
    await signIn(name, { answers, codes: [() => codeFor(emulator, `${name}@example.com`)] });
  });

  test.each([
    [
      'mfa',
      'Email... @example.com',
      '2/2: Mobile Authenticator, OATH OTP Client, SMS... XXX-0100, Email... @example.com, Phone Call... XXX-0100',
    ],
    ['again', 'OATH OTP Client', '1/1: OATH OTP Client, Email... @example.com'],
  ])(
    'chooses one of what a terminal has, in a second package too: %s',
    async (name, choice, offered) => {
      const codes = [() => codeFor(emulator, `${name}@example.com`)];
      expect((await signIn(name, { answers, choices: [choice], codes })).told[1]).toBe(offered);
    },
  );
});
