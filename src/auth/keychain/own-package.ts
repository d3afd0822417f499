import { createRequire } from 'node:module';
import { basename, dirname, join, relative, sep } from 'node:path';
import { orNull } from '../../errors/cli-error.ts';
import { entriesIn, realPathOf } from '../../files/directory.ts';
import { changeableByOthers } from '../../files/others.ts';

/** A package is not loaded; the message says who else could have chosen its code. */
export class ForeignPackage extends Error {}

/**
 * Checks the package that Node.js finds for a file, and those with its native library,
 * which have its name and a system's: every folder and link on the way to them belongs to
 * this user or root, and nobody else may write there. Throws Node.js's error if the
 * package is not installed, an error if it has no library, and ForeignPackage.
 * @param from the file that loads it
 * @returns the native library; null: there are several, of which the package chooses
 */
export function requireOwnPackage(name: string, from: string): string | null {
  const main = requireOwn(name, from);
  const prefix = `${basename(name)}-`;
  const native = new Set<string>();
  for (const folder of createRequire(main).resolve.paths(name) ?? []) {
    const scope = join(folder, dirname(name));
    for (const entry of namesIn(scope))
      if (entry.startsWith(prefix)) native.add(`${dirname(name)}/${entry}`);
  }
  const libraries = [...native].map((each) => requireOwn(each, main));
  for (const file of namesIn(dirname(main)))
    if (file.endsWith('.node')) libraries.push(join(dirname(main), file));
  const [library] = libraries;
  // Otherwise the package would search until somebody gives it one.
  if (library === undefined) throw new Error(`${name} has no native binding for this system`);
  return libraries.length === 1 ? library : null;
}

/** Returns the file that Node.js loads. */
function requireOwn(name: string, from: string): string {
  const require = createRequire(from);
  const main = require.resolve(name);
  for (const folder of require.resolve.paths(name) ?? []) {
    const place = join(folder, name);
    // Nobody may put another one before it either.
    requireUnchangeable(place);
    const real = orNull(() => realPathOf(place));
    if (real === null || !main.startsWith(`${real}${sep}`)) continue;
    const files = namesIn(real).filter((entry) => /\.(node|json)$/.test(entry));
    for (const file of [relative(real, main), ...files]) requireUnchangeable(join(place, file));
    return main;
  }
  requireUnchangeable(main);
  return main;
}

function requireUnchangeable(path: string): void {
  const doubt = changeableByOthers(path);
  if (doubt !== null) throw new ForeignPackage(doubt.sentence);
}

/** More than any scope or package has. */
const maxEntries = 10_000;

function namesIn(directory: string): readonly string[] {
  return (orNull(() => entriesIn(directory, maxEntries)) ?? []).map(({ name }) => name);
}
