import { resolve } from 'node:path';
import type { App, NamedList } from './app.ts';
import { type ObjectiveCSource, readObjectiveC } from './app.ts';
import { type BuildSettings, readBuildSettings } from './build-settings.ts';
import { isFile, nameIn, readText } from './files.ts';
import { type AppFinding, alsoLimit } from './finding.ts';
import { otherSideOf } from './layout.ts';
import type { ProjectFile, ProjectObject } from './plist.ts';
import { readPropertyList } from './plist.ts';
import type { Conditions } from './swift/conditions.ts';
import { createEvaluation } from './swift/evaluation.ts';
import { readSwift, type SwiftSource } from './swift/source.ts';
import { readTargetFiles } from './target.ts';

/** How many sources to read, and how many bytes and parts of them: a part takes up to a kilobyte of memory. */
const [sourceLimit, bytesLimit, partsLimit] = [5000, 8 * 1024 * 1024, 180_000];
/** Nobody writes a larger one, in bytes; generated code takes long to follow from call to call. */
const sourceSize = 512 * 1024;

const part =
  /[([{",#]|\b(?:let|var|case|for|func|init|class|struct|enum|actor|protocol|extension|typealias)\b/g;

/** Reads what the checks look at. It is up to them what is missing. */
export function readApp(project: ProjectFile, target: ProjectObject, configuration: string): App {
  const settings = readBuildSettings(project, target, configuration);
  const infoPlist = namedList(project, settings, 'INFOPLIST_FILE');
  const entitlements = namedList(project, settings, 'CODE_SIGN_ENTITLEMENTS');
  const { sources, resources } = readTargetFiles(project, target, configuration);
  const read = readSources(project, sources);
  return {
    project,
    target,
    configuration,
    settings,
    infoPlist,
    entitlements,
    sources: read.swift,
    evaluate: createEvaluation(read.swift),
    resources,
    objectiveC: read.objectiveC,
    otherSide: otherSideOf(project),
    unread: read.unread,
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

/** An Info.plist with a bundle ID of its own takes precedence over the build setting. */
function bundleIdOf(infoPlist: NamedList, settings: BuildSettings): string | null {
  return (
    textAt(infoPlist, 'CFBundleIdentifier', settings) ?? settings.get('PRODUCT_BUNDLE_IDENTIFIER') ?? null
  );
}

function textAt({ list }: NamedList, key: string, settings: BuildSettings): string | null {
  const value = list?.entries.get(key);
  return typeof value === 'string' && value !== '' ? settings.expand(value) || null : null;
}

interface Sources {
  readonly swift: readonly SwiftSource[];
  readonly objectiveC: readonly ObjectiveCSource[];
  readonly unread: readonly AppFinding[];
}

function readSources({ directory }: ProjectFile, paths: ReadonlyMap<string, Conditions>): Sources {
  const [swift, objectiveC, missing]: [SwiftSource[], ObjectiveCSource[], string[]] = [[], [], []];
  const read = [...paths].filter(([path]) => /\.(swift|mm?)$/.test(path));
  let [bytesLeft, partsLeft] = [bytesLimit, partsLimit];
  for (const [index, [path, conditions]] of read.entries()) {
    const file = nameIn(directory, path);
    const text = index < sourceLimit ? readText(path, directory, Math.min(sourceSize, bytesLeft)) : null;
    bytesLeft -= text?.length ?? 0;
    if (!path.endsWith('.swift')) objectiveC.push(readObjectiveC(file, text ?? ''));
    else {
      const parts = text === null ? 0 : partsOf(text);
      if (text === null || parts > partsLeft) missing.push(file);
      else {
        partsLeft -= parts;
        swift.push(readSwift(file, text, conditions));
      }
    }
  }
  return { swift, objectiveC, unread: unreadFindings(missing) };
}

/** How many brackets, strings, declarations and elements of lists a source has at most. */
function partsOf(text: string): number {
  return text.match(part)?.length ?? 0;
}

function unreadFindings([file, ...others]: readonly string[]): readonly AppFinding[] {
  if (file === undefined) return [];
  const finding = {
    code: 'source-not-read',
    level: 'info',
    message:
      others.length === 0
        ? 'A Swift source was not read.'
        : `${others.length + 1} Swift sources were not read.`,
    hint: 'It is missing, not a file, behind a link out of the project, or larger than 512 KiB; at most 8 MiB are read in all, and fewer of code that is unusually dense.',
    file,
    line: null,
  } as const;
  if (others.length === 0) return [finding];
  return [{ ...finding, also: others.slice(0, alsoLimit).map((each) => ({ file: each, line: null })) }];
}
