import { extname, resolve } from 'node:path';
import type { App, NamedList } from './app.ts';
import { type BuildSettings, readBuildSettings } from './build-settings.ts';
import { isFile, nameIn, readText } from './files.ts';
import type { AppFinding } from './finding.ts';
import type { ProjectFile, ProjectObject } from './pbxproj.ts';
import { readPropertyList } from './plist.ts';
import { readSwift, type SwiftSource } from './swift-source.ts';
import { readTargetFiles } from './target.ts';

/** How many Swift sources are read. */
const sourceLimit = 5000;
/** Nobody writes a larger one, in bytes; what a program has written takes long to follow from call to call. */
const sourceSize = 512 * 1024;

/** Reads what the checks look at. What is missing is left to them. */
export function readApp(project: ProjectFile, target: ProjectObject, configuration: string): App {
  const settings = readBuildSettings(project, target, configuration);
  const infoPlist = namedList(project, settings, 'INFOPLIST_FILE');
  const entitlements = namedList(project, settings, 'CODE_SIGN_ENTITLEMENTS');
  const { sources, resources } = readTargetFiles(project, target);
  const swift = [...new Set(sources)].filter((path) => extname(path) === '.swift');
  const objectiveC = sources
    .filter((path) => /\.mm?$/.test(path))
    .map((path) => nameIn(project.directory, path));
  const read = readSources(project, swift);
  return {
    project,
    target,
    configuration,
    settings,
    infoPlist,
    entitlements,
    sources: read.sources,
    resources,
    unread: [
      ...read.unread,
      ...(objectiveC[0] === undefined ? [] : [objectiveCFinding(objectiveC[0], objectiveC.length)]),
    ],
    bundleId: bundleIdOf(infoPlist, settings),
    apsEnvironment: textAt(entitlements, 'aps-environment', settings),
  };
}

function namedList(project: ProjectFile, settings: BuildSettings, setting: string): NamedList {
  const name = settings.get(setting);
  if (name === undefined) return { path: null, exists: false, list: null };
  const path = resolve(project.directory, name);
  return { path, exists: isFile(path), list: readPropertyList(path, project.directory) };
}

/** An Info.plist that names the bundle ID itself is stronger than the build setting. */
function bundleIdOf(infoPlist: NamedList, settings: BuildSettings): string | null {
  return (
    textAt(infoPlist, 'CFBundleIdentifier', settings) ?? settings.get('PRODUCT_BUNDLE_IDENTIFIER') ?? null
  );
}

function textAt({ list }: NamedList, key: string, settings: BuildSettings): string | null {
  const value = list?.entries.get(key);
  return typeof value === 'string' && value !== '' ? settings.expand(value) || null : null;
}

function readSources(
  { directory }: ProjectFile,
  paths: readonly string[],
): { sources: readonly SwiftSource[]; unread: readonly AppFinding[] } {
  const sources: SwiftSource[] = [];
  const unread: AppFinding[] = [];
  for (const path of paths.slice(0, sourceLimit)) {
    const file = nameIn(directory, path);
    const text = readText(path, sourceSize);
    if (text === null) unread.push(unreadFinding(file, 'It is missing, not a file, or larger than 512 KiB.'));
    else sources.push(readSwift(file, text));
  }
  const next = paths[sourceLimit];
  if (next !== undefined)
    unread.push(unreadFinding(nameIn(directory, next), `The first ${sourceLimit} sources are read.`));
  return { sources, unread };
}

function unreadFinding(file: string, hint: string): AppFinding {
  return {
    code: 'source-not-read',
    level: 'info',
    message: 'A Swift source was not read.',
    hint,
    file,
    line: null,
  };
}

function objectiveCFinding(file: string, count: number): AppFinding {
  return {
    code: 'objective-c-not-read',
    level: 'info',
    message: `Objective-C is not read: ${count === 1 ? '1 source' : `${count} sources`} of the target.`,
    hint: 'What is done there counts as missing here; check it by hand.',
    file,
    line: null,
  };
}
