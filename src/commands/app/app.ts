import type { BuildSettings } from './build-settings.ts';
import { nameIn } from './files.ts';
import type { AppFinding, Place } from './finding.ts';
import type { OtherSide } from './layout.ts';
import type { ProjectFile, ProjectObject, PropertyList } from './plist.ts';
import type { Evaluate } from './swift/evaluation.ts';
import type { SwiftFunction } from './swift/functions.ts';
import { placeAt, type SwiftSource } from './swift/source.ts';

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
export interface ObjectiveCSource {
  readonly file: string;
  /** Without comments. */
  readonly code: string;
}

/** The source of a file; findings use the name. */
export function readObjectiveC(file: string, text: string): ObjectiveCSource {
  const token = /\/\*(?:[\s\S]*?\*\/|[\s\S]*)|\/\/[^\n]*|"(?:[^"\\\n]|\\[\s\S])*"?/g;
  return { file, code: text.replace(token, (found) => (found.startsWith('"') ? found : ' ')) };
}

/** Where to add missing code: the app delegate, else the app itself, else its first source. */
export function appPlace({ project, sources }: App): Place {
  const [first] = sources;
  return (
    placeOfMatch(sources, /\bdidFinishLaunchingWithOptions\b/) ??
    placeOfMatch(sources, /\bUIApplicationDelegate\b/) ??
    placeOfMatch(sources, /@main\b|@UIApplicationMain\b/) ??
    (first === undefined
      ? { file: nameIn(project.directory, project.path), line: null }
      : { file: first.file, line: 1 })
  );
}

/** The first place that matches, or null. */
export function placeOfMatch(sources: readonly SwiftSource[], pattern: RegExp): Place | null {
  for (const source of sources) {
    const at = source.code.search(pattern);
    if (at !== -1) return placeAt(source, at);
  }
  return null;
}

/** A function with the source that declares it. */
export interface Declared {
  readonly source: SwiftSource;
  readonly declared: SwiftFunction;
}

/** The first function with that name and a matching signature, which is what distinguishes delegate methods. */
export function findFunction(
  sources: readonly SwiftSource[],
  name: string,
  signature: RegExp,
): Declared | null {
  for (const source of sources) {
    const declared = source.functions.find(
      (candidate) => candidate.name === name && signature.test(candidate.signature),
    );
    if (declared !== undefined) return { source, declared };
  }
  return null;
}

/** `userNotificationCenter(_:didReceive:…)`, in which a person's answer arrives. */
export function findResponseMethod(sources: readonly SwiftSource[]): Declared | null {
  return findFunction(sources, 'userNotificationCenter', /\bdidReceive\b/);
}
