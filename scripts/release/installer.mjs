// install.sh as the release has it: by default it installs that release.
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { project, release } from './project.mjs';

export async function makeInstaller() {
  const script = await readFile(new URL('install.sh', import.meta.url), 'utf8');
  const file = join(release, 'install.sh');
  const text = script
    .replace(/^version=.*$/m, `version=${project.version}`)
    .replace(/^releases=.*$/m, `releases=${project.address}/releases/download`);
  await writeFile(file, text, { mode: 0o755 });
  return [file];
}
