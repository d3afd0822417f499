import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  type Stats,
} from 'node:fs';
import { dirname, isAbsolute } from 'node:path';
import { orNull } from '../errors/cli-error.ts';

/** The most links in a chain, as in Linux. */
const maxLinks = 40;

/** A folder on the way to a file. */
interface Folder {
  /** Without links, for people. */
  readonly path: string;
  /**
   * The same for the system. Of a held folder it names that very one, whatever takes its
   * place on the way meanwhile.
   */
  readonly at: string;
  readonly stats: Stats;
}

/** An entry of a folder on the way to a file. */
export interface Step {
  readonly folder: Folder;
  readonly name: string;
  /** Without links, for people. */
  readonly path: string;
  /** Those of the entry, which may be a link. Undefined: there is none. */
  readonly stats: Stats | undefined;
}

/** The end of a way. */
export interface End extends Step {
  /** Those of the file or folder itself. Undefined: there is none. */
  readonly stats: Stats | undefined;
  /** False: a folder on the way is missing. */
  readonly isWhole: boolean;
  /** Lets go of the folder, if it is held. */
  close(): void;
}

/** The links of a path lead to one another. */
export class LinkLoop extends Error {}

interface WalkOptions {
  /**
   * Whether the folders are entered one from the other, so that no exchange of a name
   * on the way leads elsewhere. Only Linux can; elsewhere the names are looked at.
   */
  readonly hold?: boolean;
  /** Whether the way ends at a link that it leads to, which `visit` does not see. */
  readonly keepLink?: boolean;
  /** Sees each folder with its entry, also each link. Throws to go no further. */
  visit(step: Step): void;
}

/**
 * Walks to a file as the system does: relative links and `..` start from the target of a
 * link. It ends where there is nothing. Throws the system's error, LinkLoop, and what
 * `visit` throws.
 */
export function walkTo(path: string, options: WalkOptions): End {
  const { hold = false, keepLink = false, visit } = options;
  const feet = hold && canHold() ? heldFeet : namedFeet;
  const names = (isAbsolute(path) ? path : `${process.cwd()}/${path}`).split('/');
  let folder = feet.start();
  let links = 0;
  try {
    for (;;) {
      const name = names.shift() ?? '';
      if (isNothing(name) && names.length > 0) continue;
      const step = stepIn(folder, name);
      const isWhole = names.every(isNothing);
      const isLink = step.stats?.isSymbolicLink() === true && !(keepLink && isWhole);
      // The way back depends on no entry.
      if (name !== '..' && !(keepLink && isWhole)) visit(step);
      if (isLink) {
        if (++links > maxLinks) throw new LinkLoop();
        const target = readlinkSync(placeOf(step));
        names.unshift(...target.split('/'));
        if (isAbsolute(target)) folder = exchanged(folder, feet.start(), feet);
        continue;
      }
      const last = folder;
      if (step.stats === undefined || isWhole)
        return { ...step, isWhole, close: () => feet.leave(last) };
      folder = exchanged(folder, feet.enter(step), feet);
    }
  } catch (error) {
    feet.leave(folder);
    throw error;
  }
}

function exchanged(from: Folder, to: Folder, feet: Feet): Folder {
  feet.leave(from);
  return to;
}

/** Of `//` and `/./`. */
function isNothing(name: string): boolean {
  return name === '' || name === '.';
}

/** How the system finds the entry of a step. */
export function placeOf({ folder, name }: Pick<Step, 'folder' | 'name'>): string {
  return below(folder.at, name);
}

function below(folder: string, name: string): string {
  if (isNothing(name)) return folder;
  return folder === '/' ? `/${name}` : `${folder}/${name}`;
}

function stepIn(folder: Folder, name: string): Step {
  const isUp = name === '..';
  const path = isUp ? dirname(folder.path) : below(folder.path, name);
  const isHere = isNothing(name);
  const place = below(folder.at, name);
  const stats = isHere ? folder.stats : lstatSync(place, { throwIfNoEntry: false });
  return { folder, name, path, stats };
}

/** The ways to go from one folder to another. */
interface Feet {
  start(): Folder;
  /** The folder that an entry is. Throws the system's error if it is none. */
  enter(step: Step): Folder;
  leave(folder: Folder): void;
}

const namedFeet: Feet = {
  start: () => ({ path: '/', at: '/', stats: lstatSync('/') }),
  enter: ({ path, stats }) => ({ path, at: path, stats: stats ?? lstatSync(path) }),
  leave() {},
};

const heldFeet: Feet = {
  start: () => opened('/', '/'),
  enter: (step) => opened(placeOf(step), step.path),
  leave: ({ at }) => closeSync(Number(at.slice(at.lastIndexOf('/') + 1))),
};

/** To name a folder alone, without the right to read it. Node.js has no name for it. */
const O_PATH = 0o10000000;

function opened(place: string, path: string): Folder {
  const { O_DIRECTORY, O_NOFOLLOW } = constants;
  const descriptor = openSync(place, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  return { path, at: `/proc/self/fd/${descriptor}`, stats: fstatSync(descriptor) };
}

/**
 * Whether the system leads from an open folder to its entries, and to those that it has
 * by name: user-mode emulation of another processor opens its own libraries' folder as
 * `/`.
 */
function canHold(): boolean {
  if (process.platform !== 'linux') return false;
  return (
    orNull(() => {
      const root = heldFeet.start();
      try {
        const entry = lstatSync(`${root.at}/proc`);
        const named = lstatSync('/proc');
        return entry.dev === named.dev && entry.ino === named.ino;
      } finally {
        heldFeet.leave(root);
      }
    }) === true
  );
}
