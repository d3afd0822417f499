import type { App } from './app.ts';
import { nameIn } from './files.ts';
import type { Place } from './finding.ts';
import type { SwiftFunction } from './swift/functions.ts';
import { placeAt, type SwiftSource } from './swift/source.ts';

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
