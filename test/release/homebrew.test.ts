import { appendFileSync, cpSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/text/version.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';
import { address, expectWorking, filesBelow, release, released, run, schemas } from './released.ts';

const homebrew = fileURLToPath(new URL('homebrew.rb', import.meta.url));

describe.skipIf(isMissing('ruby'))('the formula', () => {
  test.each([
    ['macos', 'arm', 'darwin-arm64'],
    ['macos', 'intel', 'darwin-x64'],
    ['linux', 'arm', 'linux-arm64'],
    ['linux', 'intel', 'linux-x64'],
  ])('installs on %s, %s, what is for it', async (system, processor, target) => {
    const prefix = temporaryDirectory();
    const told = JSON.parse(
      await run('ruby', homebrew, released(/\.rb$/), system, processor, release, prefix),
    );
    expect(told).toMatchObject({
      homepage: address,
      version,
      license: 'Apache-2.0',
      ...(system === 'macos' ? { depends_on: { macos: 'ventura' } } : {}),
      url: `${address}/releases/download/v${version}/mfa-cli-${version}-${target}.tar.gz`,
    });
    // As `brew audit` wants it.
    expect(told.desc.length).toBeLessThanOrEqual(80);
    expect(filesBelow(prefix)).toEqual([
      'bin/mfa-cli',
      'etc/bash_completion.d/mfa-cli',
      'share/doc/mfa-cli/THIRD-PARTY-LICENSES.txt',
      'share/fish/vendor_completions.d/mfa-cli.fish',
      'share/man/man1/mfa-cli.1',
      ...schemas.map((file) => `share/mfa-cli/schema/${file}`),
      'share/zsh/site-functions/_mfa-cli',
    ]);
    if (target === 'linux-x64') await expectWorking(join(prefix, 'bin/mfa-cli'));
  });

  test('refuses an archive that is another one', async () => {
    const [archives, prefix] = [temporaryDirectory(), temporaryDirectory()];
    const archive = released(/-linux-x64\.tar\.gz$/);
    mkdirSync(archives, { recursive: true });
    cpSync(archive, join(archives, `mfa-cli-${version}-linux-x64.tar.gz`));
    appendFileSync(join(archives, `mfa-cli-${version}-linux-x64.tar.gz`), '\0');
    const refused = run('ruby', homebrew, released(/\.rb$/), 'linux', 'intel', archives, prefix);
    await expect(refused).rejects.toThrow(/has another hash/);
    expect(filesBelow(prefix)).toEqual([]);
  });
});
