import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { isRemote, openBrowser, openerOf } from '../../src/programs/browser.ts';
import { testCases } from '../support/cases.ts';
import { eventually } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const url = 'https://acme.example/OAuth2/Authorize/x?a=1&b=%25PATH%25&c=^|"<>';
const screen = { DISPLAY: ':0' };

testCases('programs/browser', {
  'openerOf: no shell reads the URL': (
    env: Record<string, string>,
    platform: NodeJS.Platform,
    hasWindows?: boolean,
  ) => {
    const opener = openerOf(url, env, { platform, isProgram: () => hasWindows ?? true });
    const named = opener?.command.map((word) => word.replace(url, 'URL'));
    return opener && { ...opener, command: named };
  },
  isRemote,
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
