import { dirname, join, relative, resolve, sep } from 'node:path';
import { type Dirent, entriesIn, realPathOf, statsOf } from '../../files/directory.ts';
import { readRegularFile } from '../../files/own-file.ts';

/** The largest project file to read, in bytes. */
export const fileLimit = 5 * 1024 * 1024;

/** Folder entries to look at before a walk ends. */
export const walkLimit = 50_000;

/** Folders with other people's work, or a build's. */
export const foreignFolder = /^(Pods|Carthage|build|DerivedData|node_modules|\..*)$/;

/**
 * The bytes of a regular file; null if there is none, it cannot be read or exceeds the limit, in bytes, or a link leads
 * outside to it.
 * @param directory of the project
 */
export function readFile(path: string, directory: string, limit = fileLimit): Buffer | null {
  if (leadsOut(path, directory)) return null;
  return orNull(() => readRegularFile(path, { limit }));
}

/** Reads a file as text, without a byte order mark; null as `readFile`. */
export function readText(path: string, directory: string, limit = fileLimit): string | null {
  return (
    readFile(path, directory, limit)
      ?.toString('utf8')
      .replace(/^\uFEFF/, '') ?? null
  );
}

export function isFile(path: string): boolean {
  return statsOf(path)?.isFile() === true;
}

/** A path as findings show it: relative to the project, with `/`. */
export function nameIn(directory: string, path: string): string {
  return relative(directory, path).replaceAll(sep, '/');
}

/** The contents of a folder, sorted; empty if it cannot be read. */
export function entriesOf(directory: string): readonly Dirent[] {
  const entries = orNull(() => entriesIn(directory, walkLimit + 1)) ?? [];
  return [...entries].sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * The files below a folder, relative to it with `/`. Links are followed, but into no folder twice, and not out of the
 * project's repository.
 * @param passedOver names of folders not to enter
 */
export function filesBelow(root: string, directory: string, passedOver: RegExp): readonly string[] {
  const files: string[] = [];
  const visited = new Set<string>();
  let looked = 0;
  const visit = (folder: string, prefix: string): void => {
    const real = orNull(() => realPathOf(folder));
    if (real === null || visited.has(real)) return;
    visited.add(real);
    for (const entry of entriesOf(folder)) {
      if (++looked > walkLimit) return;
      const path = join(folder, entry.name);
      const stats = entry.isSymbolicLink() && leadsOut(path, directory) ? null : statsOf(path);
      if (stats?.isFile() === true) files.push(prefix + entry.name);
      else if (stats?.isDirectory() === true && !passedOver.test(entry.name))
        visit(path, `${prefix}${entry.name}/`);
    }
  };
  if (!leadsOut(root, directory)) visit(root, '');
  return files;
}

/**
 * Whether a path that a project names leads through links out of the project's repository. A path outside it without a
 * link, `../Shared`, is the project's own choice, and fine in Xcode.
 */
function leadsOut(path: string, directory: string): boolean {
  const [from, to] = [orNull(() => realPathOf(directory)), orNull(() => realPathOf(path))];
  if (from === null || to === null || to === resolve(from, relative(directory, path))) return false;
  const repository = repositoryOf(from);
  return to !== repository && !to.startsWith(repository + sep);
}

/** How many folders above a project to search for its repository. */
const heightLimit = 20;

function repositoryOf(directory: string): string {
  let folder = directory;
  for (let height = 0; height < heightLimit && folder !== dirname(folder); height++) {
    if (statsOf(join(folder, '.git')) !== null) return folder;
    folder = dirname(folder);
  }
  return directory;
}

function orNull<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch {
    return null;
  }
}
