import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { version } from '../../src/text/version.ts';
import { actionPath, notingNpm, runAction, unreleasedAction } from '../support/action.ts';
import { p12Path } from '../support/fixtures.ts';
import { cleanEnvironment, finish } from '../support/process.ts';
import { type Registry, startRegistry } from '../support/registry.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { isMissing } from '../support/tools.ts';

/** The action with the lock of a tarball, and nothing else of the project beside it. */
async function lockedAction(tarball: string): Promise<string> {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, 'scripts'));
  for (const path of ['scripts/action.mjs', 'scripts/action'])
    cpSync(join(actionPath, path), join(folder, path), { recursive: true });
  await runTool(process.execPath, [
    `${actionPath}/scripts/lock-action.mjs`,
    tarball,
    join(folder, 'action'),
  ]);
  return folder;
}

/** A package as npm packs it. */
async function pack(folder: string): Promise<string> {
  const directory = temporaryDirectory();
  const words = ['pack', '--ignore-scripts', '--pack-destination', directory];
  await runTool('npm', words, folder);
  return join(directory, `mfa-cli-${version}.tgz`);
}

/** A package of the same name and version that says who ran it. */
function packStranger(): Promise<string> {
  const folder = temporaryDirectory();
  mkdirSync(join(folder, 'bin'));
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify({ name: 'mfa-cli', version, bin: 'bin/mfa-cli.js' }),
  );
  writeFileSync(
    join(folder, 'bin/mfa-cli.js'),
    `require('fs').writeFileSync('pwned', process.env.MFA_CLI_P12_PASSWORD)`,
  );
  return pack(folder);
}

/** A registry where `mfa-cli` is what the tarball holds. */
function registryOf(tarball: string): Promise<Registry> {
  const bytes = readFileSync(tarball);
  const integrity = `sha512-${createHash('sha512').update(bytes).digest('base64')}`;
  return startRegistry((url) => {
    const dist = { tarball: `${url}/mfa-cli.tgz`, integrity };
    const versions = { [version]: { name: 'mfa-cli', version, dist } };
    return {
      '/mfa-cli': JSON.stringify({ name: 'mfa-cli', 'dist-tags': { latest: version }, versions }),
      '/mfa-cli.tgz': bytes,
    };
  });
}

async function runTool(file: string, words: readonly string[], cwd?: string): Promise<void> {
  const { exitCode, stderr } = await finish(spawn(file, words, { cwd, env: cleanEnvironment() }));
  if (exitCode !== 0) throw new Error(`${file} ${words.join(' ')}: ${stderr}`);
}

describe.skipIf(isMissing('bash'))('the program of the action', () => {
  const dryRun = {
    p12: p12Path('22-pw-spaces-quotes'),
    password: ` a"b'c$ `,
    'client-secret': 'hunter22',
    'dry-run': 'true',
  };

  test('is built where the action lies, with no secret around', async () => {
    const [folder, npm] = [unreleasedAction(), notingNpm()];
    const { exitCode } = await runAction(dryRun, npm.env, folder);
    expect(exitCode).toBe(0);
    expect(npm.calls()).toEqual([
      `${folder}: npm ci --include=dev --ignore-scripts --no-audit --no-fund`,
      `${folder}: npm run build`,
    ]);
    expect(npm.environment()).toContain('ACTION_PATH=');
    expect(npm.environment()).not.toMatch(/hunter22|a"b'c/);
  });

  test('is the release that action/ locks, where there is one', async () => {
    const tarball = await pack(actionPath);
    const [folder, registry] = [await lockedAction(tarball), await registryOf(tarball)];
    const result = await runAction(dryRun, { npm_config_registry: registry.url }, folder);
    expect([result.exitCode, result.outputs.fingerprint?.length]).toEqual([0, 64]);
    expect(result.stdout).toContain('Dry run, nothing was sent');
    expect(registry.requests.map(({ line }) => line)).toContain('GET /mfa-cli.tgz');
    expect(existsSync(join(folder, 'action/node_modules/mfa-cli/dist/sbom.cdx.json'))).toBe(true);
  });

  test('is not what others published under the name and version', async () => {
    const [folder, registry] = [
      await lockedAction(await pack(actionPath)),
      await registryOf(await packStranger()),
    ];
    const result = await runAction(dryRun, { npm_config_registry: registry.url }, folder);
    expect(result.exitCode).not.toBe(0);
    expect(result.stderr).toContain('EINTEGRITY');
    expect(existsSync(join(result.workspace, 'pwned'))).toBe(false);
    const own = await lockedAction(await packStranger());
    const pwned = await runAction(dryRun, { npm_config_registry: registry.url }, own);
    expect(existsSync(join(pwned.workspace, 'pwned'))).toBe(true);
  });

  test('that prints no report ends the step with an error', async () => {
    const folder = await lockedAction(await packStranger());
    const result = await runAction(dryRun, notingNpm().env, folder);
    expect(result.exitCode).toBe(1);
    expect(result.stdout).toContain(
      '::error title=internal-error::mfa-cli ended with 1 and no report.',
    );
  });

  test('is locked only by the tarball of its version', async () => {
    const other = join(temporaryDirectory(), 'mfa-cli-99.0.0.tgz');
    await expect(lockedAction(other)).rejects.toThrow(`give mfa-cli-${version}.tgz`);
  });
});
