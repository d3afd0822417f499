import { lstatSync, realpathSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { orNull, systemReason } from '../errors/cli-error.ts';
import { readRegularFile } from './regular-file.ts';
import { isTrusted } from './trusted-directories.ts';
import { type End, LinkLoop, type Step, walkTo } from './way.ts';

/**
 * The reason why others may change a file, as a sentence without a period, and what fixes
 * it, if anything does.
 */
export interface Doubt {
  readonly sentence: string;
  readonly remedy?: readonly string[];
  /** A place of the user that stands for all owners whom the system does not tell. */
  readonly ownerless?: string;
}

/**
 * Whether users other than this one and root may change the target of a path; null: they
 * cannot. Every directory and link on the way, and the file if it exists, must belong to
 * this user or root, and others must not be able to write to any of them. A
 * world-writable directory is fine if its sticky bit protects a directory of this user in
 * it, but not around the file itself. The result holds later, since others cannot change
 * it. Windows tells no owners: nothing is checked there.
 * @param opened the file, if it was opened before this check
 */
export function changeableByOthers(path: string, opened?: Stats): Doubt | null {
  return doubtOnWay(path, opened === undefined ? {} : { opened });
}

export interface WayTerms {
  /** The file, if it was opened before. */
  readonly opened?: Stats;
  /**
   * Whether root may be the guest of another user, in whose folders it then trusts no
   * link.
   */
  readonly isGuest?: boolean;
  /** Whether the directory at the end is about to be made, or closed to others. */
  readonly isMade?: boolean;
}

/** The same as `changeableByOthers`, on some terms. */
export function doubtOnWay(path: string, terms: WayTerms): Doubt | null {
  const user = process.getuid?.();
  return user === undefined ? null : doubtIn(path, () => walk(path, user, terms));
}

/** The doubt that a walk to a path ends with. */
function doubtIn(path: string, walk: () => Doubt | null): Doubt | null {
  try {
    return walk();
  } catch (error) {
    if (error instanceof Doubtful) return error.doubt;
    if (error instanceof LinkLoop) return { sentence: `The links of ${path} form a loop` };
    // A working directory that is gone is told as such.
    if (!isAbsolute(path) && orNull(() => process.cwd()) === null) throw error;
    return {
      sentence: `${path} cannot be checked: ${systemReason(error) ?? 'the system refused access'}`,
    };
  }
}

function walk(path: string, user: number, terms: WayTerms): Doubt | null {
  const { opened, isGuest = false, isMade = false } = terms;
  const mayHost = isGuest && user === 0;
  const end = walkTo(path, {
    visit({ folder, path: entry, stats }) {
      const isFolder = stats?.isDirectory() ?? isMade;
      // A planted link says more than the folder in which anyone may plant one.
      if (stats?.isSymbolicLink()) throwIf(changeable(entry, stats, { owner: user, isHeld: true }));
      const isHeld = isSticky(folder.stats) && isFolder;
      const owner = mayHost ? folder.stats.uid : user;
      throwIf(changeable(folder.path, folder.stats, { owner, isHeld }));
      if (stats === undefined || (mayHost && isFolder)) return;
      throwIf(changeable(entry, stats, { owner: user, isHeld: true }));
    },
  });
  const { path: at, stats } = end;
  const other = opened === undefined ? null : otherFile(path, end, opened);
  if (other !== null || stats === undefined || isMade) return other;
  return changeable(at, stats, { owner: user, isHeld: false });
}

/** Whether another file than the opened one is at the end of the way. */
function otherFile(path: string, { path: at, stats }: End, opened: Stats): Doubt | null {
  if (stats === undefined) return { sentence: `${path} is a pipe, or was removed` };
  if (opened.ino === stats.ino && opened.dev === stats.dev) return null;
  return { sentence: `${at} was replaced while it was read` };
}

/**
 * Why users other than this one, root and the owner of a file may change it; null: they
 * cannot. The owner may be anyone, as of a secret that is mounted, and so may own folders
 * and links on the way. The sticky bit of a folder protects all of its entries, since
 * each of them is there.
 */
export function secretDoubt(path: string, opened: Stats): Doubt | null {
  const owner = process.getuid?.();
  if (owner === undefined) return null;
  const also = opened.uid;
  return doubtIn(path, () => {
    const end = walkTo(path, {
      visit({ folder, path: entry, stats }) {
        if (stats !== undefined) throwIf(changeable(entry, stats, { owner, also, isHeld: true }));
        const isHeld = isSticky(folder.stats);
        throwIf(changeable(folder.path, folder.stats, { owner, also, isHeld }));
      },
    });
    return (
      otherFile(path, end, opened) ?? changeable(end.path, opened, { owner, also, isHeld: false })
    );
  });
}

/**
 * The other user in whose folder a path is, if this one is root; null: there is none.
 */
export function hostOf(path: string): number | null {
  if (process.getuid?.() !== 0) return null;
  let host: number | null = null;
  orNull(() =>
    walkTo(path, {
      visit({ folder: { path: at, stats } }) {
        if (stats.uid !== 0 && !isTrusted(at)) host ??= stats.uid;
      },
    }),
  );
  return host;
}

/** Ends a walk. */
class Doubtful extends Error {
  readonly doubt: Doubt;
  constructor(doubt: Doubt) {
    super(doubt.sentence);
    this.doubt = doubt;
  }
}

function throwIf(doubt: Doubt | null): void {
  if (doubt !== null) throw new Doubtful(doubt);
}

/**
 * The first link on the way to a file that stands in a folder, or below; null: there is
 * none. Throws the system's error.
 */
export function linkBelow(folder: string, path: string): string | null {
  // There `..` is resolved by name, and a link takes a right of its own to make.
  if (process.platform === 'win32') return isLink(path) ? path : null;
  const top = orNull(() => realpathSync.native(folder));
  if (top === null) return null;
  let found: string | null = null;
  walkTo(path, {
    visit({ folder: { path: at }, path: entry, stats }) {
      const isInside = at === top || at.startsWith(`${top}/`);
      if (isInside && stats?.isSymbolicLink()) found ??= entry;
    },
  });
  return found;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Why a link is not the word of this user; null: it is, or the entry is none. */
export function foreignLink({ folder, path, stats }: Step): string | null {
  const owner = process.getuid?.();
  if (owner === undefined || stats?.isSymbolicLink() !== true || isTrusted(path)) return null;
  if (stats.uid !== owner && stats.uid !== 0) return `${path} is a link of another user`;
  const isHeld = isSticky(folder.stats);
  const doubt = changeable(folder.path, folder.stats, { owner, isHeld });
  return doubt === null ? null : `${path} is a link that other users may replace`;
}

function isSticky({ mode }: Stats): boolean {
  return (mode & 0o1000) !== 0;
}

/**
 * Why others may change one file or directory, by its own owner and mode: not even a
 * group of this user alone may write to it.
 */
export function doubtOf(path: string, stats: Stats): Doubt | null {
  const owner = process.getuid?.();
  if (owner === undefined || isTrusted(orNull(() => realpathSync.native(path)) ?? path))
    return null;
  return foreign(path, stats, [owner]) ?? open(path, stats, 0o022);
}

interface Owner {
  readonly owner: number;
  /** Another one, who may own it as well. */
  readonly also?: number;
  /** Whether write access to it does not matter. */
  readonly isHeld: boolean;
}

function changeable(path: string, stats: Stats, { owner, also, isHeld }: Owner): Doubt | null {
  if (isTrusted(path)) return null;
  const owners = also === undefined ? [owner] : [owner, also];
  const doubt = foreign(path, stats, owners);
  if (doubt !== null || isHeld) return doubt;
  const isWritten = (stats.mode & 0o020) !== 0;
  const isGroupAlone = isWritten && owners.some((each) => isAlone(each, stats.gid));
  return open(path, stats, isGroupAlone ? 0o002 : 0o022);
}

function foreign(path: string, { uid }: Stats, owners: readonly number[]): Doubt | null {
  if (uid === 0 || owners.includes(uid)) return null;
  const sentence = `${path} belongs to another user`;
  if (uid === overflowUser) return { sentence, ownerless: path };
  return { sentence, remedy: ['chown', `${process.getuid?.()}`, path] };
}

/** @param others the mode bits that nobody else may have */
function open(path: string, { mode }: Stats, others: number): Doubt | null {
  if ((mode & others) === 0) return null;
  return { sentence: `${path} is writable by other users`, remedy: ['chmod', 'go-w', path] };
}

/**
 * The user that stands for those whom the system cannot name, as on network file systems.
 */
const overflowUser = 65_534;

/**
 * The group `admin` of macOS: its members may become root, and Homebrew's folders are its
 * own.
 */
const administrators = 80;

/**
 * Whether a group has no members besides this user and root, by /etc/passwd and
 * /etc/group. Unknown if they do not list the user: directory services have users of
 * their own, and macOS stores all of them elsewhere.
 */
function isAlone(user: number, gid: number): boolean {
  if (process.platform === 'darwin') return gid === administrators;
  if (process.platform !== 'linux') return false;
  try {
    const [users, groups] = ['/etc/passwd', '/etc/group'].map((path) =>
      readRegularFile(path, { limit: 16 * 1024 * 1024 })
        .toString('utf8')
        .split('\n')
        .map((line) => line.split(':')),
    ) as [string[][], string[][]];
    const isThis = user === process.getuid?.();
    const username = isThis ? userInfo().username : users.find(hasId(user))?.[0];
    if (!users.filter(hasId(user)).some(([name]) => name === username)) return false;
    const group = groups.filter(([, , id]) => id !== '' && Number(id) === gid);
    const named = group.flatMap(([, , , members = '']) => members.split(',').filter(Boolean));
    const primary = users.filter(([, , , id]) => id !== '' && Number(id) === gid);
    const members = [...named, ...primary.map(([name = '']) => name)];
    return group.length > 0 && members.every((name) => name === username || name === 'root');
  } catch {
    return false;
  }
}

function hasId(user: number): (line: readonly string[]) => boolean {
  return ([, , uid]) => uid !== '' && Number(uid) === user;
}
