import { resolve } from 'node:path';
import { type BuildSettings, readBuildSettings } from './build-settings.ts';
import { isFile, nameIn, readText } from './files.ts';
import { type AppFinding, alsoLimit, finding, type Place } from './finding.ts';
import { type OtherSide, otherSideOf } from './locate.ts';
import { type ProjectFile, type ProjectObject, type PropertyList, readPropertyList } from './plist.ts';
import type { Conditions } from './swift/conditions.ts';
import { createEvaluation, type Evaluate } from './swift/evaluation.ts';
import {
  functionsOf,
  placeOf,
  readSwift,
  type Spot,
  type SwiftSource,
  typeInheriting,
} from './swift/source.ts';
import { readTargetFiles } from './target.ts';

/** A property list that a build setting names: the path is null if none is named, the list if it cannot be read. */
export interface NamedList {
  readonly path: string | null;
  readonly exists: boolean;
  readonly list: PropertyList | null;
}

/** An app as described by its project, for one target in one configuration. */
export interface App {
  readonly project: ProjectFile;
  readonly target: ProjectObject;
  readonly configuration: string;
  readonly settings: BuildSettings;
  readonly infoPlist: NamedList;
  readonly entitlements: NamedList;
  readonly sources: readonly SwiftSource[];
  /** Evaluates expressions by the names in the sources. */
  readonly evaluate: Evaluate;
  /** Absolute paths. */
  readonly resources: readonly string[];
  readonly objectiveC: readonly ObjectiveCSource[];
  readonly otherSide: OtherSide | null;
  /** What could not be read. */
  readonly unread: readonly AppFinding[];
  readonly bundleId: string | null;
  /** `aps-environment` in the entitlements, with its variables expanded. */
  readonly apsEnvironment: string | null;
}

/** An Objective-C source, searched only for words. */
interface ObjectiveCSource {
  readonly file: string;
  /** Without comments. */
  readonly code: string;
}

/** The source of a file; findings use the name. */
function readObjectiveC(file: string, text: string): ObjectiveCSource {
  const token = /\/\*(?:[\s\S]*?\*\/|[\s\S]*)|\/\/[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"?/g;
  return { file, code: text.replace(token, (found) => (found.startsWith('"') ? found : ' ')) };
}

/** Where Swift starts the app: its delegate, else the app itself. */
export function startOf(sources: readonly SwiftSource[]): Place | null {
  return (
    placeOf(sources, 'didFinishLaunchingWithOptions', 'UIApplicationDelegate', 'UIApplicationMain') ??
    typeInheriting(sources, 'App', 'SwiftUI.App')
  );
}

/** Where to add missing code: where the app starts, else its first source. */
export function appPlace({ project, sources }: App): Place {
  const [first] = sources;
  const otherwise = { file: first?.file ?? nameIn(project.directory, project.path), line: first ? 1 : null };
  return startOf(sources) ?? otherwise;
}

/** The body of a function, and where its name is. */
interface FoundFunction extends Spot {
  readonly named: number;
}

/** The first function with that name and that label, which is what distinguishes delegate methods. */
export function findFunction(
  sources: readonly SwiftSource[],
  name: string,
  label: string,
): FoundFunction | null {
  for (const source of sources) {
    const declared = functionsOf(source).find(
      (candidate) => candidate.name === name && candidate.parameters.some((each) => each.label === label),
    );
    if (declared !== undefined) return { source, at: declared.body, named: declared.at };
  }
  return null;
}

/** `userNotificationCenter(_:didReceive:…)`, in which a person's answer arrives. */
export function findResponseMethod(sources: readonly SwiftSource[]): FoundFunction | null {
  return findFunction(sources, 'userNotificationCenter', 'didReceive');
}

/** How many sources to read, and how many bytes and tokens of them: a million take up to 200 MB of memory. */
const [sourceLimit, bytesLimit, tokensLimit] = [5000, 8 * 1024 * 1024, 900_000];
/** Nobody writes a larger one, in bytes; generated code takes long to follow from call to call. */
const sourceSize = 512 * 1024;

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
  let bytesLeft = bytesLimit;
  const budget = { left: tokensLimit };
  for (const [index, [path, conditions]] of read.entries()) {
    const file = nameIn(directory, path);
    const text = index < sourceLimit ? readText(path, directory, Math.min(sourceSize, bytesLeft)) : null;
    bytesLeft -= text?.length ?? 0;
    if (!path.endsWith('.swift')) {
      objectiveC.push(readObjectiveC(file, text ?? ''));
      continue;
    }
    const source = text === null ? null : readSwift(file, text, conditions, budget);
    if (source === null) missing.push(file);
    else swift.push(source);
  }
  return { swift, objectiveC, unread: unreadFindings(missing) };
}

function unreadFindings([file, ...others]: readonly string[]): readonly AppFinding[] {
  if (file === undefined) return [];
  const message =
    others.length === 0
      ? 'A Swift source was not read.'
      : `${others.length + 1} Swift sources were not read.`;
  const hint =
    'It is missing, not a file, behind a link out of the project, or larger than 512 KiB; at most 8 MiB are read in all, and fewer of code that is unusually dense.';
  const also = others.slice(0, alsoLimit).map((each) => ({ file: each, line: null }));
  const place = { file, line: null, ...(also.length > 0 ? { also } : {}) };
  return [finding('source-not-read', message, hint, place, 'info')];
}
