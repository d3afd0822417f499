// Bills of materials, CycloneDX 1.6: of the npm package as the build wrote it, and of the executables, which have Bun and a library in them.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lockedOf, readLocks } from '../binary/locked-package.mjs';
import { targets } from '../binary/targets.mjs';
import { root } from '../program.mjs';
import { packageComponent } from '../sbom.mjs';
import { project, release } from './project.mjs';

export async function makeBills() {
  const bill = JSON.parse(await readFile(`${root}dist/sbom.cdx.json`, 'utf8'));
  const documents = { npm: bill, binary: withRuntimes(bill, readLocks()) };
  const files = Object.entries(documents).map(async ([kind, document]) => {
    const file = join(release, `${project.name}-${project.version}-${kind}.cdx.json`);
    await writeFile(file, `${JSON.stringify(document, null, 2)}\n`);
    return file;
  });
  return Promise.all(files);
}

/**
 * The bill of the executables: each contains one of the runtimes in addition, and the library of one keychain, by the hashes of
 * their packages.
 * @param {import('../sbom.mjs').Sbom} bill
 * @param {import('../binary/locked-package.mjs').Lock} lock
 */
function withRuntimes(bill, lock) {
  const runtimes = Object.values(targets).flatMap(({ runtime, keychain }) =>
    Object.entries({ platform: runtime, library: keychain }).map(([type, name]) =>
      packageComponent(type, { name, ...lockedOf(name, lock) }),
    ),
  );
  const refs = runtimes.map((component) => component['bom-ref']);
  const program = bill.metadata.component['bom-ref'];
  return {
    ...bill,
    components: [...bill.components, ...runtimes],
    dependencies: [
      ...bill.dependencies.map(({ ref, dependsOn }) =>
        ref === program ? { ref, dependsOn: [...dependsOn, ...refs] } : { ref, dependsOn },
      ),
      ...refs.map((ref) => ({ ref, dependsOn: [] })),
    ],
  };
}
