import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, isAbsolute, join } from 'node:path';
import { systemReason } from '../errors/cli-error.ts';
import { doubtOf, readRegularFile } from './own-file.ts';

/** Who else may change a file: a sentence without a period, and the command that mends it, if one does. */
export interface Doubt {
  readonly sentence: string;
  readonly remedy?: string;
}

/** Links that may lead to one another; as Linux. */
const mostLinks = 40;

/**
 * Whether others than this user and root may change what a path leads to; null: nobody can. Every folder and link on the way
 * belongs to this user or root, and so does the file, if there is one, and nobody else may write to any of them. A folder
 * that all may write to is fine where its sticky bit keeps a folder of ours in its place, but not around the file itself.
 * What nobody else can change stays as it was looked at. Windows tells no owners: there nothing is looked at.
 * @param opened what was opened there, where it was opened before this look
 */
export function changeableByOthers(path: string, opened?: Stats): Doubt | null {
  const user = process.getuid?.();
  if (user === undefined) return null;
  try {
    return walk(path, user, opened);
  } catch (error) {
    return { sentence: `${path} cannot be looked at: ${systemReason(error) ?? 'the system refuses it'}` };
  }
}

/** Goes the way that the system goes: a link leads on from where it is, and `..` from where it has led to. */
function walk(path: string, user: number, opened?: Stats): Doubt | null {
  const steps = stepsOf(isAbsolute(path) ? path : `${process.cwd()}/${path}`);
  let [at, links] = ['/', 0];
  for (let step = steps.shift(); step !== undefined; step = steps.shift()) {
    if (step === '..') {
      at = dirname(at);
      continue;
    }
    const [folder, entry] = [lstatSync(at), join(at, step)];
    const stats = lstatSync(entry, { throwIfNoEntry: false });
    const isHeld = (folder.mode & 0o1000) !== 0 && stats?.isDirectory() === true;
    const doubt = changeable(at, folder, user, isHeld) ?? (stats && changeable(entry, stats, user, true));
    if (doubt != null) return doubt;
    if (stats === undefined)
      return opened === undefined ? null : { sentence: `${path} is a pipe, or was removed` };
    if (!stats.isSymbolicLink()) at = entry;
    else {
      if (++links > mostLinks) return { sentence: `The links of ${path} lead to one another` };
      const target = readlinkSync(entry);
      steps.unshift(...stepsOf(target));
      if (isAbsolute(target)) at = '/';
    }
  }
  const stats = lstatSync(at);
  if (opened !== undefined && (opened.ino !== stats.ino || opened.dev !== stats.dev))
    return { sentence: `${at} was replaced while it was read` };
  return changeable(at, stats, user, false);
}

function stepsOf(path: string): string[] {
  return path.split('/').filter((step) => step !== '' && step !== '.');
}

/** @param isHeld whether it does not matter who may write to it */
function changeable(path: string, stats: Stats, user: number, isHeld: boolean): Doubt | null {
  const isGroupAlone = (stats.mode & 0o020) !== 0 && isAlone(user, stats.gid);
  return doubtOf(path, stats, user, isHeld ? 0 : isGroupAlone ? 0o002 : 0o022);
}

/**
 * Whether a group has no other member than this user and root, as /etc/passwd and /etc/group tell. Where they do not know the
 * user, they do not tell: directories of accounts have users of their own, and macOS keeps all of them elsewhere.
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
    const group = groups.filter(([, , id]) => id !== undefined && id !== '' && Number(id) === gid);
    const named = group.flatMap(([, , , members = '']) => members.split(',').filter(Boolean));
    const primary = users.filter(([, , , id]) => id !== undefined && id !== '' && Number(id) === gid);
    const members = [...named, ...primary.map(([name = '']) => name)];
    return group.length > 0 && members.every((name) => name === username || name === 'root');
  } catch {
    return false;
  }
}
