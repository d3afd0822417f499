// Facts of the project for every channel: package.json's words, and the address of a release's files.
import { readFileSync } from 'node:fs';
import { root } from '../program.mjs';

const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));
const address = manifest.repository.url.replace(/^git\+|\.git$/g, '');

/** The folder that everything released is made in. */
export const release = `${root}release`;

/**
 * @typedef {object} Project
 * @property {string} name
 * @property {string} version
 * @property {string} description
 * @property {string} license
 * @property {string} address of the repository
 * @property {string} owner whoever has it there
 * @property {string} issues
 */

/** @type {Project} */
export const project = {
  name: manifest.name,
  version: manifest.version,
  description: manifest.description,
  license: manifest.license,
  address,
  owner: new URL(address).pathname.split('/')[1] ?? '',
  issues: manifest.bugs.url,
};

/**
 * The address of a file of this version's release.
 * @param {string} file
 */
export function downloadOf(file) {
  return `${address}/releases/download/v${project.version}/${file}`;
}

/**
 * The version for a package manager that sorts `1.0.0-rc.1` behind `1.0.0`: both dpkg and rpm sort a tilde before it.
 * @param {string} version
 */
export function sortableVersion(version) {
  return version.replace('-', '~');
}
