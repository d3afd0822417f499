// Whether every package in the bundle has a license that permits redistribution: `node scripts/licenses.mjs [SBOM]`.
import { readFile } from 'node:fs/promises';
import { root } from './program.mjs';

/** As spelled in package.json files. Whoever adds one has read it: anything not listed fails. */
const allowed = [
  '0BSD',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'BlueOak-1.0.0',
  'ISC',
  'MIT',
  // node-forge, taken under BSD-3-Clause.
  '(BSD-3-Clause OR GPL-2.0)',
];

/** @type {import('./sbom.mjs').Sbom} */
const { components } = JSON.parse(
  await readFile(process.argv[2] ?? `${root}dist/sbom.cdx.json`, 'utf8'),
);
const refused = components.filter((component) => !allowed.includes(licenseOf(component) ?? ''));
for (const component of refused)
  console.error(
    `${component.purl}: the license ${licenseOf(component) ?? 'is missing'} is not on the list`,
  );
console.log(
  `${components.length - refused.length} packages have a license on the list, ${refused.length} do not`,
);
process.exitCode = refused.length === 0 ? 0 : 1;

/** @param {import('./sbom.mjs').Component} component */
function licenseOf({ licenses = [] }) {
  const [only, ...others] = licenses.map(({ expression, license }) => expression ?? license?.id);
  return others.length === 0 ? only : undefined;
}
