import { fstatSync, lstatSync, readlinkSync, realpathSync, type Stats } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { foreignLink } from './others.ts';
import { type End, LinkLoop, placeOf, walkTo } from './way.ts';

/** The target is not written to; the message has the reason. */
export class Refusal extends Error {}

/**
 * A file to write, or to make. Its folder is held: what another user puts on the way
 * meanwhile leads nothing elsewhere.
 */
export interface HeldTarget {
  /** How the system finds it. */
  readonly path: string;
  /** Those of the file; null: there is none. */
  readonly stats: Stats | null;
  /** Whether the owner of its folder owns it. */
  readonly isOfFolder: boolean;
  /**
   * Where no folder can be held, looks again at the way, once a file was opened in the
   * folder and before it is used. Throws a Refusal.
   */
  confirm(file: number, place: string): void;
  close(): void;
}

/** Whether a link in the place of the file itself leads on. */
type LastLink = 'followed' | 'kept';

/** Windows has no `/proc`, and resolves `..` by name. */
const isWindows = process.platform === 'win32';

/**
 * Goes to a file by links of this user and root alone, which nobody else may replace.
 * Throws the system's error, and a Refusal.
 */
export function holdTarget(path: string, lastLink: LastLink): HeldTarget {
  if (isWindows) return namedTarget(path, lastLink);
  const end = goByOwnLinks(path, lastLink);
  const { folder, stats = null, isWhole, close } = end;
  if (!isWhole) {
    close();
    // Says which folder is missing.
    lstatSync(placeOf(end));
    throw new Refusal('a folder on the way was missing');
  }
  return {
    path: placeOf(end),
    stats,
    isOfFolder: stats?.uid === folder.stats.uid,
    confirm(file, place) {
      if (folder.at !== folder.path) return;
      const again = goByOwnLinks(path, lastLink);
      again.close();
      const isSame = isOne(again.folder.stats, folder.stats);
      if (!isSame || !isOne(fstatSync(file), lstatSync(place)))
        throw new Refusal('another file took its place');
    },
    close,
  };
}

/**
 * Throws a Refusal for a file of another user. Root works in their folders, above all in
 * containers: there a file is as safe as its folder.
 */
export function requireOwner({ stats, isOfFolder }: HeldTarget): void {
  if (stats === null || isOwn(stats)) return;
  if (!isOfFolder || process.getuid?.() !== 0) throw new Refusal('it belongs to another user');
}

/** Whether this user or root owns a file. Windows has no such user IDs. */
export function isOwn({ uid }: Stats): boolean {
  const user = process.getuid?.();
  return user === undefined || uid === user || uid === 0;
}

function goByOwnLinks(path: string, lastLink: LastLink): End {
  try {
    return walkTo(path, {
      hold: true,
      keepLink: lastLink === 'kept',
      visit(step) {
        const reason = foreignLink(step);
        if (reason !== null) throw new Refusal(reason);
      },
    });
  } catch (error) {
    throw error instanceof LinkLoop ? new Refusal('its links form a loop') : error;
  }
}

/** Whether they are of one file. */
export function isOne(one: Stats, other: Stats): boolean {
  return one.dev === other.dev && one.ino === other.ino;
}

function namedTarget(path: string, lastLink: LastLink): HeldTarget {
  let at = path;
  let stats = lstatSync(at, { throwIfNoEntry: false });
  const seen = new Set<string>();
  while (lastLink === 'followed' && stats?.isSymbolicLink()) {
    if (seen.has(at)) throw new Refusal('its links form a loop');
    seen.add(at);
    at = resolve(realpathSync.native(dirname(at)), readlinkSync(at));
    stats = lstatSync(at, { throwIfNoEntry: false });
  }
  return { path: at, stats: stats ?? null, isOfFolder: false, confirm() {}, close() {} };
}
