import { basename, dirname, join, relative, resolve } from 'node:path';
import { CliError } from '../../errors/cli-error.ts';
import { statsOf } from '../../files/directory.ts';
import { onOneLine } from '../../text/printable.ts';
import { entriesOf, foreignFolder, isFile, walkLimit } from './files.ts';

/** Maximum levels of folders to search for a project. */
const depth = 2;

/**
 * The `.xcodeproj` for a path: itself, the one of its project.pbxproj, the one around or
 * next to a workspace, or the one in a folder, up to two levels deep.
 * @throws {CliError} file-not-found, project-not-recognized
 */
export function locateProject(path: string): string {
  const absolute = resolve(path);
  const shown = absolute === resolve() ? 'The current folder' : onOneLine(path);
  const stats = statsOf(absolute);
  if (stats === null) throw new CliError('file-not-found', `${shown} does not exist`);
  const folder = dirname(absolute);
  if (basename(absolute) === 'project.pbxproj') return locateProject(folder);
  // A project contains a workspace of its own.
  if (absolute.endsWith('.xcworkspace'))
    return folder.endsWith('.xcodeproj') ? locateProject(folder) : projectIn(folder, shown);
  if (!stats.isDirectory()) throw notRecognized(`${shown} is not an Xcode project`);
  if (!absolute.endsWith('.xcodeproj')) return projectIn(absolute, shown);
  if (isFile(join(absolute, 'project.pbxproj'))) return absolute;
  throw notRecognized(`${shown} contains no project.pbxproj`);
}

function projectIn(folder: string, shown: string): string {
  const projects = nearest(folder);
  const [only, ...others] = projects;
  if (only === undefined) throw notRecognized(`${shown} contains no Xcode project`);
  if (others.length === 0) return only;
  const names = projects.map((project) => onOneLine(relative(folder, project))).join(', ');
  throw notRecognized(`${shown} contains several Xcode projects: ${names}`);
}

function notRecognized(message: string): CliError {
  return new CliError('project-not-recognized', message);
}

function foldersIn(directory: string): readonly string[] {
  return entriesOf(directory)
    .filter((entry) => entry.isDirectory() && !foreignFolder.test(entry.name))
    .map(({ name }) => join(directory, name));
}

/** The projects on the topmost level that has any. */
function nearest(root: string): readonly string[] {
  let level = [root];
  for (let deep = 0, looked = 0; deep <= depth; deep++) {
    const folders = level.flatMap((folder) => {
      const found = looked > walkLimit ? [] : foldersIn(folder);
      looked += found.length;
      return found;
    });
    const projects = folders.filter(
      (folder) => folder.endsWith('.xcodeproj') && isFile(join(folder, 'project.pbxproj')),
    );
    if (projects.length > 0) return projects;
    level = folders.filter((folder) => !/\.(xcodeproj|xcworkspace)$/.test(folder));
  }
  return [];
}
