import { describe, expect, test } from 'vitest';
import { openBrowser } from './browser.ts';
import { startTenant, whoAmIStatus } from './local-tenant.ts';
import { callSecurity, type SecurityAnswer, startAuthentication } from './security-session.ts';

type Tenant = Awaited<ReturnType<typeof startTenant>>;

const manual = { autoApprove: false };

async function begin(emulator: Tenant, user: string): Promise<{ sessionId: string; address: string }> {
  const { result } = await startAuthentication(emulator, user);
  return { sessionId: String(result.IdpLoginSessionId), address: String(result.IdpRedirectShortUrl) };
}

function status(emulator: Tenant, sessionId: string): Promise<SecurityAnswer> {
  return callSecurity(emulator.url, '/Security/OobAuthStatus', { SessionId: sessionId });
}

function answerPin(emulator: Tenant, sessionId: string, pin: string): Promise<SecurityAnswer> {
  return callSecurity(emulator.url, '/Security/AdvanceAuthentication', {
    SessionId: sessionId,
    MechanismId: 'OOBAUTHPIN',
    Action: 'Answer',
    Answer: pin,
  });
}

const failure = { success: false, result: { Summary: 'Failure' } };

describe('a federated person', () => {
  test.each([
    ['federated@example.com', false],
    ['pin@example.com', true],
  ])('%s is sent to the identity provider; a PIN is needed: %s', async (user, pin) => {
    const emulator = await startTenant(manual);
    const { result } = await startAuthentication(emulator, user);
    const address = expect.stringMatching(`^${emulator.url}/emulator/idp/[\\w-]{16}$`);
    expect(result).toEqual({
      IdpRedirectUrl: address,
      IdpRedirectShortUrl: address,
      IdpShortUrlId: expect.stringMatching(/^[\w-]{16}$/),
      IdpLoginSessionId: expect.stringMatching(/^[\w-]{32}$/),
      IdpOobAuthPinRequired: pin,
      TenantId: 'EMU0001',
    });
  });

  test('is told of no session that a client could wait for, where it does not say that it can', async () => {
    const emulator = await startTenant(manual);
    const { result } = await startAuthentication(emulator, 'federated@example.com', {}, {});
    expect(Object.keys(result)).toEqual(['IdpRedirectUrl', 'TenantId']);
  });

  test('signs in at the page, after a wrong password, and the client finds the session once', async () => {
    const emulator = await startTenant(manual);
    const { sessionId, address } = await begin(emulator, 'federated@example.com');
    expect((await status(emulator, sessionId)).result).toEqual({ State: 'Pending' });
    const browser = openBrowser();
    const page = await browser.open(address);
    expect(page.html).toContain('<strong>federated@example.com</strong>');
    expect(page.policy).toMatch("default-src 'none'");
    const again = await browser.submit(page, { password: 'wrong' });
    expect(again.html).toContain('<p role="alert">The password is not correct.</p>');
    expect((await status(emulator, sessionId)).result).toEqual({ State: 'Pending' });
    const done = await browser.submit(again, { password: emulator.administrator.password });
    expect(done.html).toContain('<h1>You are signed in</h1>');
    const { result } = await status(emulator, sessionId);
    expect(result).toMatchObject({ State: 'Success', User: 'federated@example.com', TokenLifetime: 3600 });
    expect(await whoAmIStatus(emulator, String(result.Token))).toBe(200);
    expect(await status(emulator, sessionId)).toMatchObject(failure);
  });

  test('enters the PIN that the page shows', async () => {
    const emulator = await startTenant(manual);
    const { sessionId, address } = await begin(emulator, 'pin@example.com');
    const browser = openBrowser();
    const page = await browser.open(address);
    const done = await browser.submit(page, { password: emulator.administrator.password });
    const [, pin = ''] = /<strong id="pin">(\d{6})<\/strong>/.exec(done.html) ?? [];
    expect((await status(emulator, sessionId)).result).toEqual({ State: 'Pending' });
    const { result } = await answerPin(emulator, sessionId, pin);
    expect(result).toMatchObject({ Summary: 'LoginSuccess', User: 'pin@example.com' });
    expect(await whoAmIStatus(emulator, String(result.Token))).toBe(200);
    expect(await answerPin(emulator, sessionId, pin)).toMatchObject(failure);
  });

  test('with a wrong PIN has to begin again', async () => {
    const emulator = await startTenant(manual);
    const { sessionId, address } = await begin(emulator, 'pin@example.com');
    const browser = openBrowser();
    const done = await browser.submit(await browser.open(address), {
      password: emulator.administrator.password,
    });
    const [, pin = ''] = /<strong id="pin">(\d{6})<\/strong>/.exec(done.html) ?? [];
    expect(await answerPin(emulator, sessionId, `${pin}0`)).toMatchObject(failure);
    expect(await answerPin(emulator, sessionId, pin)).toMatchObject(failure);
  });

  test.each(['federated@example.com', 'pin@example.com'])(
    '%s has no PIN before the page is done',
    async (user) => {
      const emulator = await startTenant(manual);
      const { sessionId } = await begin(emulator, user);
      expect(await answerPin(emulator, sessionId, '')).toMatchObject(failure);
    },
  );

  test('is signed in by opening the page, where the emulator approves by itself', async () => {
    const emulator = await startTenant({ autoApprove: true });
    const { sessionId, address } = await begin(emulator, 'federated@example.com');
    await fetch(address);
    expect((await status(emulator, sessionId)).result.State).toBe('Success');
  });

  test('has ten minutes for it', async () => {
    const start = new Date('2026-03-01T12:00:00Z').getTime();
    let minutes = 0;
    const emulator = await startTenant({ ...manual, now: () => new Date(start + minutes * 60_000) });
    const { sessionId, address } = await begin(emulator, 'federated@example.com');
    minutes = 10;
    const page = await fetch(address);
    expect(page.status).toBe(404);
    expect(await page.text()).toContain('<h1>This sign-in has expired</h1>');
    expect(await status(emulator, sessionId)).toMatchObject(failure);
  });
});
