import { join, resolve } from 'node:path';
import { objectsOf, type ProjectFile, type ProjectObject, textOf } from './pbxproj.ts';

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
