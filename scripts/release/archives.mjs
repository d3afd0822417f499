// An archive a system, which Homebrew, Scoop, winget and install.sh download: one folder with the program, its licenses, man
// page and completions.
import { cp, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { project, release } from './project.mjs';
import { run } from './run.mjs';
import { packTar } from './tar.mjs';
import { servedBy, targets } from './targets.mjs';

/**
 * The name of the folder in an archive.
 * @param {string} target
 */
export function archiveFolder(target) {
  return `${project.name}-${project.version}-${target}`;
}

/** @param {string} target */
export function archiveName(target) {
  return `${archiveFolder(target)}.${targets[target]?.archive}`;
}

export async function makeArchives() {
  // Each is compressed on one core.
  return Promise.all(servedBy('archive').map(([target, kind]) => makeArchive(target, kind)));
}

/**
 * @param {string} target
 * @param {'tar.gz' | 'zip'} kind
 */
async function makeArchive(target, kind) {
  const scratch = await mkdtemp(join(tmpdir(), 'mfa-cli-archive-'));
  const folder = archiveFolder(target);
  const file = join(release, archiveName(target));
  try {
    await cp(join(release, 'binary', target), join(scratch, folder), { recursive: true });
    await rm(file, { force: true });
    if (kind === 'zip') await packZip(file, scratch, folder);
    else await packTar(file, scratch, [folder]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return file;
}

/**
 * A zip file that is the same each time: sorted, with the time of SOURCE_DATE_EPOCH, without owners.
 * @param {string} file
 * @param {string} folder
 * @param {string} entry
 */
async function packZip(file, folder, entry) {
  const paths = await readdir(join(folder, entry), { recursive: true, withFileTypes: true });
  const files = paths
    .filter((path) => path.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const time = Number(process.env.SOURCE_DATE_EPOCH);
  await Promise.all(files.map((path) => utimes(path, time, time)));
  const names = files.map((path) => path.slice(folder.length + 1)).sort();
  await run('zip', ['--quiet', '-X', file, ...names], {
    cwd: folder,
    env: { ...process.env, TZ: 'UTC' },
  });
}
