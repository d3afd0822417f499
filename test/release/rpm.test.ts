import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/text/version.ts';
import { isMissing } from '../support/tools.ts';
import {
  directoryOfRoot,
  expectWorking,
  filesBelow,
  released,
  run,
  runAsRoot,
} from './released.ts';

const installed = [
  '/usr/share/bash-completion',
  '/usr/share/bash-completion/completions',
  '/usr/share/fish',
  '/usr/share/fish/vendor_completions.d',
  '/usr/bin/mfa-cli',
  '/usr/share/bash-completion/completions/mfa-cli',
  '/usr/share/doc/mfa-cli',
  '/usr/share/doc/mfa-cli/THIRD-PARTY-LICENSES.txt',
  '/usr/share/doc/mfa-cli/changelog.gz',
  '/usr/share/fish/vendor_completions.d/mfa-cli.fish',
  '/usr/share/licenses/mfa-cli',
  '/usr/share/licenses/mfa-cli/LICENSE',
  '/usr/share/man/man1/mfa-cli.1.gz',
  ...[
    '',
    '/schema',
    ...readdirSync(new URL('../../schema', import.meta.url)).map((file) => `/schema/${file}`),
  ].map((path) => `/usr/share/mfa-cli${path}`),
  '/usr/share/zsh',
  '/usr/share/zsh/site-functions',
  '/usr/share/zsh/site-functions/_mfa-cli',
];

describe.skipIf(isMissing('rpm'))('the RPM package', () => {
  const root = directoryOfRoot();
  const rpm = (...words: readonly string[]) => runAsRoot('rpm', '--root', root, ...words);
  const query = (file: string, ...words: readonly string[]) =>
    run('rpm', '--query', '--package', ...words, file);

  test.each(['x86_64', 'aarch64'])(
    'for %s has only what it says, of root',
    async (architecture) => {
      const file = released(new RegExp(`\\.${architecture}\\.rpm$`));
      const format =
        '%{NAME} %{VERSION} %{ARCH} %{LICENSE}\n[%{FILENAMES} %{FILEUSERNAME} %{FILEMODES:octal}\n]';
      const [head, ...files] = (await query(file, '--queryformat', format)).trim().split('\n');
      expect(head).toBe(`mfa-cli ${version} ${architecture} Apache-2.0`);
      expect(files.map((line) => line.split(' ')[0]).sort()).toEqual([...installed].sort());
      for (const line of files) expect(line).toMatch(/ root (100644|100755|40755)$/);
      expect(await query(file, '--scripts')).toBe('');
      // The Debian package names the same: no program of a system this old was left out.
      const symbols = (await query(file, '--requires')).matchAll(/\(GLIBC_2\.(\d+)/g);
      expect(Math.max(...[...symbols].map(([, minor]) => Number(minor)))).toBe(17);
      expect(await run('rpm', '--checksig', '--nosignature', file)).toContain('digests OK');
    },
  );

  test('is installed', async () => {
    await rpm('--install', '--nodeps', released(/\.x86_64\.rpm$/));
    expect(installed.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(await rpm('--verify', '--nodeps', 'mfa-cli')).toBe('');
  });

  test('works', async () => {
    await expectWorking(join(root, 'usr/bin/mfa-cli'));
  });

  test('is removed without a trace', async () => {
    await rpm('--erase', 'mfa-cli');
    expect(filesBelow(root).filter((path) => path.includes('mfa-cli'))).toEqual([]);
    const folders = readdirSync(join(root, 'usr'), { recursive: true, encoding: 'utf8' }).sort();
    // What the package `filesystem` of each of these distributions has.
    expect(folders).toEqual([
      'bin',
      'share',
      'share/doc',
      'share/licenses',
      'share/man',
      'share/man/man1',
    ]);
  });
});
