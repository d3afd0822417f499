import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/text/version.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';
import { expectWorking, filesBelow, release, released, run, schemas } from './released.ts';

const systems = [
  'linux-x64',
  'linux-arm64',
  'linux-x64-musl',
  'darwin-arm64',
  'darwin-x64',
  'windows-x64',
];

/** Unpacks the archive for a system: the one folder in it. */
async function unpacked(system: string): Promise<string> {
  const [folder, name] = [temporaryDirectory(), `mfa-cli-${version}-${system}`];
  const archive = released(new RegExp(`-${system}\\.(tar\\.gz|zip)$`));
  if (archive.endsWith('.zip')) await run('unzip', '-q', archive, '-d', folder);
  else await run('tar', '-xzf', archive, '-C', folder);
  expect(filesBelow(folder).every((path) => path.startsWith(`${name}/`))).toBe(true);
  return join(folder, name);
}

describe.skipIf(isMissing('unzip'))('the archive', () => {
  test.each(systems)(
    'for %s has an executable for it, and what belongs to that',
    async (system) => {
      const program = system === 'windows-x64' ? 'mfa-cli.exe' : 'mfa-cli';
      const folder = await unpacked(system);
      expect(filesBelow(folder)).toEqual([
        'LICENSE',
        'THIRD-PARTY-LICENSES.txt',
        'completions/_mfa-cli',
        'completions/mfa-cli.bash',
        'completions/mfa-cli.fish',
        'completions/mfa-cli.ps1',
        'man/mfa-cli.1',
        program,
        ...schemas.map((file) => `schema/${file}`),
      ]);
      const file = join(folder, program);
      expect(statSync(file).mode & 0o777).toBe(0o755);
      // test/binary/ tells whether that one is what it should be.
      expect(
        readFileSync(file).equals(readFileSync(join(release, 'binary', system, program))),
      ).toBe(true);
    },
  );

  test('for Linux works', async () => {
    await expectWorking(join(await unpacked('linux-x64'), 'mfa-cli'));
  });
});

test.each(systems.filter((system) => system !== 'windows-x64'))(
  'in the archive for %s everything is of root and of one time',
  async (system) => {
    const listing = await run(
      'tar',
      '--numeric-owner',
      '-tvzf',
      released(new RegExp(`-${system}\\.tar\\.gz$`)),
    );
    const lines = listing
      .trim()
      .split('\n')
      .map((line) => line.split(/\s+/));
    expect(new Set(lines.map(([, owner]) => owner))).toEqual(new Set(['0/0']));
    expect(new Set(lines.map(([, , , day, time]) => `${day} ${time}`)).size).toBe(1);
    expect(new Set(lines.map(([rights]) => rights))).toEqual(
      new Set(['drwxr-xr-x', '-rwxr-xr-x', '-rw-r--r--']),
    );
  },
);

test('SHA256SUMS has each file of the release, and sha256sum agrees', async () => {
  const lines = readFileSync(join(release, 'SHA256SUMS'), 'utf8').trim().split('\n');
  const files = filesBelow(release).filter((path) => !path.includes('/') && path !== 'SHA256SUMS');
  expect(lines.map((line) => line.slice(66))).toEqual(files);
  const told = await run('sh', '-c', `cd '${release}' && sha256sum --strict --check SHA256SUMS`);
  expect(told.trim().split('\n')).toEqual(files.map((file) => `${file}: OK`));
});
