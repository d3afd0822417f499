import { describe, expect, test } from 'vitest';
import { CliError } from '../../../src/errors/cli-error.ts';
import { startTenant, whoAmIStatus } from '../../emulator/local-tenant.ts';
import { codeFor, type Played, play, type Script, tap } from './scripted-person.ts';

const manual = { autoApprove: false };
const password = 'admin-password';
type Tenant = Awaited<ReturnType<typeof startTenant>>;

function failureOf({ error }: Played): string {
  if (error instanceof CliError) return `${error.code}: ${error.message}`;
  throw error ?? new Error('no failure');
}

async function expectSession(emulator: Tenant, { signedIn, error }: Played): Promise<void> {
  if (signedIn === null) throw error;
  expect(await whoAmIStatus(emulator, signedIn.token.reveal())).toBe(200);
}

describe('a person signs in without an application', () => {
  test('by a password alone', async () => {
    const emulator = await startTenant(manual);
    const played = await play(emulator.url, 'admin@example.com', { answers: [password] });
    await expectSession(emulator, played);
    expect(played.told).toEqual(['Enter Password']);
    expect(played.signedIn).toMatchObject({
      user: 'admin@example.com',
      lifetime: 3600,
      tenant: emulator.url,
    });
  });

  test('where the session comes only as a cookie', async () => {
    const emulator = await startTenant({ ...manual, assumptions: { 'session-bearer': 'cookie' } });
    const played = await play(emulator.url, 'admin@example.com', { answers: [password] });
    await expectSession(emulator, played);
    expect(played.signedIn?.lifetime).toBeNull();
  });

  test('by a push: the number is shown, and the right one on the phone signs in', async () => {
    const emulator = await startTenant(manual);
    const user = 'push@example.com';
    const played = await play(emulator.url, user, {
      answers: [password],
      elsewhere: (told) =>
        tap(emulator, user, 'approve', { Number: /\d+$/.exec(told.at(-2) ?? '')?.[0] ?? '' }),
    });
    await expectSession(emulator, played);
    expect(played.told).toEqual([
      'Enter Password',
      expect.stringMatching(/^The number to choose on your phone: \d\d$/),
      'A request was sent to your Mobile Authenticator. Approve it there, or enter its code here.',
    ]);
  });

  test.each(['push', 'oath', 'sms', 'email'])('%s: a code that is typed comes first', async (name) => {
    const emulator = await startTenant(manual);
    const user = `${name}@example.com`;
    const played = await play(emulator.url, user, {
      answers: [password],
      codes: [() => codeFor(emulator, user)],
    });
    await expectSession(emulator, played);
  });

  test('an empty code is no answer: the question comes again', async () => {
    const emulator = await startTenant(manual);
    const user = 'sms@example.com';
    const played = await play(emulator.url, user, {
      answers: [password],
      codes: ['', '  ', () => codeFor(emulator, user)],
    });
    await expectSession(emulator, played);
    expect(played.told.filter((words) => words.startsWith('A text was sent'))).toHaveLength(3);
  });

  test('by a phone call, which has no code', async () => {
    const emulator = await startTenant(manual);
    const user = 'phone@example.com';
    const played = await play(emulator.url, user, {
      answers: [password],
      elsewhere: () => tap(emulator, user, 'approve'),
    });
    await expectSession(emulator, played);
    expect(played.told).toEqual([
      'Enter Password',
      'Your phone ending in 0100 will ring. Follow the instructions.',
      '(no longer)',
    ]);
  });

  test('chooses one mechanism of each challenge, of those that a terminal has', async () => {
    const emulator = await startTenant(manual);
    const user = 'mfa@example.com';
    const played = await play(emulator.url, user, {
      answers: [password],
      choices: ['Email... @example.com'],
      codes: [() => codeFor(emulator, user)],
    });
    await expectSession(emulator, played);
    expect(played.told[1]).toBe(
      '2/2: Mobile Authenticator, OATH OTP Client, SMS... XXX-0100, Email... @example.com, Phone Call... XXX-0100',
    );
  });

  test('goes through a second package of challenges', async () => {
    const emulator = await startTenant(manual);
    const user = 'again@example.com';
    const played = await play(emulator.url, user, {
      answers: [password],
      choices: ['OATH OTP Client'],
      codes: [() => codeFor(emulator, user)],
    });
    await expectSession(emulator, played);
    expect(played.told[1]).toBe('1/1: OATH OTP Client, Email... @example.com');
  });

  test('at the host that the tenant names in its own place', async () => {
    const emulator = await startTenant(manual);
    const played = await play(emulator.url, 'elsewhere@example.com', { answers: [password] });
    await expectSession(emulator, played);
    expect(played.signedIn?.tenant).toBe(emulator.url.replace('127.0.0.1', 'localhost'));
  });
});

