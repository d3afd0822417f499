import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { CliError } from '../../errors/cli-error.ts';
import { statsOf } from '../../files/directory.ts';
import { onOneLine } from '../../text/printable.ts';
import { entriesOf, foreignFolder, isFile, readText, walkLimit } from './files.ts';
import { type Layout, layoutOf } from './layout.ts';
import { readProjectFile } from './plist.ts';
import { applicationTargets, isForPhones } from './target.ts';

/** How many folders deep to look for a project. */
const depth = 2;

/**
 * The `.xcodeproj` that a path means: itself, the one of its project.pbxproj, the one in a workspace that is an app for
 * phones, or the one in a folder, up to two levels deep.
 * @throws {CliError} file-not-found, project-not-recognised
 */
export function locateProject(path: string): string {
  const absolute = resolve(path);
  const shown = absolute === resolve() ? 'The current folder' : onOneLine(path);
  const stats = statsOf(absolute);
  if (stats === null) throw new CliError('file-not-found', `${shown} does not exist`);
  if (basename(absolute) === 'project.pbxproj') return locateProject(dirname(absolute));
  // A project contains a workspace of its own.
  if (absolute.endsWith('.xcworkspace'))
    return dirname(absolute).endsWith('.xcodeproj')
      ? locateProject(dirname(absolute))
      : projectOfWorkspace(absolute, shown, shown);
  if (!stats.isDirectory()) {
    const folder = dirname(absolute);
    if (manifest.test(basename(absolute)) && layoutOf(folder) !== null) return projectOfFolder(folder, shown);
    throw new CliError('project-not-recognised', `${shown} is not an Xcode project`);
  }
  if (!absolute.endsWith('.xcodeproj')) return projectOfFolder(absolute, shown);
  if (isFile(join(absolute, 'project.pbxproj'))) return absolute;
  throw new CliError('project-not-recognised', `${shown} contains no project.pbxproj`);
}

/** Files that stand for the folder that they describe. */
const manifest =
  /^(Project|Workspace|Package|Tuist)\.swift$|^project\.ya?ml$|^pubspec\.yaml$|^(app|package)\.json$|^app\.config\.\w+$|^capacitor\.config\.\w+$|^config\.xml$|^Podfile$/;

function projectOfFolder(folder: string, shown: string): string {
  const { projects, workspaces } = nearest(folder);
  if (projects.length > 0) return chosen(projects, folder, shown);
  const [workspace] = workspaces;
  if (workspace !== undefined)
    return projectOfWorkspace(workspace, onOneLine(relative(folder, workspace)), shown);
  throw (
    generatedIn(folder, shown) ?? new CliError('project-not-recognised', `${shown} contains no Xcode project`)
  );
}

/** @param around what the message may say has not been generated yet */
function projectOfWorkspace(workspace: string, shown: string, around: string): string {
  const folder = dirname(workspace);
  const named = readWorkspace(workspace) ?? [];
  const own = named.filter((project) => !relative(folder, project).split(sep).some(isForeign));
  const there = own.filter((project) => isFile(join(project, 'project.pbxproj')));
  if (there.length > 0) return chosen(there, folder, shown);
  const beside = nearest(folder, 0).projects;
  if (beside.length > 0) return chosen(beside, folder, shown);
  const generated = generatedIn(folder, around);
  if (generated !== null) throw generated;
  const [missing] = own;
  throw new CliError(
    'project-not-recognised',
    missing !== undefined
      ? `${shown} names ${onOneLine(basename(missing))}, which does not exist`
      : named.length > 0
        ? `${shown} names only projects of others, such as Pods`
        : `${shown} names no Xcode project`,
    { facts: { layout: 'workspace' } },
  );
}

function isForeign(folder: string): boolean {
  return folder !== '..' && foreignFolder.test(folder);
}

