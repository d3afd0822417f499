// Whether a package in the bundle has a known advisory of high or critical severity: `npm audit`, given a lock of those
// packages only, without those that only build and test. A registry that cannot be asked is not a failure.
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './program.mjs';

/**
 * @typedef {{ severity: string, name: string, range: string, title: string, url: string }} Advisory
 * @typedef {Readonly<Record<string, { via: readonly (string | Advisory)[] }>>} Vulnerabilities
 */

/** @type {import('./sbom.mjs').Sbom} */
const { components } = JSON.parse(await readFile(`${root}dist/sbom.cdx.json`, 'utf8'));
const directory = await mkdtemp(join(tmpdir(), 'mfa-cli-audit-'));
try {
  await writeLock(directory);
  const report = await audit(directory);
  process.exitCode =
    report.vulnerabilities === undefined ? tellUnasked(report) : tell(report.vulnerabilities);
} finally {
  await rm(directory, { recursive: true, force: true });
}

/**
 * Each package side by side, under a name of its own: two versions of one count as two.
 * @param {string} folder
 */
async function writeLock(folder) {
  /** @type {Record<string, string>} */
  const dependencies = {};
  /** @type {Record<string, object>} */
  const packages = { '': { dependencies } };
  for (const [index, { group, name, version }] of components.entries()) {
    const full = group === undefined ? name : `${group}/${name}`;
    dependencies[`bundled-${index}`] = `npm:${full}@${version}`;
    packages[`node_modules/bundled-${index}`] = { name: full, version };
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }));
  await writeFile(
    join(folder, 'package-lock.json'),
    JSON.stringify({ lockfileVersion: 3, requires: true, packages }),
  );
}

/**
 * npm's document; npm exits with 1 if it found something, and also if it could not ask.
 * @param {string} cwd
 */
async function audit(cwd) {
  const words = ['audit', '--json', '--fetch-retries=1', '--fetch-timeout=60000'];
  const shell = process.platform === 'win32';
  const { stdout, stderr } = await promisify(execFile)('npm', words, { cwd, shell }).catch(
    (error) => error,
  );
  try {
    return JSON.parse(stdout);
  } catch (cause) {
    throw new Error(`npm audit gave no report: ${stderr}`, { cause });
  }
}

/** @param {Vulnerabilities} vulnerabilities */
function tell(vulnerabilities) {
  const advisories = Object.values(vulnerabilities)
    .flatMap(({ via }) => via)
    .filter((advisory) => typeof advisory === 'object');
  for (const { severity, name, range, title, url } of advisories)
    console.log(`${severity}: ${name} ${range}: ${title} (${url})`);
  const grave = advisories.filter(({ severity }) => ['high', 'critical'].includes(severity));
  console.log(
    `${components.length} bundled packages audited: ${advisories.length} advisories, ${grave.length} of them high or critical`,
  );
  return grave.length === 0 ? 0 : 1;
}

/**
 * npm reports a failed endpoint with a message; anything else is a bug of this script.
 * @param {{ message?: string, error?: { summary?: string } }} report
 */
function tellUnasked({ message, error }) {
  if (typeof message !== 'string')
    throw new Error(`npm audit: ${error?.summary ?? 'not a report'}`);
  console.log(`NOT AUDITED: the registry could not be asked for advisories: ${message}`);
  return 0;
}
