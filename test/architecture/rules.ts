import {
  declarations,
  everyones,
  roomOf,
  rooms,
  sharedPackages,
  typePackages,
} from '../../scripts/rooms.mjs';
import { type Import, isFile, isPackage } from './source.ts';

const roomNamed = new Map(rooms.map((room) => [room.name, room]));

/** Imports from one room to another that rooms.mjs does not allow. */
export function wrongWays(imports: readonly Import[]): readonly Import[] {
  return imports.filter(({ file, target, typeOnly }) => {
    const [from, to] = [roomOf(file), roomOf(target)];
    if (!isFile(target) || from === to || everyones.includes(to)) return false;
    const room = roomNamed.get(from);
    if (room?.imports.includes(to) === true) return false;
    return !typeOnly || room?.types.includes(to) !== true;
  });
}

/** What rooms.mjs lets a room import of one that stands above it: `files → context.ts`. */
export function waysUp(): readonly string[] {
  const names = rooms.map(({ name }) => name);
  return rooms.flatMap(({ name, imports, types }, index) =>
    [...imports, ...types]
      .filter((target) => names.indexOf(target) <= index)
      .map((target) => `${name} → ${target}`),
  );
}

/** Files that import each other, over whatever others, for types or on demand, too; each circle by its files in order. */
export function circles(imports: readonly Import[]): readonly (readonly string[])[] {
  const next = new Map<string, string[]>();
  for (const { file, target } of imports)
    if (isFile(target)) next.set(file, [...(next.get(file) ?? []), target]);
  const found: string[][] = [];
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file))].sort());
    if (done.has(file)) return;
    done.add(file);
    for (const target of next.get(file) ?? []) visit(target, [...path, file]);
  };
  for (const file of next.keys()) visit(file, []);
  return found;
}

/** Imports of a package by another room than its owner, or of one that has none. */
export function strayPackages(imports: readonly Import[]): readonly Import[] {
  return imports.filter(
    ({ file, target, typeOnly }) =>
      isPackage(target) &&
      !sharedPackages.includes(target) &&
      !(typeOnly && typePackages.includes(target)) &&
      roomNamed.get(roomOf(file))?.packages.includes(target) !== true,
  );
}

/** Imports of a command's file by another than its declaration, and of one family's part by another family. */
export function trespasses(
  imports: readonly Import[],
  commands: readonly string[],
): readonly Import[] {
  return imports.filter(({ file, target, dynamic }) => {
    if (file === `commands/${declarations}`) return commands.includes(target) && !dynamic;
    if (commands.includes(target)) return !dynamic || !file.endsWith(`/${declarations}`);
    const [, family, part] = target.split('/');
    return target.startsWith('commands/') && part !== undefined && familyOf(file) !== family;
  });
}

/** `apns` of `commands/apns/set.ts`, `login` of `commands/login.ts`. */
function familyOf(file: string): string | undefined {
  return /^commands\/([^/.]+)/.exec(file)?.[1];
}
