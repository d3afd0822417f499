import { basename, dirname, join, relative, resolve } from 'node:path';
import { CliError } from '../../errors/cli-error.ts';
import { statsOf } from '../../files/directory.ts';
import { onOneLine } from '../../text/printable.ts';
import { entriesOf, foreignFolder, isFile, nameIn, readText, walkLimit } from './files.ts';
import { type ProjectFile, readProjectFile } from './project.ts';
import { applicationTargets, isForPhones } from './target.ts';

/** Generators of Xcode projects or of most of an app; `language` is that of the part outside the project. */
const layouts = {
  flutter: { name: 'Flutter', language: 'Dart' },
  capacitor: { name: 'Capacitor', language: 'JavaScript' },
  expo: { name: 'Expo', language: 'JavaScript' },
  cordova: { name: 'Cordova', language: 'JavaScript' },
  'react-native': { name: 'React Native', language: 'JavaScript' },
  tuist: { name: 'a Tuist project', language: null },
  xcodegen: { name: 'an XcodeGen project', language: null },
  'swift-package': { name: 'a Swift package', language: null },
} as const;

type Layout = keyof typeof layouts;

const description = /\bimport\s{1,9}ProjectDescription\b/;
const specification = /^(?:name|targets|include)\s{0,9}:/m;

/** Files that identify a folder's layout, with a pattern of their text; the first match counts. */
const signs: readonly (readonly [layout: Layout, name: string, text?: RegExp])[] = [
  ['flutter', 'pubspec.yaml', /^\s{0,20}(?:sdk\s{0,9}:\s{0,9})?flutter\b/m],
  ['capacitor', 'capacitor.config.ts'],
  ['capacitor', 'capacitor.config.js'],
  ['capacitor', 'capacitor.config.json'],
  ['expo', 'app.json', /"expo"\s{0,99}:\s{0,99}\{/],
  ['expo', 'package.json', /"expo"\s{0,99}:\s{0,99}"/],
  ['cordova', 'config.xml', /<widget\b/],
  ['react-native', 'package.json', /"react-native"\s{0,99}:\s{0,99}"/],
  ['react-native', 'ios/Podfile', /react_native/],
  ['tuist', 'Tuist'],
  ['tuist', 'Tuist.swift'],
  ['tuist', 'Project.swift', description],
  ['tuist', 'Workspace.swift', description],
  ['xcodegen', 'project.yml', specification],
  ['xcodegen', 'project.yaml', specification],
  ['swift-package', 'Package.swift'],
];

/** Maximum bytes of a manifest. */
const manifestLimit = 1024 * 1024;

/** A folder's layout and the file that shows it; undefined if unknown. */
function layoutOf(directory: string): { readonly layout: Layout; readonly file: string } | undefined {
  return signs
    .map(([layout, name, text]) => ({ layout, file: join(directory, name), text }))
    .find(({ file, text }) =>
      text === undefined ? statsOf(file) !== null : text.test(readText(file, directory, manifestLimit) ?? ''),
    );
}

/** The end of the message about a folder without an Xcode project. */
function missingWords(layout: Layout): string {
  const { name, language } = layouts[layout];
  if (layout === 'swift-package') return `is ${name}, which contains no app`;
  if (language === null) return `is ${name} whose Xcode project has not been generated`;
  return `is ${layout === 'expo' ? 'an' : 'a'} ${name} app without its Xcode project`;
}

/** The part of an app outside its Xcode project, by the project's location: `ios`, Capacitor's `ios/App`, Cordova's `platforms/ios`. */
export function otherSideOf({ path, directory }: ProjectFile) {
  const folder = dirname(dirname(path));
  const above = dirname(folder);
  const isDeeper = ['ios', 'platforms'].includes(basename(above));
  if (!isDeeper && basename(folder) !== 'ios') return null;
  const root = isDeeper ? dirname(above) : above;
  const found = layoutOf(root);
  if (found === undefined) return null;
  const { name, language } = layouts[found.layout];
  return language && { framework: name, language, file: nameIn(directory, found.file) };
}

/** Maximum levels of folders to search for a project. */
const depth = 2;

/**
 * The `.xcodeproj` for a path: itself, the one of its project.pbxproj, the one around or next to a workspace, or the
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

/** Maximum folders to examine for their layout. */
const folderLimit = 100;

/** The error that the project must be generated first: in the folder, around its `ios`, or in a folder in it. */
function generatedIn(folder: string, shown: string): CliError | null {
  const inner = foldersIn(folder).slice(0, folderLimit);
  const around = basename(folder) === 'ios' ? [dirname(folder)] : [];
  for (const directory of [folder, ...around, ...inner]) {
    const isInner = inner.includes(directory);
    const { layout } = layoutOf(directory) ?? {};
    // A package next to an app is not the app.
    if (layout === undefined || (isInner && layout === 'swift-package')) continue;
    const name = isInner ? onOneLine(basename(directory)) : shown;
    return notRecognised(`${name} ${missingWords(layout)}`, { layout });
  }
  return null;
}

function notRecognised(message: string, facts: object = {}): CliError {
  return new CliError('project-not-recognised', message, { facts });
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
