import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, expect, test } from 'vitest';
import { createMachine } from './support/context.ts';
import { p12Path } from './support/fixtures.ts';
import { startTenant, visit } from './support/tenant.ts';

const scratch = mkdtempSync(join(tmpdir(), 'mfa-cli-'));
afterEach(() => rmSync(join(scratch, 'cert.b64'), { force: true }));
afterAll(() => rmSync(scratch, { recursive: true }));

/** Command lines in the order in which an admin may meet them; each has its report as text and as JSON. */
const walk: readonly (readonly [name: string, words: readonly string[]])[] = [
  ['login', []],
  ['whoami', ['whoami']],
  ['apns-set-dry-run', ['apns', 'set', '--p12', p12Path('01-default-aes256'), '--dry-run']],
  ['apns-set', ['apns', 'set', '--p12', p12Path('01-default-aes256')]],
  ['apns-set-again', ['apns', 'set', '--p12', p12Path('01-default-aes256')]],
  ['apns-set-errors', ['apns', 'set', '--p12', p12Path('30-voip')]],
  ['apns-status', ['apns', 'status']],
  ['apns-convert', ['apns', 'convert', p12Path('01-default-aes256'), '--out', join(scratch, 'cert.b64')]],
  ['api', ['api', 'POST', '/Security/WhoAmI']],
  ['profile-list', ['profile', 'list']],
  ['profile-show', ['profile', 'show']],
  ['profile-set', ['profile', 'set', 'port', '8401']],
  ['profile-use', ['profile', 'use', 'default']],
  ['apns-delete', ['apns', 'delete', '--client-app-key', 'com.example.lab', '--yes']],
  ['logout', ['logout']],
  ['profile-remove', ['profile', 'remove', 'default']],
];

test.each(['txt', 'json'] as const)('one report a command: %s', async (form) => {
  const machine = createMachine();
  const { emulator, login, port } = await startTenant();
  const env = { MFA_CLI_P12_PASSWORD: 'secret' };
  for (const [name, words] of walk) {
    const argv = [...(name === 'login' ? login : words), ...(form === 'json' ? ['--json'] : [])];
    const { stdout } = await machine.run(argv, { env, browser: visit });
    await expect(
      stdout
        .replaceAll(emulator.url, 'http://127.0.0.1:54321')
        .replaceAll(String(port), '8400')
        .replaceAll(`${scratch}/`, '')
        .replaceAll(machine.directory, '/home/admin/.config/mfa-cli')
        .replaceAll(/[^\s"]*test\/fixtures\/p12\//g, ''),
    ).toMatchFileSnapshot(`golden/report/${name}.${form}`);
  }
});
