import { mkdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { formatAnnotation, formatGauge } from '../../src/report/monitoring.ts';
import { applePath } from '../support/apple-fixtures.ts';
import { createMachine } from '../support/context.ts';
import { p12Path } from '../support/fixtures.ts';
import { startTenant, visit } from '../support/tenant.ts';

const scratch = join(tmpdir(), `mfa-cli-${process.pid}`);
beforeEach(() => mkdirSync(scratch));
afterEach(() => rmSync(scratch, { recursive: true }));

const projectPath = fileURLToPath(new URL('../fixtures/app/classic', import.meta.url));

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
  [
    'apns-request',
    [
      'apns',
      'request',
      '--bundle-id',
      'com.example.app',
      '--team-id',
      'A1B2C3D4E5',
      '--out',
      join(scratch, 'push'),
    ],
  ],
  [
    'apns-pack',
    [
      'apns',
      'pack',
      '--cert',
      applePath('aps.cer'),
      '--key',
      applePath('key.pem'),
      '--out',
      join(scratch, 'cert.p12'),
    ],
  ],
  [
    'apns-renew',
    [
      'apns',
      'renew',
      '--bundle-id',
      'com.example.app',
      '--team-id',
      'A1B2C3D4E5',
      '--dir',
      join(scratch, 'renewals'),
    ],
  ],
  ['push-payload', ['push', 'payload', '--challenge', 'c-1', '--simulator', 'com.example.app']],
  ['app-check', ['app', 'check', projectPath]],
  ['api', ['api', 'POST', '/Security/WhoAmI']],
  ['profile-list', ['profile', 'list']],
  ['profile-show', ['profile', 'show']],
  ['profile-set', ['profile', 'set', 'port', '8401']],
  ['profile-use', ['profile', 'use', 'default']],
  ['apns-delete', ['apns', 'delete', '--client-app-key', 'com.example.lab', '--yes']],
  ['logout', ['logout']],
  ['profile-rename', ['profile', 'rename', 'default', 'acme']],
  ['version', ['version']],
  ['profile-remove', ['profile', 'remove', 'acme']],
];

test.each(['txt', 'json'] as const)('one report a command: %s', async (form) => {
  const machine = createMachine();
  const { emulator, login, port } = await startTenant();
  const env = { MFA_CLI_P12_PASSWORD: 'secret', MFA_CLI_KEY_PASSWORD: 'sesame' };
  for (const [name, words] of walk) {
    const argv = [...(name === 'login' ? login : words), ...(form === 'json' ? ['--json'] : [])];
    const { stdout } = await machine.run(argv, { env, browser: visit });
    await expect(
      stdout
        .replaceAll(emulator.url, 'http://127.0.0.1:54321')
        .replaceAll(new RegExp(`^( *"?port"?:? +"?)${port}\\b`, 'gm'), '$18400')
        .replaceAll(`${scratch}/`, '')
        .replaceAll(`${projectPath}/`, '')
        .replaceAll(machine.directory, '/home/admin/.config/mfa-cli')
        .replaceAll(/[^\s"]*test\/fixtures\/p12\//g, '')
        // As the built program has it.
        .replaceAll(/(?<="iterations": )1000\b|\b1000(?= iterations)/g, '100000'),
    ).toMatchFileSnapshot(`../golden/report/${name}.${form}`);
  }
});

test.each([
  ['plain', 'code', 'A sentence.', '::error title=code::A sentence.\n'],
  ['data escapes', 'code', '50%\r\n::warning::x, y', '::error title=code::50%25%0D%0A::warning::x, y\n'],
  ['property escapes', 'a:b,c%\r\nd', '', '::error title=a%3Ab%2Cc%25%0D%0Ad::\n'],
  ['what is escaped already', 'code', '%0A', '::error title=code::%250A\n'],
])('an annotation: %s', (_name, title, message, expected) => {
  expect(formatAnnotation('error', title, message)).toBe(expected);
});

test.each([
  ['plain', 'com.example', 'com.example'],
  ['a quote', 'a"b', 'a\\"b'],
  ['a backslash', 'a\\n', 'a\\\\n'],
  ['a line break', 'a\nb', 'a\\nb'],
  ['a control character, spelled and then escaped', 'a\u0007b', 'a\\\\u0007b'],
  ['what ends a label', '"} 1', '\\"} 1'],
])('a label: %s', (_name, value, expected) => {
  expect(formatGauge('days', 'Days left.', [{ labels: { app: value, other: 'x' }, value: -3 }])).toBe(
    `# HELP days Days left.\n# TYPE days gauge\ndays{app="${expected}",other="x"} -3\n`,
  );
});

test('a gauge without samples is declared', () => {
  expect(formatGauge('days', 'Days left.', [])).toBe('# HELP days Days left.\n# TYPE days gauge\n');
});
