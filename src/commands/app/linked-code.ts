import { join, resolve } from 'node:path';
import { filesBelow, isFile } from './files.ts';
import { listOf, objectsOf, type ProjectFile, type ProjectObject, textOf } from './pbxproj.ts';
import { pathOf } from './project-tree.ts';

/** Frameworks and static or dynamic libraries; extensions and watch apps are separate programs. */
const library = /^com\.apple\.product-type\.(framework|library)\b/;

/** The project's libraries that a target links, and those that they link in turn. */
export function linkedLibraries(project: ProjectFile, target: ProjectObject): readonly ProjectObject[] {
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
export function localPackageSources(
  project: ProjectFile,
  targets: readonly ProjectObject[],
): readonly string[] {
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
