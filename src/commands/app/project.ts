import { basename, dirname, join, resolve } from 'node:path';
import { parse } from '@bacons/xcode/json';
import { CliError } from '../../errors/cli-error.ts';
import { membersOf } from '../../text/json.ts';
import { onOneLine } from '../../text/printable.ts';
import { fileLimit, nameIn, readText } from './files.ts';
import type { Place } from './finding.ts';

/** A project.pbxproj, parsed. */
export interface ProjectFile {
  /** The name without `.xcodeproj`. */
  readonly name: string;
  readonly path: string;
  /** The base of the project's paths: Xcode's SRCROOT. */
  readonly directory: string;
  readonly lines: readonly string[];
  /** By their IDs. */
  readonly objects: ReadonlyMap<string, ProjectObject>;
  /** The group that contains an object, by its ID. */
  readonly parents: ReadonlyMap<string, ProjectObject>;
  readonly root: ProjectObject;
}

/**
 * A long run of hex digits between `<` and `>`. No project file has one, and the library
 * takes 100 bytes of memory for each pair.
 */
const longData = /<[\s\da-f]{4096}/i;

/**
 * Parses the project file of an `.xcodeproj`.
 * @throws {CliError} project-not-recognized
 */
export function readProjectFile(bundle: string): ProjectFile {
  const path = join(bundle, 'project.pbxproj');
  const shown = onOneLine(basename(bundle));
  const text = readText(path, bundle);
  if (text === null || longData.test(text)) {
    const limit = `${fileLimit / 1024 / 1024} MiB`;
    const message = `The project file of ${shown} cannot be read, or is larger than ${limit}`;
    throw new CliError('project-not-recognized', message);
  }
  try {
    const { objects: written, rootObject } = membersOf(parse(text)) ?? {};
    const objects = new Map<string, ProjectObject>();
    const parents = new Map<string, ProjectObject>();
    const name = basename(bundle, '.xcodeproj');
    const of = { name, path, lines: text.split('\n'), objects, parents };
    const { projectDirPath } = membersOf(membersOf(written)?.[String(rootObject)]) ?? {};
    const directory = resolve(dirname(bundle), scalar(projectDirPath) ?? '');
    for (const [id, members] of Object.entries(membersOf(written) ?? {}))
      objects.set(id, new ProjectObject({ ...of, directory }, id, membersOf(members) ?? {}));
    for (const group of objects.values())
      for (const child of group.list('children')) parents.set(child, group);
    const root = objects.get(String(rootObject));
    if (root?.isa !== 'PBXProject') throw new Error('no root object');
    return { ...of, directory, root };
  } catch (cause) {
    throw new CliError('project-not-recognized', `The project file of ${shown} is damaged`, {
      cause,
    });
  }
}

function scalar(value: unknown): string | undefined {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
}

/** How deep groups may be nested: a damaged file may contain a circle of them. */
const depthLimit = 200;

/** An object of a project file, by its class (`isa`) and its attributes. */
export class ProjectObject {
  readonly id: string;
  readonly isa: string;
  readonly #project: Omit<ProjectFile, 'root'>;
  readonly #attributes: Readonly<Record<string, unknown>>;

  constructor(
    project: Omit<ProjectFile, 'root'>,
    id: string,
    attributes: Readonly<Record<string, unknown>>,
  ) {
    this.id = id;
    this.isa = String(attributes.isa);
    this.#project = project;
    this.#attributes = attributes;
  }

  /** An attribute as text; numbers are written without quotes in the file. */
  text(key: string): string | undefined {
    return Object.hasOwn(this.#attributes, key) ? scalar(this.#attributes[key]) : undefined;
  }

  /** The texts of a list attribute. */
  list(key: string): readonly string[] {
    const value = this.#attributes[key];
    return Array.isArray(value) ? value.map(scalar).filter((item) => item !== undefined) : [];
  }

  /** Name and text of each build setting; a list is joined by spaces. */
  settings(): readonly (readonly [string, string])[] {
    return Object.entries(membersOf(this.#attributes.buildSettings) ?? {}).map(([name, value]) => [
      name,
      (Array.isArray(value) ? value : [value]).map((item) => scalar(item) ?? '').join(' '),
    ]);
  }

  /** The objects that an attribute refers to, if they exist. */
  objects(key: string): readonly ProjectObject[] {
    const single = this.text(key);
    const ids = single === undefined ? this.list(key) : [single];
    return ids.flatMap((id) => this.#project.objects.get(id) ?? []);
  }

  /** Where it is in the project file, or an attribute or setting inside it. */
  place(key?: string): Place {
    const { directory, path, lines } = this.#project;
    const at = lines.findIndex(
      (line) => line.trimStart().startsWith(this.id) && / = \{/.test(line),
    );
    const end = lines.indexOf(`${/^\s*/.exec(lines[at] ?? '')?.[0]}};`, at);
    const inside = lines.slice(at, end === -1 ? undefined : end).map((line) => line.trimStart());
    const within = inside.findIndex(
      (line) => line.startsWith(`${key} = `) || line.startsWith(`"${key}" = `),
    );
    return { file: nameIn(directory, path), line: at === -1 ? null : at + Math.max(within, 0) + 1 };
  }

  /**
   * The path of a group, folder or file; null for build products and what the SDK
   * contains.
   */
  path(depth = 0): string | null {
    const { directory, parents } = this.#project;
    const path = this.text('path') ?? '';
    const tree = this.text('sourceTree');
    if (tree === '<absolute>') return resolve(path);
    if (tree === 'SOURCE_ROOT') return join(directory, path);
    if (tree !== '<group>') return null;
    // Paths of a variant group's languages are relative to where the group is.
    const parent = parents.get(this.id);
    if (parent === undefined) return join(directory, path);
    const around = depth > depthLimit ? null : parent.path(depth + 1);
    return around === null ? null : join(around, path);
  }
}
