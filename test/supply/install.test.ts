import { spawn } from 'node:child_process';
import { cpSync, existsSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/version.ts';
import { actionPath as root } from '../support/action.ts';
import { cleanEnvironment, type Finished, finish } from '../support/process.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** In milliseconds: a build and npm take theirs where others work as well. */
const timeout = 120_000;

function run(file: string, words: readonly string[], cwd: string): Promise<Finished> {
  const child = spawn(file, words, { cwd, env: cleanEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] });
  return finish(child);
}

/** A clone that nobody has built: everything but what an installation and a build make. */
function clone(): string {
  const folder = temporaryDirectory();
  for (const name of readdirSync(root))
    if (!['node_modules', 'dist', '.git', 'test', 'reports'].includes(name))
      cpSync(join(root, name), join(folder, name), { recursive: true });
  return folder;
}

/** The same with what `npm ci` installs. */
function installedClone(): string {
  const folder = clone();
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

async function expectInstalled(prefix: string): Promise<void> {
  const told = await run(join(prefix, 'bin/mfa-cli'), ['--version'], prefix);
  expect(told).toEqual({ exitCode: 0, stdout: `${version}\n`, stderr: '' });
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
    expect([told.exitCode, told.stderr]).toEqual([2, expect.stringContaining('without --ignore-scripts')]);
  });

  test('a fault inside of a built program is not taken for that', async () => {
    const folder = temporaryDirectory();
    cpSync(join(root, 'bin'), join(folder, 'bin'), { recursive: true });
    cpSync(join(root, 'dist/main.js'), join(folder, 'dist/main.js'));
    const told = await run(process.execPath, [join(folder, 'bin/mfa-cli.js')], folder);
    expect([told.exitCode, told.stderr]).toEqual([1, expect.stringContaining('Cannot find module')]);
  });

  test('from git in one line ends with a sentence, and leaves nothing', { timeout }, async () => {
    const [folder, prefix] = [clone(), temporaryDirectory()];
    const git = async (...words: string[]) => {
      const { exitCode, stderr } = await run(
        'git',
        ['-c', 'user.name=A', '-c', 'user.email=a@example.com', ...words],
        folder,
      );
      expect([words[0], exitCode, stderr]).toEqual([words[0], 0, '']);
    };
    await git('init', '--quiet');
    await git('add', '--all');
    await git('commit', '--quiet', '--message', 'all');
    const words = ['install', '--global', '--offline', '--prefix', prefix, `git+file://${folder}`];
    const { exitCode, stderr } = await run('npm', words, prefix);
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain(
      'mfa-cli: error: npm cannot build a global installation from git. Clone the repository',
    );
    expect(existsSync(join(prefix, 'bin/mfa-cli'))).toBe(false);
  });

  test('of a clone, once its packages are there, builds it', { timeout }, async () => {
    const [folder, prefix] = [installedClone(), temporaryDirectory()];
    const { exitCode } = await run(
      'npm',
      ['install', '--global', '--offline', '--prefix', prefix, '.'],
      folder,
    );
    expect(exitCode).toBe(0);
    await expectInstalled(prefix);
  });

  // The build that `npm pack` does is that of the test before.
  test('of a tarball takes it all along', { timeout }, async () => {
    const [prefix, packed] = [temporaryDirectory(), temporaryDirectory()];
    const pack = ['pack', '--offline', '--ignore-scripts', '--pack-destination', packed];
    expect((await run('npm', pack, root)).exitCode).toBe(0);
    const tarball = join(packed, `mfa-cli-${version}.tgz`);
    const words = ['install', '--global', '--offline', '--prefix', prefix, tarball];
    expect((await run('npm', words, packed)).exitCode).toBe(0);
    await expectInstalled(prefix);
    expect(existsSync(join(prefix, 'lib/node_modules/mfa-cli/node_modules'))).toBe(false);
  });
});
