// After a release: writes action/, the lock with which action.yml installs exactly that release.
// `node scripts/lock-action.mjs mfa-cli-1.2.3.tgz [FOLDER]`: the very file that was published, whose hash is locked.
import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { root } from './program.mjs';

const [tarball = '', folder = `${root}action`] = process.argv.slice(2);
const { name, version, license, bin, engines } = JSON.parse(
  await readFile(`${root}package.json`, 'utf8'),
);
if (basename(tarball) !== `${name}-${version}.tgz`)
  throw new Error(`package.json is for ${name} ${version}: give ${name}-${version}.tgz`);
const integrity = `sha512-${createHash('sha512')
  .update(await readFile(tarball))
  .digest('base64')}`;
const manifest = { private: true, dependencies: { [name]: version } };
const lock = {
  lockfileVersion: 3,
  requires: true,
  packages: {
    '': { dependencies: manifest.dependencies },
    [`node_modules/${name}`]: { version, integrity, license, bin, engines },
  },
};
await mkdir(folder, { recursive: true });
await writeJson('package.json', manifest);
await writeJson('package-lock.json', lock);
console.log(`${folder}: ${name} ${version}, ${integrity}`);

/**
 * @param {string} file
 * @param {object} value
 */
function writeJson(file, value) {
  return writeFile(`${folder}/${file}`, `${JSON.stringify(value, null, 2)}\n`);
}
