import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { p12Path } from '../support/fixtures.ts';
import {
  cleanEnvironment,
  ctrlC,
  enter,
  openTerminal,
  type PseudoTerminal,
  runProgram,
} from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { settingsOf, startTenant } from '../support/tenant.ts';
import { isMissing } from '../support/tools.ts';

const visitor = fileURLToPath(new URL('../../scripts/visit.mjs', import.meta.url));

/** A directory with two .p12 files, a tenant, and a machine that knows nothing, with a browser that follows redirects. */
async function newcomer() {
  const { emulator, port } = await startTenant();
  const directory = temporaryDirectory();
  copyFileSync(p12Path('01-default-aes256'), join(directory, 'a-cert.p12'));
  copyFileSync(p12Path('30-prod'), join(directory, 'b-cert.pfx'));
  const env = cleanEnvironment({ MFA_CLI_PORT: String(port), BROWSER: `"${process.execPath}" "${visitor}"` });
  return { emulator, directory, env };
}

/** What is asked from an empty configuration on, and what a person answers. */
function dialogue(tenant: string): readonly (readonly [question: string, answer: string])[] {
  return [
    ['Which .p12?', enter],
    ['Password of a-cert.p12', `secret${enter}`],
    ['Client app key', enter],
    ['Sign in now?', `y${enter}`],
    ['Tenant URL or host', `${tenant}${enter}`],
    ['Application ID', enter],
    ['OAuth client ID', enter],
  ];
}

async function answer(
  terminal: PseudoTerminal,
  steps: readonly (readonly [string, string])[],
): Promise<void> {
  for (const [question, keys] of steps) {
    await terminal.read(question);
    terminal.type(keys);
  }
}

describe.skipIf(isMissing('script'))('apns set from an empty configuration', () => {
  test('asks for everything, signs in, sums up, and sends, at 80 columns and 24 lines', async () => {
    const { emulator, directory, env } = await newcomer();
    const terminal = openTerminal(['apns', 'set'], env, directory, 'cols 80 rows 24');
    await answer(terminal, dialogue(emulator.url));
    await terminal.read(/http:\/\/127\.0\.0\.1:\d+\/callback/);
    await terminal.read('Replaces: nothing that this machine set');
    await terminal.read('[issuer-not-apple]');
    await terminal.read('Set 30b8405b (sandbox and production, until 2027-12-24)');
    terminal.type(`y${enter}`);
    await terminal.read('Set the push certificate for com.example.lab');
    expect(await terminal.end()).toMatchObject({ exitCode: 0, restored: true });
    expect(await settingsOf(emulator)).toMatchObject({
      'Mobile.IosCustomApp.ClientAppKey': 'com.example.lab',
    });
    const status = await runProgram(['apns', 'status', '--json'], env);
    expect(JSON.parse(status.stdout).certificates).toHaveLength(1);
  });

  test.each(dialogue('x').map(([question], index) => [question, index] as const))(
    'Ctrl-C at "%s" ends with 130',
    async (question, index) => {
      const { emulator, directory, env } = await newcomer();
      const terminal = openTerminal(['apns', 'set'], env, directory);
      await answer(terminal, dialogue(emulator.url).slice(0, index));
      await terminal.read(question);
      terminal.type(ctrlC);
      expect(await terminal.end()).toMatchObject({ exitCode: 130, restored: true });
      expect(await settingsOf(emulator)).toEqual({});
    },
  );

  test('a declined sign-in ends with 5, and a bad tenant is asked again', async () => {
    const { emulator, directory, env } = await newcomer();
    const declined = openTerminal(['apns', 'set'], env, directory);
    await answer(declined, dialogue(emulator.url).slice(0, 3));
    await declined.read('Sign in now?');
    declined.type(`n${enter}`);
    expect(await declined.end()).toMatchObject({ exitCode: 5, restored: true });

    const again = openTerminal(['login'], env, directory);
    await again.read('Tenant URL or host');
    again.type(`http://example.com${enter}`);
    await again.read('must use https');
    again.type(ctrlC);
    expect(await again.end()).toMatchObject({ exitCode: 130, restored: true });
  });
});
