// Bundles src/main.ts into dist/, the start and a chunk for whatever is imported on demand; makes the man page, and tells
// of the packages in the bundle: their licences, and a bill of materials.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { build } from 'rolldown';
import { bundledPackages, thirdPartyLicences } from './bundled.mjs';
import { createSbom } from './sbom.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const [manifest, lock] = await Promise.all(['package.json', 'package-lock.json'].map(readJson));

const transform = { target: 'node20.20', define: { MFA_CLI_VERSION: JSON.stringify(manifest.version) } };
await rm(`${root}dist`, { recursive: true, force: true });
const { output } = await build({
  cwd: root,
  input: 'src/main.ts',
  platform: 'node',
  plugins: [withoutUnused()],
  transform,
  checks: { eval: false, ineffectiveDynamicImport: false },
  output: {
    dir: 'dist',
    format: 'cjs',
    minify: true,
    // oidc-provider finds the lifetime of a token by the name of its class.
    keepNames: true,
    chunkFileNames: 'chunks/[name]-[hash].js',
    // What is needed together is one file: finding another one costs Node.js most of a millisecond.
    codeSplitting: {
      groups: [
        {
          name: 'start',
          priority: 1,
          test: /src\/(errors|secret|version|flags|printable|terminal\/(prompt|style|terminal))\.ts$/,
        },
        {
          name: 'p12',
          test: /src\/(bounded|pace|pkcs12\/(?!encode|pem|chain|new-key|private-key|certificate-)|checks\/|report\/|commands\/(input|open-p12|read|read-within|settings)\.|auth\/profile-changes|network\/loopback|tenant\/address)|node-forge\/lib\//,
        },
        {
          name: 'tenant',
          test: /src\/(auth\/(?!sign-|loopback|callback|authorization-)|network\/|tenant\/(?!devices)|commands\/(session|apns\/(record|set-plan))\.)|proper-lockfile|undici\/lib\/(api\/api-request|dispatcher\/agent)\.js/,
        },
      ],
    },
  },
});
await writeFile(`${root}dist/package.json`, '{ "type": "commonjs" }\n');
const modules = output.flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
const packages = await bundledPackages(modules, lock);
await writeFile(`${root}dist/THIRD-PARTY-LICENSES.txt`, thirdPartyLicences(packages));
const sbom = createSbom(manifest, packages, process.env.SOURCE_DATE_EPOCH);
await writeFile(`${root}dist/sbom.cdx.json`, `${JSON.stringify(sbom, null, 2)}\n`);
await mkdir(`${root}dist/man`);
await writeFile(`${root}dist/man/mfa-cli.1`, await manualPage());

async function readJson(name) {
  return JSON.parse(await readFile(`${root}${name}`, 'utf8'));
}

/** As scripts/manual.mjs makes it, bundled for a moment without the work of commands, which nobody describes. */
async function manualPage() {
  const file = `${root}dist/man/manual.mjs`;
  await build({
    cwd: root,
    input: 'scripts/manual.mjs',
    platform: 'node',
    plugins: [{ name: 'without-work', resolveDynamicImport: () => false }],
    transform,
    output: { file, format: 'esm' },
  });
  const { manual } = await import(file);
  await rm(file);
  return manual;
}

/** What packages load at their start for something that this program never asks of them; each takes 4 to 20 ms. */
function withoutUnused() {
  const unused = [
    { by: 'commander', module: 'node:child_process', use: 'subcommands that are programs of their own' },
    { by: 'conf', module: 'ajv/dist/2020.js', use: 'a schema', exports: ['Ajv2020'] },
    { by: 'conf', module: 'ajv-formats', use: 'a schema' },
    { by: 'conf', module: 'semver', use: 'migrations' },
    { by: 'node-forge', module: './oids', use: 'names in a print-out' },
    { by: 'undici', module: './client-h2.js', use: 'HTTP/2' },
    { by: 'undici', module: '../web/fetch/body.js', use: 'bodies of other types than text' },
    { by: 'proper-lockfile', module: 'graceful-fs', use: 'waiting for open files', instead: 'node:fs' },
  ];
  const prefix = '\0unused:';
  return {
    name: 'without-unused',
    resolveId(id, importer = '') {
      const index = unused.findIndex(
        ({ by, module }) => module === id && importer.split(/[/\\]/).includes(by),
      );
      if (index === -1) return null;
      const { instead } = unused[index];
      return instead === undefined ? `${prefix}${index}` : { id: instead, external: true };
    },
    load(id) {
      if (!id.startsWith(prefix)) return null;
      const { exports = [] } = unused[Number(id.slice(prefix.length))];
      return ['export default {};', ...exports.map((name) => `export const ${name} = undefined;`)].join('\n');
    },
  };
}
