// The manifest for a bucket of Scoop.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { archiveFolder, archiveName } from './archives.mjs';
import { sha256Of } from './checksums.mjs';
import { downloadOf, project, release } from './project.mjs';
import { servedBy } from './targets.mjs';

/** @see https://github.com/ScoopInstaller/Scoop/wiki/App-Manifests */
export async function makeScoop() {
  const { name, version, description, license, address } = project;
  const sources = servedBy('scoop').map(async ([target, processor]) => {
    const archive = archiveName(target);
    const source = {
      url: downloadOf(archive),
      hash: await sha256Of(archive),
      extract_dir: archiveFolder(target),
    };
    return [processor, source];
  });
  const architecture = Object.fromEntries(await Promise.all(sources));
  // `scoop` replaces this variable with the version of a newer release.
  /** @param {string} text */
  const next = (text) => text.replaceAll(version, '$version');
  const updates = Object.entries(architecture).map(([processor, { url, extract_dir }]) => [
    processor,
    { url: next(url), extract_dir: next(extract_dir) },
  ]);
  const manifest = {
    version,
    description,
    homepage: address,
    license,
    architecture,
    bin: `${name}.exe`,
    // For the library of the keychain; the program itself needs nothing.
    suggest: { 'Visual C++ runtime': 'extras/vcredist2022' },
    checkver: { github: address },
    autoupdate: { architecture: Object.fromEntries(updates), hash: { url: '$baseurl/SHA256SUMS' } },
  };
  const file = join(release, `${name}.json`);
  await writeFile(file, `${JSON.stringify(manifest, null, 4)}\n`);
  return [file];
}
