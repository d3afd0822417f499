// The bill of materials of a bundle, CycloneDX 1.6 in JSON.

/**
 * @typedef {object} Component
 * @property {string} type
 * @property {string} bom-ref
 * @property {string} [group]
 * @property {string} name
 * @property {string} version
 * @property {string} [scope]
 * @property {string} purl
 * @property {readonly { expression?: string, license?: { id: string } }[]} [licenses]
 * @property {readonly { alg: string, content: string }[]} [hashes]
 *
 * @typedef {object} Sbom
 * @property {string} bomFormat
 * @property {string} specVersion
 * @property {{ timestamp?: string, component: Component }} metadata
 * @property {readonly Component[]} components
 * @property {readonly { ref: string, dependsOn: readonly string[] }[]} dependencies
 *
 * @typedef {object} Manifest a package.json
 * @property {string} name
 * @property {string} version
 * @property {string} license
 * @property {string} description
 * @property {object} [optionalDependencies]
 *
 * @typedef {object} Named a package as a component has it
 * @property {string} name
 * @property {string} version
 * @property {string | undefined} [license]
 */

/**
 * The document for a package.json and the result of `bundledPackages`. The same input gives the same document: it has no
 * serial number, and a time only if SOURCE_DATE_EPOCH (seconds) names one.
 * @see https://cyclonedx.org/docs/1.6/json/
 * @see https://reproducible-builds.org/specs/source-date-epoch/
 * @param {Manifest} manifest
 * @param {readonly Omit<import('./bundled.mjs').BundledPackage, 'text'>[]} packages
 * @param {string} [sourceDateEpoch]
 */
export function createSbom(manifest, packages, sourceDateEpoch) {
  const { name, version, license, description } = manifest;
  const program = { ...componentOf('application', { name, version, license }), description };
  const refs = new Map(packages.map((each) => [`${each.name} ${each.version}`, purlOf(each)]));
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      ...(sourceDateEpoch ? { timestamp: timeOf(sourceDateEpoch) } : {}),
      lifecycles: [{ phase: 'build' }],
      component: program,
    },
    components: packages.map((each) => ({
      ...packageComponent('library', each),
      ...(each.name in (manifest.optionalDependencies ?? {}) ? { scope: 'optional' } : {}),
    })),
    dependencies: [
      { ref: purlOf(manifest), dependsOn: packages.filter(({ direct }) => direct).map(purlOf) },
      ...packages.map((each) => ({
        ref: purlOf(each),
        dependsOn: each.requires.map((id) => refs.get(id) ?? id),
      })),
    ],
  };
}

/**
 * A package of the npm registry as a component, with the hash that the lock has.
 * @param {string} type
 * @param {Named & { integrity: string }} package
 */
export function packageComponent(type, { integrity, ...named }) {
  return { ...componentOf(type, named), hashes: [hashOf(integrity)] };
}

/**
 * @param {string} type
 * @param {Named} package
 */
function componentOf(type, { name, version, license }) {
  const purl = purlOf({ name, version });
  const [scope = null, rest = name] = name.startsWith('@') ? name.split('/') : [];
  return {
    type,
    'bom-ref': purl,
    ...(scope === null ? {} : { group: scope }),
    name: rest,
    version,
    purl,
    ...(license === undefined ? {} : { licenses: [licenseOf(license)] }),
  };
}

/**
 * @see https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md
 * @param {Named} package
 */
function purlOf({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
}

/**
 * By its identifier, or by the expression if it has several.
 * @param {string} license
 */
function licenseOf(license) {
  return /[\s()]/.test(license) ? { expression: license } : { license: { id: license } };
}

/**
 * Of `sha512-BASE64`, as in lock files.
 * @see https://www.w3.org/TR/sri/
 * @param {string} integrity
 */
function hashOf(integrity) {
  const [, size, digest = ''] = /^sha(256|384|512)-([\w+/]+=*)$/.exec(integrity) ?? [];
  if (size === undefined)
    throw new Error(`a bill of materials cannot contain the hash ${integrity}`);
  return { alg: `SHA-${size}`, content: Buffer.from(digest, 'base64').toString('hex') };
}

/** @param {string} seconds */
function timeOf(seconds) {
  if (!/^\d+$/.test(seconds))
    throw new Error(`SOURCE_DATE_EPOCH is not a number of seconds: ${seconds}`);
  return new Date(Number(seconds) * 1000).toISOString();
}
