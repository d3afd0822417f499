import { basename, dirname, join, resolve } from 'node:path';
import { parse } from '@bacons/xcode/json';
import xmlPlist from '@expo/plist';
import { parseBuffer } from 'bplist-parser';
import { CliError } from '../../errors/cli-error.ts';
import { membersOf } from '../../text/json.ts';
import { onOneLine } from '../../text/printable.ts';
import { fileLimit, nameIn, readFile, readText } from './files.ts';
import type { Place } from './finding.ts';

/** A property list whose root is a dictionary. */
export interface PropertyList {
  readonly file: string;
  /** The text, or null for a binary one. */
  readonly text: string | null;
  readonly entries: ReadonlyMap<string, unknown>;
}

// Node.js passes a CommonJS module as the default export, other loaders what the module calls its default.
const { parse: parseXml } = (xmlPlist.default ?? xmlPlist) as typeof xmlPlist.default;

/** How many bytes of a binary list to read: its objects can refer to each other so that it grows without limit. */
const readingLimit = 64 * 1024 * 1024;
/** What a read costs besides its bytes. */
const readingCost = 64;

/** Characters at the end of an XML list that contain its end, with a comment after it. */
const endLength = 4096;

/** Comments and the like: a list has a handful. */
const asideLimit = 200;

/** Tags of an XML list. */
const tagLimit = 20_000;

