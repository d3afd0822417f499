import { join, relative, resolve, sep } from 'node:path';
import { orNull } from '../../errors/cli-error.ts';
import { type Dirent, entriesIn, realPathOf, statsOf } from '../../files/directory.ts';
import { readRegularFile } from '../../files/regular-file.ts';
import type { Place } from './finding.ts';
import {
  isDictionary,
  type PropertyDictionary,
  type PropertyValue,
  parsePropertyList,
  propertyListLimit,
} from './property-list.ts';

/** Maximum bytes of a project file. */
export const fileLimit = 5 * 1024 * 1024;

/** Maximum folder entries of a walk. */
export const walkLimit = 50_000;

/** Folders of dependencies or builds. */
export const foreignFolder = /^(Pods|Carthage|build|DerivedData|node_modules|\..*)$/;

/**
 * The text of a regular file, without a byte order mark; null if it does not exist, is
 * unreadable or exceeds the limit in bytes, or if a link leads out of the project.
 * @param directory of the project
 */
export function readText(path: string, directory: string, limit = fileLimit): string | null {
  if (leadsOut(path, directory)) return null;
  const bytes = orNull(() => readRegularFile(path, { limit }));
  return bytes?.toString('utf8').replace(/^\uFEFF/, '') ?? null;
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
 * The files below a folder, relative to it with `/`. Links to folders are not followed.
 * @param directory of the project
 * @param passedOver names of folders not to enter
 */
export function filesBelow(root: string, directory: string, passedOver: RegExp): readonly string[] {
  const files: string[] = [];
  let left = walkLimit;
  const visit = (prefix: string): void => {
    for (const entry of entriesOf(join(root, prefix))) {
      if (left-- <= 0) return;
      if (isFile(join(root, prefix, entry.name))) files.push(prefix + entry.name);
      else if (entry.isDirectory() && !passedOver.test(entry.name))
        visit(`${prefix}${entry.name}/`);
    }
  };
  if (!leadsOut(root, directory)) visit('');
  return files;
}

/**
 * Whether a link on a path leads out of the project. A path outside without a link,
 * `../Shared`, is the project's choice.
 */
function leadsOut(path: string, directory: string): boolean {
  const from = orNull(() => realPathOf(directory));
  const to = orNull(() => realPathOf(path));
  if (from === null || to === null) return false;
  return to !== resolve(from, relative(directory, path)) && !to.startsWith(from + sep);
}

/** A property list in XML, by its keys: its strings, and its lists of strings. */
export interface PropertyList {
  readonly file: string;
  readonly entries: ReadonlyMap<string, string | readonly string[]>;
  /** The place of a key, else of the dictionary that it belongs in. */
  placeOf(key: string): Place;
}

/** Reads a property list in XML; null if it is none or is unreadable. */
export function readPropertyList(path: string, directory: string): PropertyList | null {
  const text = readText(path, directory, propertyListLimit);
  const list = text === null ? null : parsePropertyList(Buffer.from(text));
  if (text === null || !isDictionary(list)) return null;
  const plain = text.replace(/<!--[\s\S]*?(?:-->|$)/g, blanked);
  const entries = textsOf(list);
  const file = nameIn(directory, path);
  const placeOf = (key: string): Place => {
    const found = plain.indexOf(`<key>${key}</key>`);
    const at = found === -1 ? plain.indexOf('<dict') : found;
    return { file, line: plain.slice(0, at).split('\n').length };
  };
  return { file, entries, placeOf };
}

function textsOf(list: PropertyDictionary): PropertyList['entries'] {
  const texts = new Map<string, string | readonly string[]>();
  for (const [key, value] of list) {
    if (typeof value === 'string') texts.set(key, value);
    if (Array.isArray(value)) texts.set(key, value.filter(isText));
  }
  return texts;
}

function isText(value: PropertyValue): value is string {
  return typeof value === 'string';
}

/** The line breaks of a text: what is left of it keeps its line. */
export function blanked(text: string): string {
  return text.replace(/[^\n]+/g, ' ');
}
