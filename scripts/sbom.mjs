// The bill of materials of a bundle, CycloneDX 1.6 in JSON.

/**
 * The document for a package.json and the result of `bundledPackages`. The same input gives the same document: it has no
 * serial number, and a time only if SOURCE_DATE_EPOCH (seconds) names one.
 * @see https://cyclonedx.org/docs/1.6/json/
 * @see https://reproducible-builds.org/specs/source-date-epoch/
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
        dependsOn: each.requires.map((id) => refs.get(id)),
      })),
    ],
  };
}

/** A package of the npm registry as a component, with the hash that the lock has. */
export function packageComponent(type, { integrity, ...named }) {
  return { ...componentOf(type, named), hashes: [hashOf(integrity)] };
}

function componentOf(type, { name, version, license }) {
  const purl = purlOf({ name, version });
  const [scope, rest] = name.startsWith('@') ? name.split('/') : [null, name];
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

/** @see https://github.com/package-url/purl-spec/blob/main/types-doc/npm-definition.md */
function purlOf({ name, version }) {
  return `pkg:npm/${name.replace('@', '%40')}@${encodeURIComponent(version)}`;
}

/** By its identifier, or by the expression if it has several. */
function licenseOf(license) {
  return /[\s()]/.test(license) ? { expression: license } : { license: { id: license } };
}

/** Of `sha512-BASE64`, as in lock files. @see https://www.w3.org/TR/sri/ */
function hashOf(integrity) {
  const [, size, digest = ''] = /^sha(256|384|512)-([\w+/]+=*)$/.exec(integrity) ?? [];
  if (size === undefined)
    throw new Error(`a bill of materials cannot contain the hash ${integrity}`);
  return { alg: `SHA-${size}`, content: Buffer.from(digest, 'base64').toString('hex') };
}

function timeOf(seconds) {
  if (!/^\d+$/.test(seconds))
    throw new Error(`SOURCE_DATE_EPOCH is not a number of seconds: ${seconds}`);
  return new Date(Number(seconds) * 1000).toISOString();
}
