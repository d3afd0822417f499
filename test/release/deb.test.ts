import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/text/version.ts';
import { isMissing } from '../support/tools.ts';
import { directoryOfRoot, expectWorking, released, run, runAsRoot, schemas } from './released.ts';

const installed = [
  'usr/bin/mfa-cli',
  'usr/share/bash-completion/completions/mfa-cli',
  'usr/share/doc/mfa-cli/THIRD-PARTY-LICENSES.txt',
  'usr/share/doc/mfa-cli/changelog.gz',
  'usr/share/doc/mfa-cli/copyright',
  'usr/share/fish/vendor_completions.d/mfa-cli.fish',
  'usr/share/man/man1/mfa-cli.1.gz',
  ...schemas.map((file) => `usr/share/mfa-cli/schema/${file}`),
  'usr/share/zsh/vendor-completions/_mfa-cli',
];

describe.skipIf(isMissing('dpkg-deb', 'dpkg-query', 'man'))('the Debian package', () => {
  const root = directoryOfRoot();
  const dpkg = (...words: readonly string[]) => runAsRoot('dpkg', `--root=${root}`, ...words);

  test.each(['amd64', 'arm64'])('for %s has only what it says, of root', async (architecture) => {
    const file = released(new RegExp(`_${architecture}\\.deb$`));
    const fields = await run(
      'dpkg-deb',
      '--field',
      file,
      'Package',
      'Version',
      'Architecture',
      'Depends',
    );
    expect(fields).toBe(
      `Package: mfa-cli\nVersion: ${version}\nArchitecture: ${architecture}\nDepends: libc6 (>= 2.17)\n`,
    );
    const listing = (await run('dpkg-deb', '--contents', file)).trim().split('\n');
    const entries = listing.map((line) => line.split(/\s+/));
    const paths = entries.map(([, , , , , path = '']) => path.slice(2));
    expect(paths.filter((path) => !path.endsWith('/') && path !== '').sort()).toEqual(installed);
    for (const [rights, owner, , , , path = ''] of entries) {
      expect(owner).toBe('root/root');
      const isExecutable = path.endsWith('/') || path === './usr/bin/mfa-cli';
      expect(rights?.slice(1)).toBe(isExecutable ? 'rwxr-xr-x' : 'rw-r--r--');
    }
    // No script of ours runs as root.
    expect(await run('dpkg-deb', '--info', file)).not.toMatch(/p(re|ost)(inst|rm)/);
  });

  test('is installed where dpkg finds what it depends on', async () => {
    for (const folder of ['info', 'updates', 'triggers'])
      mkdirSync(join(root, 'var/lib/dpkg', folder), { recursive: true });
    writeFileSync(join(root, 'var/lib/dpkg/status'), '');
    await expect(dpkg('--install', released(/_amd64\.deb$/))).rejects.toThrow(/depends on libc6/);
    // What this machine says of its own.
    writeFileSync(join(root, 'var/lib/dpkg/status'), await run('dpkg-query', '--status', 'libc6'));
    await dpkg('--install', released(/_amd64\.deb$/));
    expect(installed.filter((path) => !existsSync(join(root, path)))).toEqual([]);
    expect(await dpkg('--verify', 'mfa-cli')).toBe('');
  });

  test('works', async () => {
    await expectWorking(join(root, 'usr/bin/mfa-cli'));
  });

  test('has a manual that man finds', async () => {
    const page = await run('man', '--manpath', join(root, 'usr/share/man'), '1', 'mfa-cli');
    expect(page).toContain('apns inspect');
  });

  test('is removed without a trace', async () => {
    await dpkg('--purge', 'mfa-cli');
    expect(existsSync(join(root, 'usr'))).toBe(false);
  });
});
