import { extname, join, resolve } from 'node:path';
import { type BuildSettings, configurationsOf, readBuildSettings } from './build-settings.ts';
import { filesBelow, isFile, nameIn } from './files.ts';
import type { Place } from './finding.ts';
import {
  filesOf,
  lineOf,
  listOf,
  objectsOf,
  type ProjectFile,
  type ProjectObject,
  pathOf,
  textOf,
} from './plist.ts';
import type { Conditions } from './swift/conditions.ts';

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

/** Frameworks and static or dynamic libraries; extensions and watch apps are separate programs. */
const library = /^com\.apple\.product-type\.(framework|library)\b/;

/** The project's libraries that a target links, and those that they link in turn. */
function linkedLibraries(project: ProjectFile, target: ProjectObject): readonly ProjectObject[] {
  const libraries = objectsOf(project, project.root, 'targets').filter((candidate) =>
    library.test(textOf(candidate, 'productType') ?? ''),
  );
  const linked = new Set([target]);
  // Iterating over a set also visits what is added meanwhile.
  for (const each of linked) {
    const dependencies = objectsOf(project, each, 'dependencies').map((object) => textOf(object, 'target'));
    const products = linkedFiles(project, each).map((file) => textOf(file, 'fileRef'));
    for (const candidate of libraries) {
      const product = textOf(candidate, 'productReference') ?? '';
      if (dependencies.includes(candidate.id) || products.includes(product)) linked.add(candidate);
    }
  }
  linked.delete(target);
  return [...linked];
}

/** The Swift sources of the packages beside the project, as absolute paths, if one of the targets uses a package. */
function localPackageSources(project: ProjectFile, targets: readonly ProjectObject[]): readonly string[] {
  const used = targets.some(
    (target) =>
      listOf(target, 'packageProductDependencies').length > 0 ||
      linkedFiles(project, target).some((file) => textOf(file, 'productRef') !== undefined),
  );
  if (!used) return [];
  return [...project.objects.values()]
    .map((object) => packagePath(project, object))
    .filter((path) => path !== null)
    .flatMap((path) => {
      const root = join(path, 'Sources');
      return filesBelow(root, project.directory, (name) => !name.startsWith('.')).map((file) =>
        join(root, file),
      );
    })
    .filter((path) => path.endsWith('.swift'));
}

/** The folder of a local package: until Xcode 15, packages were written as files. */
function packagePath(project: ProjectFile, object: ProjectObject): string | null {
  if (object.isa === 'XCLocalSwiftPackageReference')
    return resolve(project.directory, textOf(object, 'relativePath') ?? '');
  if (object.isa !== 'PBXFileReference') return null;
  if (!['wrapper', 'folder', 'text'].includes(textOf(object, 'lastKnownFileType') ?? '')) return null;
  const path = pathOf(project, object);
  return path !== null && isFile(join(path, 'Package.swift')) ? path : null;
}

function linkedFiles(project: ProjectFile, target: ProjectObject): readonly ProjectObject[] {
  return objectsOf(project, target, 'buildPhases')
    .filter(({ isa }) => isa === 'PBXFrameworksBuildPhase')
    .flatMap((phase) => objectsOf(project, phase, 'files'));
}

/** By convention a configuration with this name is for debugging. */
const debugging = /debug/i;

/**
 * The conditions under which a target is compiled in one configuration. A name that none of its configurations sets may
 * come from elsewhere, and is unknown; except DEBUG, which nobody sets for distribution.
 */
function targetConditions(project: ProjectFile, target: ProjectObject, configuration: string): Conditions {
  const flags = (named: string): ReadonlySet<string> => flagsOf(readBuildSettings(project, target, named));
  const set = flags(configuration);
  const elsewhere = new Set(configurationsOf(project, target).flatMap((named) => [...flags(named)]));
  const isOff = (name: string): boolean =>
    elsewhere.has(name) || (name === 'DEBUG' && !debugging.test(configuration));
  return (name) => set.has(name) || (isOff(name) ? false : null);
}

/** The conditions of a package built along with it: the package manager itself sets DEBUG. */
function packageConditions(configuration: string): Conditions {
  return (name) =>
    name === 'DEBUG' ? debugging.test(configuration) : name === 'SWIFT_PACKAGE' ? true : null;
}

function flagsOf(settings: BuildSettings): ReadonlySet<string> {
  const flags = settings.get('OTHER_SWIFT_FLAGS') ?? '';
  return new Set([
    ...(settings.get('SWIFT_ACTIVE_COMPILATION_CONDITIONS') ?? '').split(/\s+/),
    ...[...flags.matchAll(/(?<!\S)["']?-D["'\s]{0,20}([\p{L}\p{N}_]+)/gu)].map(([, name = '']) => name),
  ]);
}
