import { describe, expect, test } from 'vitest';
import { patience } from '../support/patience.ts';
import { isMissing } from '../support/tools.ts';
import { released, runLoosely } from './released.ts';

/** What the judges of packages hold against both of a kind, and why it stays. */
const accepted = {
  lintian: {
    'embedded-library': 'Bun decodes pictures; nothing of ours asks it to',
    'hardening-no-pie': 'Bun is linked so',
    'hardening-no-relro': 'Bun is linked so',
    'malformed-deb-archive':
      'zstd, which dpkg reads since Debian 12 and Ubuntu 18.04: docs/releasing.md',
    'unstripped-binary-or-object': 'the program is behind the symbols: a stripped file has lost it',
  },
  rpmlint: {
    'invalid-license': 'the list of Debian’s rpmlint is empty; Apache-2.0 is its SPDX name',
    'manpage-not-compressed': 'gzip, which every man reads, in place of bzip2',
    'no-dependency-on': 'it takes the end of our name for that of a package of locales',
    'no-signature': 'SHA256SUMS is signed, and has this file',
    'position-independent-executable-suggested': 'Bun is linked so',
    'unstripped-binary-or-object': 'the program is behind the symbols: a stripped file has lost it',
  },
};

/** Milliseconds: each looks into an executable of 100 MB. */
const mostTime = 600_000 * patience;

describe.skipIf(isMissing('lintian'))('lintian', () => {
  test.each(['amd64', 'arm64'])(
    'accepts the Debian package for %s',
    async (architecture) => {
      const words = [
        '--allow-root',
        '--fail-on',
        'none',
        '--suppress-tags',
        'initial-upload-closes-no-bugs',
      ];
      const told = await runLoosely(
        'lintian',
        ...words,
        released(new RegExp(`_${architecture}\\.deb$`)),
      );
      expect(told).toContain('mfa-cli');
      expect(unaccepted(told, /^[EW]: mfa-cli: (\S+)/gm, accepted.lintian)).toEqual([]);
    },
    mostTime,
  );
});

describe.skipIf(isMissing('rpmlint'))('rpmlint', () => {
  test.each(['x86_64', 'aarch64'])(
    'accepts the RPM package for %s',
    async (architecture) => {
      const told = await runLoosely('rpmlint', released(new RegExp(`\\.${architecture}\\.rpm$`)));
      expect(told).toContain('mfa-cli');
      expect(unaccepted(told, /^mfa-cli\.\w+: [EW]: (\S+)/gm, accepted.rpmlint)).toEqual([]);
    },
    mostTime,
  );
});

/** Their versions differ in what they see. */
function unaccepted(
  told: string,
  line: RegExp,
  reasons: Readonly<Record<string, string>>,
): string[] {
  const tags = new Set([...told.matchAll(line)].map(([, tag = '']) => tag));
  return [...tags].filter((tag) => reasons[tag] === undefined);
}
