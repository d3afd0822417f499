import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ownTarget } from '../../scripts/binary/targets.mjs';
import { patience } from '../support/patience.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { release, released, run } from './released.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const hashOf = (path: string) => createHash('sha256').update(readFileSync(path)).digest('hex');

/** The hashes of the files of the release, by their names. */
function sums(): Readonly<Record<string, string>> {
  const lines = readFileSync(join(release, 'SHA256SUMS'), 'utf8').trim().split('\n');
  return Object.fromEntries(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

test('the executable of this system comes out the same, byte for byte, when it is built again', async () => {
  const target = ownTarget() ?? '';
  const folder = temporaryDirectory();
  await run(
    process.execPath,
    join(root, 'scripts/build-binary.mjs'),
    '--target',
    target,
    '--into',
    folder,
  );
  const [again, before] = [folder, join(release, 'binary')].map((each) =>
    hashOf(join(each, target, 'mfa-cli')),
  );
  expect(again).toBe(before);
});

test(
  'packages come out the same, byte for byte, when they are made again of the same commit',
  async () => {
    // The time of the commit, which is that of every file of the release.
    const listing = await run(
      'tar',
      '--utc',
      '--full-time',
      '-tvzf',
      released(/-linux-x64\.tar\.gz$/),
    );
    const [, , , day, time] = listing.split('\n')[0]?.split(/\s+/) ?? [];
    const epoch = Date.parse(`${day}T${time}Z`) / 1000;
    const before = sums();
    // rpmbuild alone takes as long as all the others.
    const channels = ['npm', 'sbom', 'deb', 'homebrew', 'scoop', 'winget', 'installer'];
    const made = await run(
      'env',
      `SOURCE_DATE_EPOCH=${epoch}`,
      process.execPath,
      join(root, 'scripts/release.mjs'),
      ...channels,
    );
    const files = made.trim().split('\n');
    expect(files.length).toBeGreaterThan(10);
    for (const file of files) {
      const name = file.slice(release.length + 1);
      expect([name, hashOf(file)]).toEqual([name, before[name]]);
    }
  },
  600_000 * patience,
);
