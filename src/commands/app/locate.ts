import { basename, dirname, join, relative, resolve } from 'node:path';
import { CliError } from '../../errors/cli-error.ts';
import { statsOf } from '../../files/directory.ts';
import { onOneLine } from '../../text/printable.ts';
import { entriesOf, foreignFolder, isFile, walkLimit } from './files.ts';
import { layoutOf, missingWords } from './layout.ts';
import { readProjectFile } from './plist.ts';
import { applicationTargets, isForPhones } from './target.ts';

/** How many folders deep to look for a project. */
const depth = 2;

/**
 * The `.xcodeproj` that a path means: itself, the one of its project.pbxproj, the one around or beside a workspace, or the
 * one in a folder, up to two levels deep.
 * @throws {CliError} file-not-found, project-not-recognised
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
    return folder.endsWith('.xcodeproj') ? locateProject(folder) : projectOfFolder(folder, shown);
  if (!stats.isDirectory()) throw notRecognised(`${shown} is not an Xcode project`);
  if (!absolute.endsWith('.xcodeproj')) return projectOfFolder(absolute, shown);
  if (isFile(join(absolute, 'project.pbxproj'))) return absolute;
  throw notRecognised(`${shown} contains no project.pbxproj`);
}

function projectOfFolder(folder: string, shown: string): string {
  const projects = nearest(folder);
  if (projects.length > 0) return chosen(projects, folder, shown);
  throw generatedIn(folder, shown) ?? notRecognised(`${shown} contains no Xcode project`);
}

/** The only project, else the only one with an application for phones. */
function chosen(projects: readonly string[], folder: string, shown: string): string {
  const apps = projects.length > 1 ? projects.filter(holdsApp) : projects;
  const [only, ...others] = apps.length > 0 ? apps : projects;
  if (only !== undefined && others.length === 0) return only;
  const names = [only ?? '', ...others].map((project) => onOneLine(relative(folder, project))).join(', ');
  throw notRecognised(`${shown} contains several Xcode projects: ${names}`, { layout: 'several' });
}

/** Whether a project may have an application for phones; a damaged one may. */
function holdsApp(path: string): boolean {
  try {
    const project = readProjectFile(path);
    return applicationTargets(project).some((target) => isForPhones(project, target));
  } catch (error) {
    if (error instanceof CliError) return true;
    throw error;
  }
}

/** How many folders to examine for their layout. */
const folderLimit = 100;

/** The error that a project has to be generated first: in the folder, around its `ios`, or in a folder in it. */
function generatedIn(folder: string, shown: string): CliError | null {
  const inner = entriesOf(folder)
    .filter((entry) => entry.isDirectory() && !foreignFolder.test(entry.name))
    .slice(0, folderLimit);
  const candidates = [
    { directory: folder, name: shown },
    ...(basename(folder) === 'ios' ? [{ directory: dirname(folder), name: shown }] : []),
    ...inner.map(({ name }) => ({ directory: join(folder, name), name: onOneLine(name) })),
  ];
  for (const { directory, name } of candidates) {
    const layout = layoutOf(directory);
    // A package beside an app is not what we want.
    const isBeside = layout?.layout === 'swift-package' && name !== shown;
    if (layout !== null && !isBeside)
      return notRecognised(`${name} ${missingWords(layout)}`, { layout: layout.layout });
  }
  return null;
}

function notRecognised(message: string, facts: object = {}): CliError {
  return new CliError('project-not-recognised', message, { facts });
}

/** The projects on the topmost level that has any. */
function nearest(root: string): readonly string[] {
  let level = [root];
  let looked = 0;
  for (let deep = 0; deep <= depth; deep++) {
    const folders = level.flatMap((directory) => {
      if (looked > walkLimit) return [];
      const entries = entriesOf(directory);
      looked += entries.length;
      return entries
        .filter((entry) => entry.isDirectory() && !foreignFolder.test(entry.name))
        .map(({ name }) => join(directory, name));
    });
    const projects = folders.filter(
      (folder) => folder.endsWith('.xcodeproj') && isFile(join(folder, 'project.pbxproj')),
    );
    if (projects.length > 0) return projects;
    level = folders.filter((folder) => !/\.(xcodeproj|xcworkspace)$/.test(folder));
  }
  return [];
}
