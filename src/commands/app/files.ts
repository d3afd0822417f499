import { dirname, join, relative, resolve, sep } from 'node:path';
import { parse } from '@bacons/xcode/json';
import xmlPlist from '@expo/plist';
import { parseBuffer } from 'bplist-parser';
import { type Dirent, entriesIn, realPathOf, statsOf } from '../../files/directory.ts';
import { readRegularFile } from '../../files/own-file.ts';
import { membersOf } from '../../text/json.ts';
import type { Place } from './finding.ts';

/** Maximum bytes of a project file. */
export const fileLimit = 5 * 1024 * 1024;

/** Maximum folder entries of a walk. */
export const walkLimit = 50_000;

/** Folders of dependencies or builds. */
export const foreignFolder = /^(Pods|Carthage|build|DerivedData|node_modules|\..*)$/;

/**
 * The bytes of a regular file; null if it does not exist, is unreadable or exceeds the limit in bytes, or if a link leads
 * out of the project.
 * @param directory of the project
 */
function readFile(path: string, directory: string, limit = fileLimit): Buffer | null {
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

/** A path in a finding: relative to the project, with `/`. */
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

/** Maximum folders above a project to search for its repository. */
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

/** A property list whose root is a dictionary. */
export interface PropertyList {
  readonly file: string;
  /** The text, or null for a binary one. */
  readonly text: string | null;
  readonly entries: ReadonlyMap<string, unknown>;
}

// Node.js passes a CommonJS module as the default export, other loaders what the module calls its default.
const { parse: parseXml } = (xmlPlist.default ?? xmlPlist) as typeof xmlPlist.default;

/** Maximum bytes to read from a binary list, whose objects can refer to each other; and the cost of each read. */
const [readingLimit, readingCost] = [64 * 1024 * 1024, 64];

/** For an XML list: maximum tags, maximum comments and declarations, and the length of its end with a trailing comment. */
const [tagLimit, asideLimit, endLength] = [20_000, 200, 4096];

/** The beginning of a list: its declarations and comments, and its whole opening tag. */
const beginning =
  /^\s*(?:(?:<\?[^<>]*\?>|<!DOCTYPE[^<>]*>|<!--(?:(?!-->)[\s\S])*-->)\s*)*<plist(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*>/;

/** Reads a property list in XML, binary or old-style form; null if it is none or is unreadable. */
export function readPropertyList(path: string, directory: string): PropertyList | null {
  const bytes = readFile(path, directory);
  if (bytes === null) return null;
  const binary = bytes.subarray(0, 6).toString('latin1') === 'bplist';
  const text = binary ? null : bytes.toString('utf8').replace(/^\uFEFF/, '');
  try {
    const root = membersOf(text === null ? parseBinary(bytes) : parseText(text));
    return root && { file: nameIn(directory, path), text, entries: new Map(Object.entries(root)) };
  } catch {
    return null;
  }
}

/** The place of a key, outside comments; if it is missing, the line of the dictionary that it belongs in. */
export function placeOfKey({ file, text }: PropertyList, key: string): Place {
  if (text === null) return { file, line: null };
  const name = key.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const written = text.trimStart().startsWith('<')
    ? `<!--(?:[\\s\\S]*?-->|[\\s\\S]*)|<key>${name}</key>`
    : `/\\*(?:[\\s\\S]*?\\*/|[\\s\\S]*)|(?<=[{;/\\s])(?:${name}|"${name}")\\s*=`;
  const found = [...text.matchAll(new RegExp(written, 'g'))].find(([each]) => !/^(<!--|\/\*)/.test(each));
  const anchor = found?.index ?? Math.max(0, text.search(/<dict\b|\{/));
  return { file, line: text.slice(0, anchor).split('\n').length };
}

function parseText(text: string): unknown {
  if (/^\s*[{/]/.test(text)) return parseOldStyle(text);
  if (!isOrderly(text)) throw new Error('a list without an end');
  return parseXml(text);
}

/**
 * The library searches repeatedly for a missing end of the list, its type or a comment, and its time grows with the square of
 * the elements outside the list. So all elements must be inside one list with one end.
 */
function isOrderly(text: string): boolean {
  if (!beginning.test(text) || text.match(/<\/plist\s*>/gi)?.length !== 1) return false;
  if (!/<\/plist>\s*(?:<!--|$)/.test(text.slice(-endLength))) return false;
  if (/<!DOCTYPE/i.test(text) && !/<!DOCTYPE[^<>]*>/i.test(text)) return false;
  if ((text.match(/</g)?.length ?? 0) > tagLimit) return false;
  return (text.match(/<[!?]/g)?.length ?? 0) <= asideLimit;
}

function parseBinary(bytes: Buffer): unknown {
  const counted = Buffer.from(bytes);
  let left = readingLimit;
  counted.slice = (start, end): Buffer<ArrayBuffer> => {
    const part = counted.subarray(start, end);
    left -= part.length + readingCost;
    if (left < 0) throw new Error('too many references');
    return part;
  };
  return parseBuffer<unknown>(counted)[0];
}

/** A long run of hex digits between `<` and `>`. No project or settings file has one, and the library takes 100 bytes of memory for each pair. */
const longData = /<[\s\da-f]{4096}/i;

/** The value of a property list in the old style of NeXTSTEP. @throws {Error} for anything else, and for data of more than 2 KiB */
export function parseOldStyle(text: string): unknown {
  if (longData.test(text)) throw new Error('too much data');
  return parse(text);
}
