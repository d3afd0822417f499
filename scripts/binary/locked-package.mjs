// A package as a lock has it, for whatever system it is.
import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * @typedef {object} LockedPackage
 * @property {string} [version]
 * @property {string} [integrity]
 * @property {Readonly<Record<string, string>>} [dependencies]
 * @property {Readonly<Record<string, string>>} [devDependencies]
 * @property {Readonly<Record<string, string>>} [optionalDependencies]
 *
 * @typedef {{ packages: Readonly<Record<string, LockedPackage>> }} Lock
 */

/**
 * The packages of the program, and those that only executables need: Bun, for each system.
 * @returns {Lock}
 */
export function readLocks() {
  const [program, runtimes] = ['../../package-lock.json', 'package-lock.json'].map((file) =>
    JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')),
  );
  return { packages: { ...runtimes.packages, ...program.packages } };
}

/**
 * The version and the hash of a package. Throws if the lock has none.
 * @param {string} name
 * @param {Lock} lock
 */
export function lockedOf(name, lock) {
  const { version, integrity } = lock.packages[`node_modules/${name}`] ?? {};
  if (version === undefined || integrity === undefined) throw new Error(`No lock has ${name}`);
  return { version, integrity };
}

/**
 * The folder of a package. npm fetches it from the registry that it is set to, once: it is kept in the folder `cache`. Throws
 * unless its hash is the one in the lock.
 * @param {string} name
 * @param {Lock} lock
 * @param {string} cache
 */
export async function fetchLocked(name, lock, cache) {
  const { version, integrity } = lockedOf(name, lock);
  const folder = join(
    cache,
    `${name.split('/')[1]}-${createHash('sha256').update(integrity).digest('hex')}`,
  );
  if (!existsSync(folder)) {
    await mkdir(cache, { recursive: true });
    const scratch = await mkdtemp(join(cache, 'unpacking-'));
    try {
      await unpack(`${name}@${version}`, integrity, scratch);
      await rename(join(scratch, 'package'), folder);
    } finally {
      await rm(scratch, { recursive: true, force: true });
    }
  }
  return folder;
}

/**
 * @param {string} packageId
 * @param {string} integrity
 * @param {string} folder
 */
async function unpack(packageId, integrity, folder) {
  const shell = process.platform === 'win32';
  const { stdout } = await run('npm', ['pack', packageId, '--json', '--pack-destination', folder], {
    shell,
  });
  const archive = join(folder, JSON.parse(stdout)[0].filename);
  const hash = `sha512-${createHash('sha512')
    .update(await readFile(archive))
    .digest('base64')}`;
  if (hash !== integrity) throw new Error(`${packageId} is not what the lock has: ${hash}`);
  await run('tar', ['-xzf', archive, '-C', folder]);
}
