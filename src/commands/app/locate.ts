import { basename, dirname, join, relative, resolve } from 'node:path';
import { CliError } from '../../errors/cli-error.ts';
import { statsOf } from '../../files/directory.ts';
import { membersOf, parseJson } from '../../text/json.ts';
import { onOneLine } from '../../text/printable.ts';
import { entriesOf, foreignFolder, isFile, nameIn, readText, walkLimit } from './files.ts';
import { type ProjectFile, readProjectFile } from './plist.ts';
import { applicationTargets, isForPhones } from './target.ts';

/** The largest manifest to read, in bytes. */
const manifestLimit = 1024 * 1024;

/** Where to look for the signs of a layout. */
interface Folder {
  readonly names: readonly string[];
  /** Whether a file exists and its text matches. */
  matches(name: string, pattern: RegExp): boolean;
  /** Whether package.json names a package. */
  dependsOn(name: string): boolean;
}

/** What generates an Xcode project, or most of an app, instead of Xcode: the first whose signs are in its folder. */
const layouts = [
  {
    layout: 'flutter',
    is: ({ matches }: Folder) => matches('pubspec.yaml', /^\s{0,20}(?:sdk\s{0,9}:\s{0,9})?flutter\b/m),
    side: ['Flutter', 'Dart', /^pubspec\.yaml$/],
  },
  { layout: 'expo', is: isExpo, side: ['Expo', 'JavaScript', /^app\.(json|config\..*)$/] },
  {
    layout: 'capacitor',
    is: ({ names }: Folder) => names.some((name) => /^capacitor\.config\.\w+$/.test(name)),
    side: ['Capacitor', 'JavaScript', /^capacitor\.config\..*$/],
  },
  {
    layout: 'cordova',
    is: ({ matches }: Folder) => matches('config.xml', /<widget\b/),
    side: ['Cordova', 'JavaScript', /^config\.xml$/],
  },
  {
    layout: 'react-native',
    is: ({ dependsOn, matches }: Folder) =>
      dependsOn('react-native') || matches('ios/Podfile', /react_native/),
    side: ['React Native', 'JavaScript', /^package\.json$/],
  },
  {
    layout: 'tuist',
    is: ({ names, matches }: Folder) =>
      names.some((name) => /^Tuist(\.swift)?$/.test(name)) ||
      ['Project.swift', 'Workspace.swift'].some((name) =>
        matches(name, /\bimport\s{1,9}ProjectDescription\b/),
      ),
    generated: 'a Tuist project',
  },
  {
    layout: 'xcodegen',
    is: ({ matches }: Folder) =>
      ['project.yml', 'project.yaml'].some((name) => matches(name, /^(?:name|targets|include)\s{0,9}:/m)),
    generated: 'an XcodeGen project',
  },
  { layout: 'swift-package', is: ({ names }: Folder) => names.includes('Package.swift') },
] as const satisfies readonly {
  readonly layout: string;
  is(folder: Folder): boolean;
  /** The part of an app that is not its Xcode project: framework, language, and its manifest. */
  readonly side?: readonly [framework: string, language: string, manifest: RegExp];
  readonly generated?: string;
}[];

type Layout = (typeof layouts)[number];

/** What a folder is laid out for; null if unknown. */
function layoutOf(directory: string): Layout | null {
  const text = (name: string): string => readText(join(directory, name), directory, manifestLimit) ?? '';
  const folder: Folder = {
    names: entriesOf(directory).map(({ name }) => name),
    matches: (name, pattern) => pattern.test(text(name)),
    dependsOn(name) {
      const { dependencies, devDependencies } = membersOf(parseJson(text('package.json'))) ?? {};
      return [dependencies, devDependencies].some((each) => Object.hasOwn(membersOf(each) ?? {}, name));
    },
  };
  return layouts.find(({ is }) => is(folder)) ?? null;
}

/** How a folder without an Xcode project is told, behind its name. */
function missingWords(layout: Layout): string {
  if ('generated' in layout) return `is ${layout.generated} whose Xcode project has not been generated`;
  if (!('side' in layout)) return 'is a Swift package, which contains no app';
  const [framework] = layout.side;
  return `is ${framework === 'Expo' ? 'an' : 'a'} ${framework} app without its Xcode project`;
}

/** Expo's configuration is a file of its own, or a key in one that React Native has, too. */
function isExpo({ names, matches, dependsOn }: Folder): boolean {
  const configured = names.some((name) => /^app\.config\.(?:[cm]?[jt]s|json)$/.test(name));
  if (matches('app.json', /"expo"\s{0,99}:\s{0,99}\{/)) return true;
  return (
    (configured || names.includes('app.json')) &&
    (dependsOn('expo') || (configured && !names.includes('package.json')))
  );
}

/** A part of an app that is not its Xcode project. */
export interface OtherSide {
  /** `Flutter`. */
  readonly framework: string;
  /** `Dart`. */
  readonly language: string;
  /** Where it is, relative to the project. */
  readonly file: string;
}

/** What an app has besides its Xcode project, by the project's location: `ios`, Capacitor's `ios/App`, Cordova's `platforms/ios`. */
export function otherSideOf({ path, directory }: ProjectFile): OtherSide | null {
  const folder = dirname(dirname(path));
  const above = dirname(folder);
  const isDeeper = ['ios', 'platforms'].includes(basename(above));
  if (!isDeeper && basename(folder) !== 'ios') return null;
  const root = isDeeper ? dirname(above) : above;
  const layout = layoutOf(root);
  if (layout === null || !('side' in layout)) return null;
  const [framework, language, manifest] = layout.side;
  const name = entriesOf(root).find((entry) => manifest.test(entry.name))?.name ?? '';
  return { framework, language, file: nameIn(directory, join(root, name)) };
}

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