/** The only project, else the only one with an application for phones. */
function chosen(projects: readonly string[], folder: string, shown: string): string {
  const apps = projects.length > 1 ? projects.filter(holdsApp) : projects;
  const [only, ...others] = apps.length > 0 ? apps : projects;
  if (only !== undefined && others.length === 0) return only;
  const names = [only ?? '', ...others].map((project) => onOneLine(relative(folder, project))).join(', ');
  throw new CliError('project-not-recognised', `${shown} contains several Xcode projects: ${names}`, {
    facts: { layout: 'several' },
  });
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

const descriptions: Readonly<Record<Layout, string>> = {
  flutter: 'is a Flutter app without its Xcode project',
  expo: 'is an Expo app without its Xcode project',
  'react-native': 'is a React Native app without its Xcode project',
  capacitor: 'is a Capacitor app without its Xcode project',
  cordova: 'is a Cordova app without its Xcode project',
  tuist: 'is a Tuist project whose Xcode project has not been generated',
  xcodegen: 'is an XcodeGen project whose Xcode project has not been generated',
  'swift-package': 'is a Swift package, which contains no app',
};

/** How many folders to examine for their layout. */
const folderLimit = 100;

/** The error that a project has to be generated first: in the folder, around its `ios`, or in a folder in it. */
function generatedIn(folder: string, shown: string): CliError | null {
  const around = basename(folder) === 'ios' ? [dirname(folder)] : [];
  const own = [folder, ...around].map(layoutOf).find((layout) => layout !== null);
  if (own !== undefined) return notGenerated(own, shown);
  const folders = entriesOf(folder).filter((entry) => entry.isDirectory() && !foreignFolder.test(entry.name));
  for (const { name } of folders.slice(0, folderLimit)) {
    const layout = layoutOf(join(folder, name));
    // A package beside an app is not what we want.
    if (layout !== null && layout !== 'swift-package') return notGenerated(layout, onOneLine(name));
  }
  return null;
}

function notGenerated(layout: Layout, shown: string): CliError {
  return new CliError('project-not-recognised', `${shown} ${descriptions[layout]}`, { facts: { layout } });
}

interface Found {
  readonly projects: readonly string[];
  readonly workspaces: readonly string[];
}

/** The projects, or else the workspaces, on the topmost level that has any. */
function nearest(root: string, deepest = depth): Found {
  let level = [root];
  let workspaces: readonly string[] = [];
  let looked = 0;
  for (let deep = 0; deep <= deepest; deep++) {
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
    if (projects.length > 0) return { projects, workspaces };
    if (workspaces.length === 0) workspaces = folders.filter((folder) => folder.endsWith('.xcworkspace'));
    level = folders.filter((folder) => !/\.(xcodeproj|xcworkspace)$/.test(folder));
  }
  return { projects: [], workspaces };
}

/** A workspace names few projects, in few bytes and few nested groups. */
const [sizeLimit, referenceLimit, nestingLimit] = [1024 * 1024, 1000, 50];

/** The projects that an `.xcworkspace` names, as absolute paths, whether they exist or not; null if it cannot be read. */
function readWorkspace(workspace: string): readonly string[] | null {
  const text = readText(join(workspace, 'contents.xcworkspacedata'), workspace, sizeLimit);
  if (text === null) return null;
  const container = dirname(workspace);
  const groups: string[] = [container];
  const projects: string[] = [];
  for (const [, slash, element, attributes = '', end] of text.matchAll(
    /<(\/?)(Group|FileRef)\b([^<>]{0,2000}?)(\/?)>/g,
  )) {
    const group = groups.at(-1) ?? container;
    if (slash === '/') {
      if (element === 'Group' && groups.length > 1) groups.pop();
      continue;
    }
    const [, kind = '', path = ''] = /\blocation\s*=\s*["'](\w+):([^"']*)["']/.exec(attributes) ?? [];
    const from = kind === 'group' ? group : kind === 'absolute' ? '/' : container;
    const location = resolve(from, kind === 'self' ? '' : unescaped(path));
    if (element === 'Group') {
      if (end !== '/') groups.push(groups.length < nestingLimit ? location : group);
    } else if (location.endsWith('.xcodeproj') && projects.length < referenceLimit) projects.push(location);
  }
  return projects;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot|apos);/g, (_whole, name: string) => entities[name] ?? '');
}
