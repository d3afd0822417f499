import { extname, join, resolve } from 'node:path';
import { configurationsOf, readBuildSettings } from './build-settings.ts';
import { filesBelow } from './files.ts';
import type { ProjectFile, ProjectObject } from './project.ts';

/** Folders that Xcode treats as one file. */
const packages =
  /\.(xcassets|xcdatamodeld?|framework|xcframework|bundle|app|xcodeproj|playground|docc)$|^\./;

/** Files that a synchronized folder compiles; all others are resources. */
const compiled = /^\.(?:swift|mm?|c|cc|cpp)$/;

/** The targets that are apps. */
export function applicationTargets({ root }: ProjectFile): readonly ProjectObject[] {
  return root
    .objects('targets')
    .filter((target) => target.text('productType') === 'com.apple.product-type.application');
}

/**
 * Whether no other system is set for a target: since Xcode 14, a watch app is also an
 * application.
 */
export function isForPhones(project: ProjectFile, target: ProjectObject): boolean {
  const [configuration = ''] = configurationsOf(target);
  const sdk = readBuildSettings(project, target, configuration).get('SDKROOT') ?? '';
  return !/^(watchos|macosx|appletvos|xros|driverkit)/.test(sdk);
}

/**
 * Frameworks and static or dynamic libraries; extensions and watch apps are separate
 * programs.
 */
const library = /^com\.apple\.product-type\.(framework|library)\b/;

/** Absolute paths. */
interface TargetFiles {
  readonly sources: ReadonlySet<string>;
  readonly resources: readonly string[];
}

/**
 * The files of a target's build phases and synchronized folders, as absolute paths, with
 * the sources of the project's libraries and local packages.
 */
export function readTargetFiles(project: ProjectFile, target: ProjectObject): TargetFiles {
  const isSource = (path: string): boolean => compiled.test(extname(path));
  const libraries = project.root
    .objects('targets')
    .filter((each) => library.test(each.text('productType') ?? ''));
  const sources = [target, ...libraries].flatMap((each) => [
    ...phaseFiles(each, 'PBXSourcesBuildPhase'),
    ...synchronisedFiles(project, each).filter(isSource),
  ]);
  return {
    sources: new Set([...sources, ...localPackageSources(project)]),
    resources: [
      ...phaseFiles(target, 'PBXResourcesBuildPhase'),
      ...synchronisedFiles(project, target).filter((path) => !isSource(path)),
    ],
  };
}

/** The files of phases of a class; for a variant group, its languages. */
function phaseFiles(target: ProjectObject, isa: string): readonly string[] {
  return target
    .objects('buildPhases')
    .filter((phase) => phase.isa === isa)
    .flatMap((phase) => phase.objects('files'))
    .flatMap((buildFile) => buildFile.objects('fileRef'))
    .flatMap((file) => (file.isa === 'PBXVariantGroup' ? file.objects('children') : [file]))
    .flatMap((file) => file.path() ?? []);
}

/**
 * Since Xcode 16 a folder belongs to a target as it is on disk. Its exceptions remove
 * files from the targets that have the folder, and add them to the targets that do not.
 */
function synchronisedFiles(project: ProjectFile, target: ProjectObject): readonly string[] {
  const owned = new Set(target.list('fileSystemSynchronizedGroups'));
  const folders = [...project.objects.values()].filter(
    ({ isa }) => isa === 'PBXFileSystemSynchronizedRootGroup',
  );
  return folders.flatMap((folder) => {
    const exceptions = folder
      .objects('exceptions')
      .filter((set) => set.text('target') === target.id)
      .flatMap((set) => set.list('membershipExceptions'));
    const root = owned.has(folder.id) || exceptions.length > 0 ? folder.path() : null;
    if (root === null) return [];
    const isException = (file: string): boolean =>
      exceptions.some((exception) => file === exception || file.startsWith(`${exception}/`));
    return filesBelow(root, project.directory, packages)
      .filter((file) => isException(file) !== owned.has(folder.id))
      .map((file) => join(root, file));
  });
}

/**
 * The Swift sources of the project's local packages, as Xcode 15 and later refer to them,
 * as absolute paths.
 */
function localPackageSources(project: ProjectFile): readonly string[] {
  const objects = [...project.objects.values()];
  return objects
    .filter(({ isa }) => isa === 'XCLocalSwiftPackageReference')
    .flatMap((reference) => {
      const root = resolve(project.directory, reference.text('relativePath') ?? '', 'Sources');
      const files = filesBelow(root, project.directory, /^\./);
      return files.filter((file) => file.endsWith('.swift')).map((file) => join(root, file));
    });
}