describe('a federated person signs in', () => {
  const signInThere =
    (emulator: Tenant) =>
    async (address: string): Promise<void> => {
      const body = new URLSearchParams({ password: emulator.administrator.password });
      await fetch(address, { method: 'POST', body });
    };

  test('in the browser, while the tenant is polled', async () => {
    const emulator = await startTenant(manual);
    const played = await play(emulator.url, 'federated@example.com', { page: signInThere(emulator) });
    await expectSession(emulator, played);
    expect(played.told).toEqual([
      expect.stringContaining(`page ${emulator.url}/emulator/idp/`),
      'Waiting for the browser',
      '(no longer)',
    ]);
  });

  test('with the PIN that the browser shows; a wrong one begins anew', async () => {
    const emulator = await startTenant(manual);
    let pin = '';
    const page = async (address: string): Promise<void> => {
      const body = new URLSearchParams({ password: emulator.administrator.password });
      const shown = await (await fetch(address, { method: 'POST', body })).text();
      pin = /\b\d{6}\b/.exec(shown.replace(/<style.*?<\/style>/s, ''))?.[0] ?? '';
    };
    const played = await play(emulator.url, 'pin@example.com', { page, answers: ['000', async () => pin] });
    await expectSession(emulator, played);
    expect(played.told.filter((words) => words.startsWith('page '))).toHaveLength(2);
  });
});

describe('a sign-in that does not succeed', () => {
  test('a wrong password begins anew, and the third ends it', async () => {
    const emulator = await startTenant(manual);
    const once = await play(emulator.url, 'admin@example.com', { answers: ['hunter2-wrong', password] });
    await expectSession(emulator, once);
    expect(once.told).toEqual([
      'Enter Password',
      '✗ Not signed in: Authentication (login or challenge) has failed. Please try again or contact your system administrator.',
      'It begins again; 2 tries left.',
      'Enter Password',
    ]);
    const thrice = await play(emulator.url, 'admin@example.com', { answers: ['no-1', 'no-2', 'no-3'] });
    expect(failureOf(thrice)).toBe(
      `sign-in-failed: ${emulator.url} did not sign admin@example.com in: Authentication (login or challenge) has failed. Please try again or contact your system administrator`,
    );
  });

  test('somebody who is locked out is told so in the tenant’s words', async () => {
    const emulator = await startTenant(manual);
    const wrong = { answers: ['1', '2', '3'] };
    await play(emulator.url, 'admin@example.com', wrong);
    await play(emulator.url, 'admin@example.com', wrong);
    const right = { answers: [password, password, password] };
    expect(failureOf(await play(emulator.url, 'admin@example.com', right))).toContain('sign-in-failed: ');
  });

  test('a push that is denied begins anew', async () => {
    const emulator = await startTenant(manual);
    const user = 'push@example.com';
    let taps = 0;
    const played = await play(emulator.url, user, {
      answers: [password, password],
      elsewhere: (told) =>
        ++taps === 1
          ? tap(emulator, user, 'deny')
          : tap(emulator, user, 'approve', { Number: /\d+$/.exec(told.at(-2) ?? '')?.[0] ?? '' }),
    });
    await expectSession(emulator, played);
  });

  test.each<[string, Script]>([
    ['phone@example.com', {}],
    ['sms@example.com', {}],
  ])('%s who never answers ends it in time', async (user, script) => {
    const emulator = await startTenant(manual);
    const played = await play(emulator.url, user, { ...script, answers: [password], patience: 1500 });
    expect(failureOf(played)).toBe('sign-in-timed-out: Nobody answered the challenge in time');
  });

  test('a security key alone cannot be used here', async () => {
    const emulator = await startTenant(manual);
    expect(failureOf(await play(emulator.url, 'key@example.com', { answers: [password] }))).toBe(
      'sign-in-failed: The tenant asks for FIDO2 Security Key, which a terminal cannot provide',
    );
  });

  test('an interrupt ends the polling', async () => {
    const emulator = await startTenant(manual);
    const stop = new AbortController();
    const played = await play(emulator.url, 'phone@example.com', {
      answers: [password],
      signal: stop.signal,
      elsewhere: async () => stop.abort(new CliError('interrupted', 'Interrupted')),
    });
    expect(failureOf(played)).toBe('interrupted: Interrupted');
  });
});
