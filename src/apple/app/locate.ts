import { basename, dirname, join, resolve } from 'node:path';
import { CliError } from '../../errors.ts';
import { onOneLine } from '../../printable.ts';
import { entriesOf, foreignFolder, isFile, statsOf } from './files.ts';

/** How many folders deep a project is looked for. */
const depth = 2;

/**
 * The `.xcodeproj` that a path means: itself, its project.pbxproj, the workspace beside it, or a folder that holds just
 * one, two levels deep.
 * @throws {CliError} file-not-found, project-not-recognised
 */
export function locateProject(path: string): string {
  const absolute = resolve(path);
  const shown = onOneLine(path);
  const stats = statsOf(absolute);
  if (stats === null) throw new CliError('file-not-found', `${shown} does not exist`);
  // A workspace stands beside its project, or in it.
  if (basename(absolute) === 'project.pbxproj' || absolute.endsWith('.xcworkspace'))
    return locateProject(dirname(absolute));
  if (!stats.isDirectory()) throw new CliError('project-not-recognised', `${shown} is not an Xcode project`);
  if (absolute.endsWith('.xcodeproj')) {
    if (isFile(join(absolute, 'project.pbxproj'))) return absolute;
    throw new CliError('project-not-recognised', `${shown} holds no project.pbxproj`);
  }
  const [first, ...others] = nearest(absolute);
  if (first === undefined) throw new CliError('project-not-recognised', `${shown} holds no Xcode project`);
  if (others.length === 0) return first;
  const names = [first, ...others].map((project) => onOneLine(basename(project))).join(', ');
  throw new CliError('project-not-recognised', `${shown} holds several Xcode projects: ${names}`);
}

/** The projects of the uppermost level that has any. */
function nearest(root: string): readonly string[] {
  let level = [root];
  for (let deep = 0; deep <= depth; deep++) {
    const folders = level.flatMap((directory) =>
      entriesOf(directory)
        .filter((entry) => entry.isDirectory() && !foreignFolder.test(entry.name))
        .map(({ name }) => join(directory, name)),
    );
    const projects = folders.filter(
      (folder) => folder.endsWith('.xcodeproj') && isFile(join(folder, 'project.pbxproj')),
    );
    if (projects.length > 0) return projects;
    level = folders.filter((folder) => !folder.endsWith('.xcodeproj'));
  }
  return [];
}
