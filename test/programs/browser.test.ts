import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { isRemote, openBrowser, openerOf } from '../../src/programs/browser.ts';
import { eventually } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const url = 'https://acme.example/OAuth2/Authorize/x?a=1&b=%25PATH%25&c=^|"<>';
const windows = { SystemRoot: 'D:\\Windows' };
const screen = { DISPLAY: ':0' };
const wsl = '/mnt/c/Windows/System32';
const rundll = 'url.dll,FileProtocolHandler';
const firefox = 'C:\\Program Files\\Firefox\\firefox.exe';
const inWsl = { command: [`${wsl}/rundll32.exe`, rundll, url], directory: wsl } as const;

test.each<[string, Record<string, string>, NodeJS.Platform, ReturnType<typeof openerOf>]>([
  ['Windows', windows, 'win32', { command: ['D:\\Windows\\System32\\rundll32.exe', rundll, url] }],
  ['a BROWSER', { BROWSER: `"${firefox}" -x` }, 'win32', { command: [firefox, '-x', url] }],
  ['a BROWSER', { BROWSER: 'firefox -x' }, 'linux', { command: ['/bin/sh', '-c', 'firefox -x "$0"', url] }],
  ['macOS', { BROWSER: ' ' }, 'darwin', { command: ['/usr/bin/open', url] }],
  ['Linux', screen, 'linux', { command: ['xdg-open', url] }],
  ['Windows’ own from WSL', { WSL_DISTRO_NAME: 'Ubuntu' }, 'linux', inWsl],
  ['no screen', {}, 'linux', null],
  ['a screen elsewhere', { ...screen, SSH_TTY: '/dev/pts/0' }, 'linux', null],
])('%s: no shell reads the URL', (_case, env, platform, opener) => {
  expect(openerOf(url, env, { platform, isProgram: () => true })).toEqual(opener);
});

test('a WSL without its Windows has the opener of Linux', () => {
  const env = { WSL_DISTRO_NAME: 'Ubuntu' };
  expect(openerOf(url, env, { platform: 'linux', isProgram: () => false })?.command[0]).toBe('xdg-open');
});

test.each<[string, Record<string, string>, NodeJS.Platform, boolean]>([
  ['nothing', {}, 'linux', true],
  ['X11', screen, 'linux', false],
  ['Wayland', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux', false],
  ['WSL', { WSL_DISTRO_NAME: 'Ubuntu' }, 'linux', false],
  ['ssh', { ...screen, SSH_CONNECTION: '::1' }, 'linux', true],
  ['a terminal of ssh', { SSH_TTY: '/dev/pts/0' }, 'darwin', true],
  ['nothing', {}, 'darwin', false],
  ['nothing', {}, 'win32', false],
])('whether the screen is elsewhere with %s (%j) on %s: %s', (_case, env, platform, remote) => {
  expect(isRemote(env, platform)).toBe(remote);
});

describe.skipIf(process.platform === 'win32')('what is started', () => {
  const { PATH } = process.env;

  test('inherits no variable and no proxy password of ours, and gets the URL as it is', async () => {
    const file = join(temporaryDirectory(), 'environment');
    const env = {
      PATH,
      BROWSER: `sh -c 'echo "$0" && env' "$0" > '${file}'; mv '${file}' '${file}.whole'; true`,
      MFA_CLI_P12_PASSWORD: 'hunter22',
      HTTPS_PROXY: 'http://ada:hunter22@127.0.0.1:9',
    };
    expect(await openBrowser(url, env)).toBe(true);
    await vi.waitUntil(() => existsSync(`${file}.whole`), eventually);
    const [address, ...inherited] = readFileSync(`${file}.whole`, 'utf8').split('\n');
    expect(address).toBe(url);
    expect(inherited).toContain('HTTPS_PROXY=http://127.0.0.1:9');
    expect(inherited.join('\n')).not.toMatch(/MFA_CLI_|hunter22/);
  });

  test.each([
    ['a browser that stays', { BROWSER: 'sleep 2; true' }, true],
    ['a browser that hands over', { BROWSER: 'true' }, true],
    ['a browser that says no', { BROWSER: 'exit 3;' }, true],
    ['a command that is not there', { BROWSER: '/nowhere/firefox' }, false],
    ['a command that may not be run', { BROWSER: '/etc/passwd' }, false],
    ['no opener in PATH', { ...screen, PATH: '/nowhere', BROWSER: '' }, false],
    ['no screen', {}, false],
  ])('%s (%j): %s', async (_case, env, started) => {
    vi.spyOn(process, 'platform', 'get').mockReturnValue('linux');
    expect(await openBrowser(url, { PATH, ...env })).toBe(started);
  });

  test('an address that no system passes on opens nothing', async () => {
    const address = `https://acme.example/${'a'.repeat(3_000_000)}`;
    expect(await openBrowser(address, { BROWSER: 'true' })).toBe(false);
  });
});
