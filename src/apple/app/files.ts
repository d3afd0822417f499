import { type Dirent, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The largest file of a project that is read, in bytes. */
export const fileLimit = 5 * 1024 * 1024;

/** Entries of folders that are looked at before a walk ends. */
const walkLimit = 50_000;

/** Folders with the work of others, or of a build. */
export const foreignFolder = /^(Pods|Carthage|build|DerivedData|node_modules|\..*)$/;

/** The bytes of a regular file; null where there is none, it cannot be read or is over the limit, in bytes. */
export function readFile(path: string, limit = fileLimit): Buffer | null {
  const stats = statsOf(path);
  // A project may name a device or a pipe, which would never end.
  if (stats?.isFile() !== true || stats.size > limit) return null;
  return orNull(() => readFileSync(path));
}

/** The same as text, without a byte order mark. */
export function readText(path: string, limit = fileLimit): string | null {
  return (
    readFile(path, limit)
      ?.toString('utf8')
      .replace(/^\uFEFF/, '') ?? null
  );
}

export function isFile(path: string): boolean {
  return statsOf(path)?.isFile() === true;
}

/** What is at a path; null where nothing is, or the path can be none: a project may write what it likes. */
export function statsOf(path: string): Stats | null {
  return orNull(() => statSync(path));
}

/** A path as findings name it: relative to the project, with `/`. */
export function nameIn(directory: string, path: string): string {
  return relative(directory, path).replaceAll(sep, '/');
}

/** What a folder holds, sorted; nothing where it cannot be read. */
export function entriesOf(directory: string): readonly Dirent[] {
  const entries = orNull(() => readdirSync(directory, { withFileTypes: true })) ?? [];
  return entries.sort((one, other) => (one.name < other.name ? -1 : 1));
}

/**
 * The files below a folder, relative to it with `/`. Links are followed, but into no folder twice.
 * @param enters whether a folder of that name is looked into
 */
export function filesBelow(root: string, enters: (name: string) => boolean): readonly string[] {
  const files: string[] = [];
  const visited = new Set<string>();
  let looked = 0;
  const visit = (directory: string, prefix: string): void => {
    const real = orNull(() => realpathSync(directory));
    if (real === null || visited.has(real)) return;
    visited.add(real);
    for (const { name } of entriesOf(directory)) {
      if (++looked > walkLimit) return;
      const path = join(directory, name);
      const stats = statsOf(path);
      if (stats?.isFile() === true) files.push(prefix + name);
      else if (stats?.isDirectory() === true && enters(name)) visit(path, `${prefix}${name}/`);
    }
  };
  visit(root, '');
  return files;
}

function orNull<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch {
    return null;
  }
}
