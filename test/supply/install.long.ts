import { spawn } from 'node:child_process';
import { cpSync, existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/text/version.ts';
import { actionPath as root } from '../support/action.ts';
import { cleanEnvironment, type Finished, finish } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

/** In milliseconds: a build and npm take theirs where others work as well. */
const timeout = 120_000;

function run(
  file: string,
  words: readonly string[],
  cwd: string,
  extra: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const child = spawn(file, words, {
    cwd,
    env: cleanEnvironment(extra),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return finish(child);
}

/** A clone that nobody has built: everything but what an installation and a build make. */
function clone(): string {
  const folder = temporaryDirectory();
  for (const name of readdirSync(root))
    if (!['node_modules', 'dist', 'release', '.cache', '.git', 'test', 'reports'].includes(name))
      cpSync(join(root, name), join(folder, name), { recursive: true });
  return folder;
}

/** The same as a repository with one commit. */
async function repository(): Promise<string> {
  const folder = clone();
  for (const words of [
    ['init', '--quiet'],
    ['add', '--all'],
    ['commit', '--quiet', '--message', 'all'],
  ]) {
    const who = ['-c', 'user.name=A', '-c', 'user.email=a@example.com'];
    const { exitCode, stderr } = await run('git', [...who, ...words], folder);
    expect([words[0], exitCode, stderr]).toEqual([words[0], 0, '']);
  }
  return folder;
}

describe('installing', () => {
  test('a clone that is not built says what to run', async () => {
    const folder = clone();
    const told = await run(process.execPath, [join(folder, 'bin/mfa-cli.js'), '--version'], folder);
    expect(told).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `mfa-cli: error: The program is not built: ${folder}/dist is missing\nmfa-cli: hint: Run \`npm ci && npm run build\` in ${folder}.\n`,
    });
  });

  test('an installation that no script built says how to get another one', async () => {
    const folder = temporaryDirectory();
    cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
    const told = await run(process.execPath, [join(folder, 'bin/mfa-cli.js')], folder);
    expect([told.exitCode, told.stderr]).toEqual([
      2,
      expect.stringContaining('without --ignore-scripts'),
    ]);
  });

  test('a fault inside of a built program is not taken for that', async () => {
    const folder = temporaryDirectory();
    cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
    cpSync(join(root, 'dist/main.js'), join(folder, 'dist/main.js'));
    const told = await run(process.execPath, [join(folder, 'bin/mfa-cli.js')], folder);
    expect([told.exitCode, told.stderr]).toEqual([
      1,
      expect.stringContaining('Cannot find module'),
    ]);
  });

  // npm clones with submodules, for which git needs sed.
  test.skipIf(isMissing('sed'))(
    'from git in one line ends with a sentence, and leaves nothing',
    { timeout },
    async () => {
      const [folder, prefix] = [await repository(), temporaryDirectory()];
      const words = [
        'install',
        '--global',
        '--offline',
        '--prefix',
        prefix,
        `git+file://${folder}`,
      ];
      const { exitCode, stderr } = await run('npm', words, prefix);
      expect(exitCode).not.toBe(0);
      expect(stderr).toContain(
        'mfa-cli: error: npm cannot build a global installation from git. Clone the repository',
      );
      expect(existsSync(join(prefix, 'bin/mfa-cli'))).toBe(false);
    },
  );

  test.skipIf(isMissing('bash'))('by the lines of the README, word for word', async () => {
    const page = readFileSync(join(root, 'README.md'), 'utf8');
    const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, text = '']) => text);
    const [trying = '', linking = '', ...others] = blocks.filter((block) => block.includes('npm '));
    const [, packing = '', installing = ''] =
      /\(`(npm pack)`, then\s+`(npm [^`]+)` there\)/.exec(page) ?? [];
    const [cloning = '', demo] = trying.trim().split('\n');
    // `npm run demo` is a step of its own in .ci/run.
    expect([demo, others]).toEqual(['npm ci && npm run demo', []]);
    const origin = await repository();
    const address = 'https://github.com/OWNER/mfa-cli.git';
    expect(cloning).toContain(address);
    const cloned = await run(
      'bash',
      ['-c', `set -e\n${cloning.replace(address, `${origin} mfa-cli`)}\ntest -f package-lock.json`],
      temporaryDirectory(),
    );
    expect([cloned.exitCode, cloned.stderr]).toEqual([0, expect.not.stringContaining('fatal')]);
    const [linked, packed] = [temporaryDirectory(), temporaryDirectory()];
    const shell = async (lines: string, prefix: string): Promise<void> => {
      // Each in a fresh clone. The packages that are here stand for those that npm would fetch.
      const clone = temporaryDirectory();
      const here = lines.replace(
        'npm ci --ignore-scripts',
        `ln -s '${root}/node_modules' node_modules`,
      );
      const { exitCode, stderr } = await run(
        'bash',
        ['-c', `set -e\ngit clone --quiet ${origin} .\n${here}`],
        clone,
        {
          npm_config_prefix: prefix,
          npm_config_offline: 'true',
        },
      );
      expect([lines, exitCode, exitCode === 0 ? '' : stderr]).toEqual([lines, 0, '']);
      const told = await run(join(prefix, 'bin/mfa-cli'), ['--version'], prefix);
      expect(told).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
    };
    await shell(linking, linked);
    await shell(`npm ci --ignore-scripts\n${packing}\n${installing}`, packed);
    // A tarball needs nothing else where it is installed.
    expect(lstatSync(join(packed, 'lib/node_modules/mfa-cli')).isSymbolicLink()).toBe(false);
    expect(existsSync(join(packed, 'lib/node_modules/mfa-cli/node_modules'))).toBe(false);
  });
});
