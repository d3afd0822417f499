// The contents of a bundle: the packages of its modules, as installed and as recorded in package-lock.json.
import { readdir, readFile } from 'node:fs/promises';

/**
 * @typedef {import('./binary/locked-package.mjs').Lock} Lock
 *
 * @typedef {object} BundledPackage
 * @property {string} name
 * @property {string} version
 * @property {string | undefined} license
 * @property {string} integrity
 * @property {string} text of its license
 * @property {boolean} direct the project itself depends on it
 * @property {readonly string[]} requires the other packages of the bundle that it depends on, as `NAME VERSION`
 */

/**
 * The packages that modules came from, by their paths, sorted; one installed twice in the same version counts once. Throws
 * for a package without a hash in the lock: nobody could tell what it is.
 * @param {readonly string[]} paths
 * @param {Lock} lock
 * @returns {Promise<BundledPackage[]>}
 */
export async function bundledPackages(paths, lock) {
  const folders = new Set(
    paths.flatMap((path) => path.match(/^.*node_modules[/\\](?:@[^/\\]+[/\\])?[^/\\]+/)?.[0] ?? []),
  );
  /** @type {Map<string, BundledPackage>} */
  const packages = new Map();
  /** @type {Map<string, string>} */
  const places = new Map();
  for (const folder of [...folders].sort()) {
    const { name, version, license } = JSON.parse(await readFile(`${folder}/package.json`, 'utf8'));
    const place = placeOf(folder, lock);
    const { integrity, version: locked } = lock.packages[place ?? ''] ?? {};
    if (place === undefined || integrity === undefined || locked !== version)
      throw new Error(`package-lock.json has no hash of ${name} ${version}`);
    const id = `${name} ${version}`;
    const text = await licenseText(folder);
    packages.set(id, { name, version, license, integrity, text, direct: false, requires: [] });
    places.set(place, id);
  }
  const { dependencies, devDependencies, optionalDependencies } = lock.packages[''] ?? {};
  const own = Object.keys({ ...dependencies, ...devDependencies, ...optionalDependencies }).map(
    (name) => `node_modules/${name}`,
  );
  for (const [place, id] of places) {
    const found = packages.get(id);
    if (found === undefined) continue;
    found.direct ||= own.includes(place);
    found.requires = [...new Set([...found.requires, ...reached(place, places, lock)])].sort();
  }
  return [...packages].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, found]) => found);
}

/**
 * The packages of the bundle that a package depends on, directly or through others that contribute nothing themselves.
 * @param {string} place
 * @param {ReadonlyMap<string, string>} places
 * @param {Lock} lock
 * @param {Set<string>} [seen]
 * @returns {string[]}
 */
function reached(place, places, lock, seen = new Set([place])) {
  return Object.keys(lock.packages[place]?.dependencies ?? {}).flatMap((name) => {
    const target = resolve(name, place, lock);
    if (seen.has(target) || !(target in lock.packages)) return [];
    seen.add(target);
    return places.get(target) ?? reached(target, places, lock, seen);
  });
}

/**
 * Names, versions and licenses, each with its text.
 * @param {readonly BundledPackage[]} packages
 */
export function thirdPartyLicenses(packages) {
  return packages
    .map(({ name, version, license, text }) => `${name} ${version} (${license})\n\n${text}`)
    .join(`\n${'-'.repeat(78)}\n\n`);
}

/**
 * A folder's key in the lock, wherever the project or its node_modules is.
 * @param {string} folder
 * @param {Lock} lock
 */
function placeOf(folder, lock) {
  const path = folder.replaceAll('\\', '/');
  return [...path.matchAll(/(?<=^|\/)node_modules\//g)]
    .map(({ index }) => path.slice(index))
    .find((place) => place in lock.packages);
}

/**
 * Where Node.js finds a package that another one requires.
 * @param {string} name
 * @param {string} place
 * @param {Lock} lock
 * @returns {string}
 */
function resolve(name, place, lock) {
  const inner = `${place}/node_modules/${name}`;
  if (inner in lock.packages) return inner;
  const outer = place.lastIndexOf('/node_modules/');
  return outer === -1 ? `node_modules/${name}` : resolve(name, place.slice(0, outer), lock);
}

/** @param {string} folder */
async function licenseText(folder) {
  const name = (await readdir(folder))
    .sort()
    .find((file) => /^licen[cs]e(\.(md|txt))?$/i.test(file));
  return name === undefined
    ? 'See the package for its license text.\n'
    : readFile(`${folder}/${name}`, 'utf8');
}
