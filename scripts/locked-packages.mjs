// Packages that one task alone needs come from a lockfile of their own beside it, when the task first runs.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/**
 * Installs what the lockfile in a folder of the project names, unless that is there already: npm compares each package with
 * its hash in the lock. Returns the path that they are resolved from.
 * @param {string} folder
 */
export function installLocked(folder) {
  const source = join(root, folder);
  const place = join(root, '.cache/packages', folder.replaceAll('/', '-'));
  const [wanted, installed] = [source, place].map((path) => read(join(path, 'package-lock.json')));
  if (wanted !== installed) {
    const scratch = `${place}.${process.pid}`;
    mkdirSync(scratch, { recursive: true });
    for (const name of ['package.json', 'package-lock.json', '.npmrc'].filter((name) =>
      existsSync(join(source, name)),
    ))
      copyFileSync(join(source, name), join(scratch, name));
    const words = ['ci', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', words, {
      cwd: scratch,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: process.platform === 'win32',
    });
    rmSync(place, { recursive: true, force: true });
    renameSync(scratch, place);
  }
  return `${place}/`;
}

/** @param {string} file */
function read(file) {
  return existsSync(file) ? readFileSync(file, 'utf8') : undefined;
}
