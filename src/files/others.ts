import { realpathSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { systemReason } from '../errors/cli-error.ts';
import { isLink } from './directory.ts';
import { doubtOf } from './own-file.ts';
import { readRegularFile } from './regular-file.ts';
import { LinkLoop, type Step, walkTo } from './way.ts';

/** The reason why others may change a file, as a sentence without a period, and the command that fixes it, if any. */
export interface Doubt {
  readonly sentence: string;
  readonly remedy?: readonly string[];
}

/**
 * Whether users other than this one and root may change the target of a path; null: they cannot. Every directory and link on
 * the way, and the file if it exists, must belong to this user or root, and others must not be able to write to any of them.
 * A world-writable directory is fine if its sticky bit protects a directory of this user in it, but not around the file itself.
 * The result holds later, since others cannot change it. Windows tells no owners: nothing is checked there.
 * @param opened the file, if it was opened before this check
 */
export function changeableByOthers(path: string, opened?: Stats): Doubt | null {
  const user = process.getuid?.();
  if (user === undefined) return null;
  try {
    return walk(path, user, opened);
  } catch (error) {
    if (error instanceof Doubtful) return error.doubt;
    if (error instanceof LinkLoop) return { sentence: `The links of ${path} form a loop` };
    return {
      sentence: `${path} cannot be checked: ${systemReason(error) ?? 'the system refused access'}`,
    };
  }
}

function walk(path: string, user: number, opened?: Stats): Doubt | null {
  const end = walkTo(path, {
    visit({ folder, path: entry, stats }) {
      const isHeld = (folder.stats.mode & 0o1000) !== 0 && stats?.isDirectory() === true;
      throwIf(changeable(folder.path, folder.stats, user, isHeld));
      if (stats !== undefined) throwIf(changeable(entry, stats, user, true));
    },
  });
  const { path: at, stats } = end;
  if (stats === undefined)
    return opened === undefined ? null : { sentence: `${path} is a pipe, or was removed` };
  if (opened !== undefined && (opened.ino !== stats.ino || opened.dev !== stats.dev))
    return { sentence: `${at} was replaced while it was read` };
  return changeable(at, stats, user, false);
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
  const top = realpathSync.native(folder);
  let found: string | null = null;
  walkTo(path, {
    visit({ folder: { path: at }, path: entry, stats }) {
      const isInside = at === top || at.startsWith(`${top}/`);
      if (isInside && stats?.isSymbolicLink()) found ??= entry;
    },
  });
  return found;
}

/** Why a link is not the word of this user; null: it is, or the entry is none. */
export function foreignLink({ folder, path, stats }: Step): string | null {
  const user = process.getuid?.();
  if (user === undefined || stats?.isSymbolicLink() !== true) return null;
  if (stats.uid !== user && stats.uid !== 0) return `${path} is a link of another user`;
  const isSticky = (folder.stats.mode & 0o1000) !== 0;
  const doubt = changeable(folder.path, folder.stats, user, isSticky);
  return doubt === null ? null : `${path} is a link that other users may replace`;
}

/** @param isHeld whether write access to it does not matter */
function changeable(path: string, stats: Stats, user: number, isHeld: boolean): Doubt | null {
  const isGroupAlone = (stats.mode & 0o020) !== 0 && isAlone(user, stats.gid);
  return doubtOf(path, stats, user, isHeld ? 0 : isGroupAlone ? 0o002 : 0o022);
}

/**
 * Whether a group has no members besides this user and root, by /etc/passwd and /etc/group. Unknown if they do not list the
 * user: directory services have users of their own, and macOS stores all of them elsewhere.
 */
function isAlone(user: number, gid: number): boolean {
  if (process.platform !== 'linux') return false;
  try {
    const { username } = userInfo();
    const [users, groups] = ['/etc/passwd', '/etc/group'].map((path) =>
      readRegularFile(path, { limit: 16 * 1024 * 1024 })
        .toString('utf8')
        .split('\n')
        .map((line) => line.split(':')),
    ) as [string[][], string[][]];
    if (!users.some(([name, , uid]) => name === username && Number(uid) === user)) return false;
    const group = groups.filter(([, , id]) => id !== '' && Number(id) === gid);
    const named = group.flatMap(([, , , members = '']) => members.split(',').filter(Boolean));
    const primary = users.filter(([, , , id]) => id !== '' && Number(id) === gid);
    const members = [...named, ...primary.map(([name = '']) => name)];
    return group.length > 0 && members.every((name) => name === username || name === 'root');
  } catch {
    return false;
  }
}
