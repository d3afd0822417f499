// Bundles src/main.ts into dist/, the start and a chunk for whatever is imported on demand; makes the man page, and writes
// the licenses of the packages in the bundle, and of the optional one beside it, and a bill of materials.

import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { browserScripts } from './build/browser-scripts.mjs';
import { checkBundled } from './build/bundled-whole.mjs';
import { chunkGroups } from './build/chunk-groups.mjs';
import { leaveOut } from './build/left-out.mjs';
import { checkStart } from './build/light-start.mjs';
import { bundledPackages, thirdPartyLicenses } from './bundled.mjs';
import { createSbom } from './sbom.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [manifest, lock] = await Promise.all(['package.json', 'package-lock.json'].map(readJson));

// A link to another checkout's node_modules counts as the folder it points to.
const resolve = { symlinks: false };
const transform = {
  target: 'node20.20',
  define: {
    MFA_CLI_VERSION: JSON.stringify(manifest.version),
  },
};
const optional = Object.keys(manifest.optionalDependencies);
const chunks = chunkGroups(root);
const unreachable = leaveOut();
const browserModules = new Set();
await rm(`${root}dist`, { recursive: true, force: true });
const { output } = await build({
  cwd: root,
  input: 'src/main.ts',
  platform: 'node',
  plugins: [browserScripts(browserModules), unreachable.plugin, chunks.plugin],
  // Native: npm installs the one for the system, or leaves it out.
  external: optional,
  resolve,
  transform,
  checks: { ineffectiveDynamicImport: false, pluginTimings: false },
  output: {
    dir: 'dist',
    format: 'cjs',
    minify: true,
    // oidc-provider looks up a token's lifetime by its class name.
    keepNames: true,
    chunkFileNames: 'chunks/[name]-[hash].js',
    // Modules that load together share a file: each further file costs Node.js most of a millisecond.
    codeSplitting: {
      groups: chunks.groups,
    },
  },
});
unreachable.check();
checkStart(output, root);
checkBundled(output, ['undici']);
await writeFile(`${root}dist/package.json`, '{ "type": "commonjs" }\n');
const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
const beside = optional
  .map((name) => `${root}node_modules/${name}/package.json`)
  .filter(existsSync);
const packages = await bundledPackages([...modules, ...browserModules, ...beside], lock);
await writeFile(`${root}dist/THIRD-PARTY-LICENSES.txt`, thirdPartyLicenses(packages));
const sbom = createSbom(manifest, packages, process.env.SOURCE_DATE_EPOCH);
await writeFile(`${root}dist/sbom.cdx.json`, `${JSON.stringify(sbom, null, 2)}\n`);
await mkdir(`${root}dist/man`);
await writeFile(`${root}dist/man/mfa-cli.1`, await manualPage());

/** @param {string} name */
async function readJson(name) {
  return JSON.parse(await readFile(`${root}${name}`, 'utf8'));
}

/** As made by scripts/manual.mjs, bundled temporarily. */
async function manualPage() {
  const file = `${root}dist/man/manual.mjs`;
  await build({
    cwd: root,
    input: 'scripts/manual.mjs',
    platform: 'node',
    plugins: [browserScripts()],
    resolve,
    transform,
    checks: { pluginTimings: false },
    output: { file, format: 'esm', codeSplitting: false },
  });
  const { manual } = await import(file);
  await rm(file);
  return manual();
}