/** What a list begins with: its type and comments, and the tag of the list, whole. */
const beginning =
  /^\s*(?:(?:<\?[^<>]*\?>|<!DOCTYPE[^<>]*>|<!--(?:(?!-->)[\s\S])*-->)\s*)*<plist(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*\s*>/;

/** Reads a property list in XML, binary or old-style form; null if it is none, or cannot be read. */
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

/** The place of a key; if it is missing, the line of the dictionary that it belongs in. */
export function placeOfKey({ file, text }: PropertyList, key: string): Place {
  if (text === null) return { file, line: null };
  const at = keyIn(text, key);
  const anchor = at === -1 ? Math.max(0, text.search(/<dict\b|\{/)) : at;
  return { file, line: text.slice(0, anchor).split('\n').length };
}

/** Where a key is in XML or in the old style, outside comments; -1 if it is not. */
function keyIn(text: string, key: string): number {
  const name = key.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&');
  const written = text.trimStart().startsWith('<')
    ? `<!--(?:[\\s\\S]*?-->|[\\s\\S]*)|<key>${name}</key>`
    : `/\\*(?:[\\s\\S]*?\\*/|[\\s\\S]*)|(?<=[{;/\\s])(?:${name}|"${name}")\\s*=`;
  for (const { 0: found, index } of text.matchAll(new RegExp(written, 'g')))
    if (!/^(<!--|\/\*)/.test(found)) return index;
  return -1;
}

function parseText(text: string): unknown {
  if (/^\s*[{/]/.test(text)) return parseOldStyle(text);
  if (!isOrderly(text)) throw new Error('a list without an end');
  return parseXml(text);
}

/**
 * The library searches again and again for a missing end: of the list, of its type, of a comment. Its time grows with the square of
 * the elements that no list is around, too: all are between the tag of the list and its only end.
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

/** Hex digits in a row between `<` and `>`; no project and no list of settings holds any, and the library takes 100 bytes of memory for each two. */
const longData = /<[\s\da-f]{4096}/i;

/** The value of a property list in the old style of NeXTSTEP. Throws for anything else, and for data of more than 2 kB. */
function parseOldStyle(text: string): unknown {
  if (longData.test(text)) throw new Error('too much data');
  return parse(text);
}

/** An object of a project file: its ID, its class (`isa`) and its attributes. */
export interface ProjectObject {
  readonly id: string;
  readonly isa: string;
  readonly attributes: ReadonlyMap<string, unknown>;
}

/** A project.pbxproj, parsed. */
export interface ProjectFile {
  /** The name without `.xcodeproj`. */
  readonly name: string;
  readonly path: string;
  /** The base of the project's paths: Xcode's SRCROOT. */
  readonly directory: string;
  readonly lines: readonly string[];
  readonly objects: ReadonlyMap<string, ProjectObject>;
  /** The group that contains an object, by its ID. */
  readonly parents: ReadonlyMap<string, ProjectObject>;
  readonly root: ProjectObject;
}

/** Parses the project file of an `.xcodeproj`. @throws {CliError} project-not-recognised */
export function readProjectFile(bundle: string): ProjectFile {
  const path = join(bundle, 'project.pbxproj');
  const shown = onOneLine(basename(bundle));
  const text = readText(path, bundle);
  if (text === null) {
    throw new CliError(
      'project-not-recognised',
      `The project file of ${shown} cannot be read, or is larger than ${fileLimit / 1024 / 1024} MiB`,
    );
  }
  try {
    const { objects, rootId } = parseObjects(text);
    const root = objects.get(rootId);
    if (root?.isa !== 'PBXProject') throw new Error('no root object');
    const directory = resolve(dirname(bundle), textOf(root, 'projectDirPath') ?? '');
    const parents = new Map(
      [...objects.values()].flatMap((group) =>
        listOf(group, 'children').map((child) => [child, group] as const),
      ),
    );
    return {
      name: basename(bundle, '.xcodeproj'),
      path,
      directory,
      lines: text.split('\n'),
      objects,
      parents,
      root,
    };
  } catch (cause) {
    throw new CliError('project-not-recognised', `The project file of ${shown} is damaged`, { cause });
  }
}

function parseObjects(text: string): { objects: ReadonlyMap<string, ProjectObject>; rootId: string } {
  const parsed = parseOldStyle(text) as { objects?: unknown; rootObject?: unknown };
  const objects = new Map<string, ProjectObject>();
  for (const [id, value] of entriesOf(parsed.objects)) {
    const attributes = new Map(entriesOf(value));
    objects.set(id, { id, isa: String(attributes.get('isa')), attributes });
  }
  return { objects, rootId: String(parsed.rootObject) };
}

/** The attribute as text; numbers are written without quotes in the file. */
export function textOf({ attributes }: ProjectObject, key: string): string | undefined {
  return scalar(attributes.get(key));
}

/** The texts of a list attribute. */
export function listOf({ attributes }: ProjectObject, key: string): readonly string[] {
  const value = attributes.get(key);
  return Array.isArray(value) ? value.map(scalar).filter((item) => item !== undefined) : [];
}

/** Name and text of each entry of a dictionary attribute; a list is joined by spaces, as in a build setting. */
export function settingsOf(
  { attributes }: ProjectObject,
  key: string,
): readonly (readonly [string, string])[] {
  return entriesOf(attributes.get(key)).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.map((item) => scalar(item) ?? '').join(' ') : (scalar(value) ?? ''),
  ]);
}

/** The objects that an attribute refers to, if they exist. */
export function objectsOf(
  project: ProjectFile,
  object: ProjectObject,
  key: string,
): readonly ProjectObject[] {
  const single = textOf(object, key);
  const ids = single === undefined ? listOf(object, key) : [single];
  return ids.map((id) => project.objects.get(id)).filter((found) => found !== undefined);
}

/** The line with an object, or with an attribute or setting inside it; null if there is none. */
export function lineOf({ lines }: ProjectFile, { id }: ProjectObject, key?: string): number | null {
  const start = lines.findIndex((line) => line.trimStart().startsWith(id) && / = \{/.test(line));
  if (start === -1) return null;
  if (key === undefined) return start + 1;
  const end = `${/^\s*/.exec(lines[start] ?? '')?.[0]}};`;
  for (let index = start; index < lines.length && lines[index]?.trimEnd() !== end; index++) {
    const line = lines[index]?.trimStart() ?? '';
    if (line.startsWith(`${key} = `) || line.startsWith(`"${key}" = `)) return index + 1;
  }
  return start + 1;
}

function scalar(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return typeof value === 'object' && value !== null ? Object.entries(value) : [];
}

/** How deep groups may be nested: a damaged file may contain a circle of them. */
const depthLimit = 200;

/** The path of a group, folder or file of the project; null for build products and what the SDK contains. */
export function pathOf(project: ProjectFile, object: ProjectObject, depth = 0): string | null {
  const path = textOf(object, 'path') ?? '';
  switch (textOf(object, 'sourceTree')) {
    case '<absolute>':
      return resolve(path);
    case 'SOURCE_ROOT':
      return join(project.directory, path);
    case '<group>': {
      const parent = project.parents.get(object.id);
      if (parent === undefined) return join(project.directory, path);
      const directory = depth > depthLimit ? null : pathOf(project, parent, depth + 1);
      // Paths of a variant group's languages are relative to where the group is.
      return directory === null ? null : join(directory, path);
    }
    default:
      return null;
  }
}

/** The files behind an object in a build phase: itself, or the languages of a variant group. */
export function filesOf(project: ProjectFile, object: ProjectObject): readonly ProjectObject[] {
  return object.isa === 'PBXVariantGroup' ? objectsOf(project, object, 'children') : [object];
}
