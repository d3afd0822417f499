import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { cleanEnvironment, enter, openTerminal, runProgram } from '../support/process.ts';
import { isMissing } from '../support/tools.ts';
import { decide, startVendorTenant } from '../support/vendor-tenant.ts';

/** At the terminal's width the warning may be broken at any space. */
const said = /the\s+tenant's\s+or\s+a\s+forged\s+one:\s+access_denied:\s+User\s+denied\s+confirmation/;
const question = 'Stop the sign-in? (Y/n)';

/** A login on a terminal that waits for the browser. */
async function waiting() {
  const tenant = await startVendorTenant();
  const env = cleanEnvironment();
  const words = ['login', '--tenant', tenant.url, '--port', String(await freePort()), '--no-browser'];
  const terminal = openTerminal(words, env);
  const url = await terminal.read(/http:\/\/127\.0\.0\.1:\d+\/OAuth2\/Authorize\S+/);
  await terminal.read('paste the address');
  return { terminal, url, env, tenant };
}

describe.skipIf(isMissing('script'))('a declined sign-in asks at the terminal whether to stop', () => {
  test('Return stops it, with what the tenant said', async () => {
    const { terminal, url, tenant } = await waiting();
    await decide(url, 'Deny');
    await terminal.read(said);
    await terminal.read(question);
    terminal.type(enter);
    await terminal.read(`error: ${tenant.url} denied the sign-in: access_denied`);
    expect(await terminal.end()).toMatchObject({ exitCode: 5, restored: true });
  });

  test('"n" goes on: the address is asked for again, and the browser signs in', async () => {
    const { terminal, url, env, tenant } = await waiting();
    await decide(url, 'Deny');
    await terminal.read(question);
    terminal.type(`n${enter}`);
    await terminal.read('paste the address');
    await decide(url, 'Allow');
    await terminal.read('Signed in');
    expect(await terminal.end()).toMatchObject({ exitCode: 0, restored: true });
    expect(JSON.parse((await runProgram(['profile', 'show', '--json'], env)).stdout).session.tenant).toBe(
      tenant.url,
    );
  });

  test('a right answer wins while it is asked', async () => {
    const { terminal, url } = await waiting();
    await decide(url, 'Deny');
    await terminal.read(question);
    await decide(url, 'Allow');
    await terminal.read('Signed in');
    expect(await terminal.end()).toMatchObject({ exitCode: 0, restored: true });
  });

  test('several ask once at a time', async () => {
    const { terminal, url } = await waiting();
    await Promise.all([decide(url, 'Deny'), decide(url, 'Deny'), decide(url, 'Deny')]);
    await terminal.read(question);
    terminal.type(enter);
    const { exitCode, screen } = await terminal.end();
    expect([exitCode, screen.split(said).length - 1]).toEqual([5, 1]);
  });

  test('pasted, it is understood', async () => {
    const { terminal } = await waiting();
    terminal.type(
      `http://127.0.0.1:8400/callback?error=access_denied&error_description=User%20denied%20confirmation${enter}`,
    );
    await terminal.read(said);
    await terminal.read(question);
    terminal.type(enter);
    expect(await terminal.end()).toMatchObject({ exitCode: 5, restored: true });
  });

  test('without questions it ends by itself', async () => {
    const tenant = await startVendorTenant();
    const words = ['login', '--tenant', tenant.url, '--port', String(await freePort()), '--no-browser'];
    const terminal = openTerminal([...words, '--no-input'], cleanEnvironment());
    const url = await terminal.read(/http:\/\/127\.0\.0\.1:\d+\/OAuth2\/Authorize\S+/);
    await decide(url, 'Deny');
    const { exitCode, screen } = await terminal.end();
    expect([exitCode, screen.includes('Stop the sign-in')]).toEqual([5, false]);
  });
});
