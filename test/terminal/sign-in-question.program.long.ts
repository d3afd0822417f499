import { describe, expect, test } from 'vitest';
import { freePort } from '../../scripts/free-port.mjs';
import { cleanEnvironment, ctrlC, enter, openTerminal, runProgram } from '../support/process.ts';
import { isMissing } from '../support/tools.ts';
import { decide, startVendorTenant } from '../support/vendor-tenant.ts';

/** At the terminal's width the warning may be broken at any space. */
const said =
  /the\s+tenant's\s+or\s+a\s+forged\s+one:\s+access_denied:\s+User\s+denied\s+confirmation;\s+press\s+Return\s+to\s+stop\s+if\s+it\s+is\s+the\s+tenant's/;

/** A login in a terminal that waits for the browser. */
async function waiting() {
  const tenant = await startVendorTenant();
  const env = cleanEnvironment();
  const words = [
    'login',
    '--tenant',
    tenant.url,
    '--port',
    String(await freePort()),
    '--no-browser',
  ];
  const terminal = openTerminal(words, env);
  const url = await terminal.read(/http:\/\/127\.0\.0\.1:\d+\/OAuth2\/Authorize\S+/);
  await terminal.read('paste the address');
  return { terminal, url, env, tenant };
}

describe.skipIf(isMissing('script'))(
  'a declined sign-in that nothing proves is told in the terminal',
  () => {
    test('Return stops the sign-in and reports the error of the tenant', async () => {
      const { terminal, url, tenant } = await waiting();
      await decide(url, 'Deny', 'silent');
      await terminal.answer(
        said,
        ['paste the address', enter],
        `✗ ${tenant.url} denied the sign-in: access_denied`,
      );
      expect(await terminal.end()).toMatchObject({ exitCode: 5, restored: true });
    });

    test('otherwise it goes on, and the browser signs in', async () => {
      const { terminal, url, env, tenant } = await waiting();
      await Promise.all([decide(url, 'Deny', 'silent'), decide(url, 'Deny', 'silent')]);
      await terminal.read(said);
      await decide(url, 'Allow');
      await terminal.read('Signed in');
      const { exitCode, restored, raw } = await terminal.end();
      expect([exitCode, restored]).toEqual([0, true]);
      // The last question is erased: nobody answered it.
      const [after] = raw.slice(raw.lastIndexOf('paste the address')).split('Signed in');
      expect(after).toContain('\u001b[2K');
      const { stdout } = await runProgram(['profile', 'show', '--json'], env);
      expect(JSON.parse(stdout).session.tenant).toBe(tenant.url);
    });

    test.each([
      ['Ctrl-C', ctrlC],
      ['Ctrl-D', '\u0004'],
    ])('%s ends with 130', async (_name, key) => {
      const { terminal, url } = await waiting();
      await decide(url, 'Deny', 'silent');
      await terminal.read(said);
      await terminal.read('paste the address');
      terminal.type(key);
      expect(await terminal.end()).toMatchObject({ exitCode: 130, restored: true });
    });

    test('pasted, it ends the sign-in', async () => {
      const { terminal } = await waiting();
      terminal.type(`http://127.0.0.1:8400/callback?error=access_denied${enter}`);
      expect(await terminal.end()).toMatchObject({ exitCode: 5, restored: true });
    });
  },
);
