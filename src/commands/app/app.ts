import type { BuildSettings } from './build-settings.ts';
import type { AppFinding } from './finding.ts';
import type { OtherSide } from './layout.ts';
import type { ProjectFile, ProjectObject } from './pbxproj.ts';
import type { PropertyList } from './plist.ts';
import type { Evaluate } from './swift/evaluation.ts';
import type { SwiftSource } from './swift/source.ts';

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
