import { extname, join } from 'node:path';
import { configurationsOf, readBuildSettings } from './build-settings.ts';
import { packageConditions, targetConditions } from './compile-conditions.ts';
import { filesBelow, nameIn } from './files.ts';
import type { Place } from './finding.ts';
import { linkedLibraries, localPackageSources } from './linked-code.ts';
import { lineOf, listOf, objectsOf, type ProjectFile, type ProjectObject, textOf } from './pbxproj.ts';
import { filesOf, pathOf } from './project-tree.ts';
import type { Conditions } from './swift-conditions.ts';

/** The files that a target is built from, as absolute paths; the sources by their compile conditions. */
export interface TargetFiles {
  readonly sources: ReadonlyMap<string, Conditions>;
  readonly resources: readonly string[];
}

/** Folders that Xcode treats as one file. */
const packages = /\.(xcassets|xcdatamodeld?|framework|xcframework|bundle|app|xcodeproj|playground|docc)$|^\./;

/** What a synchronized folder compiles; the rest are resources. */
const compiled = new Set(['.swift', '.m', '.mm', '.c', '.cc', '.cpp']);

/** The targets that are apps. */
export function applicationTargets(project: ProjectFile): readonly ProjectObject[] {
  return objectsOf(project, project.root, 'targets').filter(
    (target) => textOf(target, 'productType') === 'com.apple.product-type.application',
  );
}

/** Whether a target is not marked for another system: since Xcode 14, a watch app is an application, too. */
export function isForPhones(project: ProjectFile, target: ProjectObject): boolean {
  const [configuration = ''] = configurationsOf(project, target);
  const sdk = readBuildSettings(project, target, configuration).get('SDKROOT') ?? '';
  return !/^(watchos|macosx|appletvos|xros|driverkit)/.test(sdk);
}

/** The contents of a target's build phases and synchronized folders, with the sources of what it links. */
export function readTargetFiles(
  project: ProjectFile,
  target: ProjectObject,
  configuration: string,
): TargetFiles {
  const targets = [target, ...linkedLibraries(project, target)];
  const sources = new Map<string, Conditions>();
  const add = (paths: readonly string[], conditions: Conditions): void => {
    for (const path of paths) if (!sources.has(path)) sources.set(path, conditions);
  };
  for (const each of targets) add(sourcesOf(project, each), targetConditions(project, each, configuration));
  add(localPackageSources(project, targets), packageConditions(configuration));
  return {
    sources,
    resources: [
      ...phaseFiles(project, target, 'PBXResourcesBuildPhase'),
      ...synchronisedFiles(project, target).filter((path) => !compiled.has(extname(path))),
    ],
  };
}

function sourcesOf(project: ProjectFile, target: ProjectObject): readonly string[] {
  return [
    ...phaseFiles(project, target, 'PBXSourcesBuildPhase'),
    ...synchronisedFiles(project, target).filter((path) => compiled.has(extname(path))),
  ];
}

/** Where the project mentions a file by name, in any target; null if it does not. */
export function placeOfReference(project: ProjectFile, name: string): Place | null {
  for (const object of project.objects.values()) {
    if (object.isa === 'PBXFileReference' && (textOf(object, 'path') ?? '').split('/').at(-1) === name) {
      return placeIn(project, lineOf(project, object));
    }
  }
  return null;
}

/** Where a target lists its resources, else the target itself. */
export function placeOfResources(project: ProjectFile, target: ProjectObject): Place {
  const phase = objectsOf(project, target, 'buildPhases').find(({ isa }) => isa === 'PBXResourcesBuildPhase');
  return placeIn(project, phase === undefined ? lineOf(project, target) : lineOf(project, phase, 'files'));
}

function placeIn(project: ProjectFile, line: number | null): Place {
  return { file: nameIn(project.directory, project.path), line };
}

function phaseFiles(project: ProjectFile, target: ProjectObject, isa: string): readonly string[] {
  return objectsOf(project, target, 'buildPhases')
    .filter((phase) => phase.isa === isa)
    .flatMap((phase) => objectsOf(project, phase, 'files'))
    .flatMap((buildFile) => objectsOf(project, buildFile, 'fileRef'))
    .flatMap((reference) => filesOf(project, reference))
    .map((reference) => pathOf(project, reference))
    .filter((path) => path !== null);
}

/**
 * Since Xcode 16 a folder belongs to a target as it is on disk. Its exceptions remove files from the targets that have
 * the folder, and add them to the targets that do not.
 */
function synchronisedFiles(project: ProjectFile, target: ProjectObject): readonly string[] {
  const owned = new Set(listOf(target, 'fileSystemSynchronizedGroups'));
  return [...project.objects.values()]
    .filter(({ isa }) => isa === 'PBXFileSystemSynchronizedRootGroup')
    .flatMap((folder) => {
      const exceptions = objectsOf(project, folder, 'exceptions')
        .filter((set) => textOf(set, 'target') === target.id)
        .flatMap((set) => listOf(set, 'membershipExceptions'));
      if (!owned.has(folder.id) && exceptions.length === 0) return [];
      const root = pathOf(project, folder);
      if (root === null) return [];
      const isException = (file: string): boolean =>
        exceptions.some((exception) => file === exception || file.startsWith(`${exception}/`));
      return filesBelow(root, project.directory, (name) => !packages.test(name))
        .filter((file) => isException(file) !== owned.has(folder.id))
        .map((file) => join(root, file));
    });
}
