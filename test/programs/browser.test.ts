import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openBrowser, openerOf } from '../../src/programs/browser.ts';
import { eventually } from '../support/patience.ts';
import { cleanEnvironment, runProgram } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { startTenant } from '../support/tenant.ts';

const url = 'https://acme.example/OAuth2/Authorize/x?a=1&b=%25PATH%25&c=^|"<>';

const windows = { SystemRoot: 'D:\\Windows' };
const screen = { DISPLAY: ':0' };
const wsl = '/mnt/c/Windows/System32';

test.each<[string, Record<string, string>, NodeJS.Platform, ReturnType<typeof openerOf>]>([
  [
    'Windows',
    windows,
    'win32',
    { command: ['D:\\Windows\\System32\\rundll32.exe', 'url.dll,FileProtocolHandler', url] },
  ],
  [
    'BROWSER on Windows',
    { BROWSER: '"C:\\Program Files\\Firefox\\firefox.exe" -private-window' },
    'win32',
    { command: ['C:\\Program Files\\Firefox\\firefox.exe', '-private-window', url] },
  ],
  [
    'BROWSER elsewhere',
    { BROWSER: 'firefox -P x' },
    'linux',
    { command: ['/bin/sh', '-c', 'firefox -P x "$0"', url] },
  ],
  ['macOS', { BROWSER: ' ' }, 'darwin', { command: ['/usr/bin/open', url] }],
  ['Linux', screen, 'linux', { command: ['xdg-open', url] }],
  [
    'Windows’ own from WSL',
    { WSL_DISTRO_NAME: 'Ubuntu' },
    'linux',
    { command: [`${wsl}/rundll32.exe`, 'url.dll,FileProtocolHandler', url], directory: wsl },
  ],
  ['no screen', {}, 'linux', null],
  ['a screen elsewhere', { ...screen, SSH_TTY: '/dev/pts/0' }, 'linux', null],
])('%s: no shell reads the URL', (_case, env, platform, opener) => {
  expect(openerOf(url, env, { platform, isProgram: () => true })).toEqual(opener);
});

test('a WSL without its Windows has the opener of Linux', () => {
  const env = { WSL_DISTRO_NAME: 'Ubuntu' };
  expect(openerOf(url, env, { platform: 'linux', isProgram: () => false })?.command[0]).toBe('xdg-open');
});

test('the browser and its shell inherit no variable and no proxy password of ours', async () => {
  const { emulator, port } = await startTenant();
  const file = join(temporaryDirectory(), 'environment');
  const env = cleanEnvironment({
    BROWSER: `env > '${file}'; true`,
    MFA_CLI_P12_PASSWORD: 'hunter22',
    HTTPS_PROXY: 'http://ada:hunter22@127.0.0.1:9',
    NO_PROXY: '127.0.0.1',
  });
  const words = ['login', '--tenant', emulator.url, '--port', String(port), '--timeout', '2', '--no-input'];
  await runProgram(words, env);
  await vi.waitUntil(() => existsSync(file), eventually);
  const inherited = readFileSync(file, 'utf8');
  expect(inherited).toContain('HTTPS_PROXY=http://127.0.0.1:9');
  expect(inherited).not.toMatch(/MFA_CLI_|hunter22/);
});

test('an address that no system passes on opens nothing', async () => {
  const address = `https://acme.example/${'a'.repeat(3_000_000)}`;
  expect(await openBrowser(address, { BROWSER: 'true' })).toBe(false);
});
