import { basename, dirname, join, resolve } from 'node:path';
import { type BuildSettings, readBuildSettings } from './build-settings.ts';
import { isFile, nameIn, type PropertyList, readPropertyList, readText } from './files.ts';
import type { Place } from './finding.ts';
import type { ProjectFile, ProjectObject } from './project.ts';
import { SwiftCode } from './swift/code.ts';
import { compiledCode } from './swift/conditions.ts';
import { SwiftSource } from './swift/source.ts';
import { Values } from './swift/values.ts';
import { readTargetFiles } from './target.ts';

/** An app as described by its project, for one target in one configuration. */
export interface App extends AppSources {
  readonly project: ProjectFile;
  readonly target: ProjectObject;
  readonly configuration: string;
  readonly settings: BuildSettings;
  readonly infoPlist: NamedList;
  readonly entitlements: NamedList;
  /** Absolute paths. */
  readonly resources: readonly string[];
  /** The manifest of the app's other side, in JavaScript or Dart; null: none. */
  readonly otherSide: string | null;
  readonly bundleId: string | null;
  /** With its variables expanded. */
  readonly apsEnvironment: string | null;
}

interface AppSources {
  readonly swift: readonly SwiftSource[];
  readonly code: SwiftCode;
  readonly values: Values;
  /** The sources that were not read. */
  readonly objectiveC: readonly string[];
  readonly unread: readonly string[];
}

/** A property list that a build setting names. */
interface NamedList {
  /** Empty: none is named. */
  readonly file: string;
  readonly exists: boolean;
  /** Null: it cannot be read. */
  readonly list: PropertyList | null;
}

/** Reads the parts of a project that the checks need; the checks report missing ones. */
export function readApp(project: ProjectFile, target: ProjectObject, configuration: string): App {
  const settings = readBuildSettings(project, target, configuration);
  const infoPlist = listNamedBy('INFOPLIST_FILE', settings, project);
  const entitlements = listNamedBy('CODE_SIGN_ENTITLEMENTS', settings, project);
  const textOf = (value: unknown): string | null =>
    typeof value === 'string' ? settings.expand(value) || null : null;
  const ownBundleId = textOf(infoPlist.list?.entries.get('CFBundleIdentifier'));
  const { sources, resources } = readTargetFiles(project, target);
  return {
    project,
    target,
    configuration,
    settings,
    infoPlist,
    entitlements,
    ...readSources(project, sources, flagsOf(settings, configuration)),
    resources,
    otherSide: otherSideOf(project),
    bundleId: ownBundleId ?? settings.get('PRODUCT_BUNDLE_IDENTIFIER') ?? null,
    apsEnvironment: textOf(entitlements.list?.entries.get('aps-environment')),
  };
}

function listNamedBy(
  setting: string,
  settings: BuildSettings,
  { directory }: ProjectFile,
): NamedList {
  const name = settings.get(setting);
  if (name === undefined) return { file: '', exists: false, list: null };
  const path = resolve(directory, name);
  const list = readPropertyList(path, directory);
  return { file: nameIn(directory, path), exists: isFile(path), list };
}

/** Maximum sources, and their bytes. */
const sourceLimit = 5000;
const bytesLimit = 8 * 1024 * 1024;
/** Maximum bytes of a source: larger ones are generated. */
const sourceSize = 512 * 1024;

function readSources(
  { directory }: ProjectFile,
  paths: ReadonlySet<string>,
  flags: ReadonlySet<string>,
): AppSources {
  const swift: SwiftSource[] = [];
  const objectiveC: string[] = [];
  const unread: string[] = [];
  let bytesLeft = bytesLimit;
  for (const path of paths) {
    const file = nameIn(directory, path);
    if (/\.mm?$/.test(path)) objectiveC.push(file);
    if (!path.endsWith('.swift')) continue;
    const mayRead = swift.length < sourceLimit;
    const text = mayRead ? readText(path, directory, Math.min(sourceSize, bytesLeft)) : null;
    bytesLeft -= text?.length ?? 0;
    if (text === null) unread.push(file);
    else swift.push(new SwiftSource(file, compiledCode(text, flags)));
  }
  const code = new SwiftCode(swift);
  return { swift, code, values: new Values(code), objectiveC, unread };
}

/** The conditions that are set for the Swift compiler, such as DEBUG. */
function flagsOf(settings: BuildSettings, configuration: string): ReadonlySet<string> {
  const conditions = settings.get('SWIFT_ACTIVE_COMPILATION_CONDITIONS');
  const others = settings.get('OTHER_SWIFT_FLAGS') ?? '';
  const defined = [...others.matchAll(/(?:^|\s)-D\s*(\w+)/g)].map(([, flag = '']) => flag);
  // Xcode's templates set it for Debug alone.
  const usual = /debug/i.test(configuration) ? 'DEBUG' : '';
  const named = (conditions ?? usual).split(/\s+/).filter((flag) => flag !== '');
  return new Set([...named, ...defined]);
}

/** The first place of a pattern in the sources. */
export function placeOf(sources: readonly SwiftSource[], pattern: RegExp): Place | null {
  for (const { file, code } of sources) {
    const at = code.search(pattern);
    if (at !== -1) return { file, line: code.slice(0, at).split('\n').length };
  }
  return null;
}

/** The place to add missing code: the start of the app, else its first source. */
export function appPlace({ project, swift }: App): Place {
  const start = /\bdidFinishLaunchingWithOptions\b|\bUIApplicationDelegate\b|@main\b/;
  const [first] = swift;
  const otherwise = { file: nameIn(project.directory, project.path), line: null };
  return placeOf(swift, start) ?? (first ? { file: first.file, line: 1 } : otherwise);
}

/**
 * The manifests of apps that are not native alone: React Native, Expo, Capacitor,
 * Flutter, Cordova.
 */
const manifests = ['package.json', 'pubspec.yaml', 'config.xml'];

/**
 * The manifest of an app whose iOS project is only one side of it, in `ios`, `ios/App` or
 * `platforms/ios`; null: none.
 */
function otherSideOf({ path, directory }: ProjectFile): string | null {
  const folder = dirname(dirname(path));
  const above = dirname(folder);
  const isDeeper = ['ios', 'platforms'].includes(basename(above));
  if (!isDeeper && basename(folder) !== 'ios') return null;
  const files = manifests.map((name) => join(isDeeper ? dirname(above) : above, name));
  const found = files.find(isFile);
  return found === undefined ? null : nameIn(directory, found);
}
