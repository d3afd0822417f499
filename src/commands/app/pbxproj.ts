import { basename, dirname, join, resolve } from 'node:path';
import { CliError } from '../../errors/cli-error.ts';
import { onOneLine } from '../../text/printable.ts';
import { fileLimit, readText } from './files.ts';
import { parseOldStyle } from './plist.ts';

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
