import { join, resolve } from 'node:path';
import { objectsOf, type ProjectFile, type ProjectObject, textOf } from './pbxproj.ts';

/** How deep groups lie in each other at most: a damaged file may have a circle of them. */
const depthLimit = 200;

/** The path of a group, folder or file of the project; null of what a build makes or the SDK has. */
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
      // The languages of a variant group have their paths from where the group lies.
      return directory === null ? null : join(directory, path);
    }
    default:
      return null;
  }
}

/** What an object stands for in a build phase: itself, or the languages of a variant group. */
export function filesOf(project: ProjectFile, object: ProjectObject): readonly ProjectObject[] {
  return object.isa === 'PBXVariantGroup' ? objectsOf(project, object, 'children') : [object];
}
