import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { systemReason } from '../errors/cli-error.ts';
import { doubtOf, readRegularFile } from './own-file.ts';

/** The reason why others may change a file, as a sentence without a period, and the command that fixes it, if any. */
export interface Doubt {
  readonly sentence: string;
  readonly remedy?: readonly string[];
}

/** The most links in a chain, as in Linux. */
const mostLinks = 40;

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
    return {
      sentence: `${path} cannot be checked: ${systemReason(error) ?? 'the system refused access'}`,
    };
  }
}

/** Resolves the path as the system does: relative links and `..` start from the target of a link. */
function walk(path: string, user: number, opened?: Stats): Doubt | null {
  const steps = (isAbsolute(path) ? path : `${process.cwd()}/${path}`).split('/');
  let [at, links] = ['/', 0];
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    if (step === '..') {
      at = dirname(at);
      continue;
    }
    const [folder, entry] = [lstatSync(at), join(at, step)];
    const stats = lstatSync(entry, { throwIfNoEntry: false });
    const isHeld = (folder.mode & 0o1000) !== 0 && stats?.isDirectory() === true;
    const doubt =
      changeable(at, folder, user, isHeld) ?? (stats && changeable(entry, stats, user, true));
    if (doubt != null) return doubt;
    if (stats === undefined)
      return opened === undefined ? null : { sentence: `${path} is a pipe, or was removed` };
    if (!stats.isSymbolicLink()) at = entry;
    else {
      if (++links > mostLinks) return { sentence: `The links of ${path} form a loop` };
      const target = readlinkSync(entry);
      steps.unshift(...target.split('/'));
      if (isAbsolute(target)) at = '/';
    }
  }
  const stats = lstatSync(at);
  if (opened !== undefined && (opened.ino !== stats.ino || opened.dev !== stats.dev))
    return { sentence: `${at} was replaced while it was read` };
  return changeable(at, stats, user, false);
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
