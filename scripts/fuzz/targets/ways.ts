import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { changeableByOthers } from '../../../src/files/others.ts';
import { mutateBytes } from '../mutate.ts';
import { bytesOf, type Target, Violation, written } from '../target.ts';

const names = ['a', 'b', 'link', 'other', '..', '.'];
const modes = [0o755, 0o777, 0o1777, 0o644, 0o666];
const isRoot = process.getuid?.() === 0;

function at<T>(list: readonly T[], number: number): T {
  return list[number % list.length] as T;
}

/** Two names, in the words of a path. */
function wordsOf(number: number): string {
  return `${at(names, number)}/${at(names, number >> 3)}`;
}

/** Folders with a file each, in which the bytes say what is done: three of them a deed. */
function build(root: string, bytes: Uint8Array): void {
  for (const folder of ['a', 'a/a', 'a/b', 'b', 'b/a']) {
    mkdirSync(`${root}/${folder}`);
    writeFileSync(`${root}/${folder}/file`, '');
  }
  for (let index = 0; index + 2 < Math.min(bytes.length, 60); index += 3) {
    const [deed = 0, where = 0, what = 0] = bytes.subarray(index, index + 3);
    const path = `${root}/${wordsOf(where)}${deed % 2 === 0 ? '' : '/file'}`;
    try {
      if (deed % 3 === 0 && !wordsOf(where).includes('..')) symlinkSync(wordsOf(what), path);
      const real = realpathSync(path);
      if (!real.startsWith(`${root}/`)) continue;
      if (deed % 3 === 1) chmodSync(real, at(modes, what));
      if (deed % 3 === 2 && isRoot && what % 4 === 0) chownSync(real, 12_345, 12_345);
    } catch {
      // A path that exists, or leads nowhere, stays.
    }
  }
}

/** A file among folders and links of several owners and modes: whatever is said to be safe, only this user and root can write to. */
export const ways: Target = {
  name: 'ways',
  bytesLimit: 61,
  seconds: 3,
  seeds: () => written('AaaAbbBccCddDeeEffB', 'AAAFFFBcc', 'abcdefghijklmnopqrstuvwxyz'),
  mutate: ({ bytes }, all, random) => mutateBytes(bytes, bytesOf(all), random),
  async judge(bytes) {
    const root = realpathSync(mkdtempSync(join(tmpdir(), 'mfa-cli-ways-')));
    try {
      build(root, bytes);
      const path = `${root}/${wordsOf(bytes.at(-1) ?? 0)}/file`;
      if (changeableByOthers(path) !== null || statOf(path) === null) return;
      // `realpathSync` removes `..` before it follows links; the system follows them first.
      const real = realpathSync.native(path);
      for (let entry = real; entry.startsWith(root); entry = dirname(entry)) {
        const { uid, mode } = statSync(entry);
        const isHeld = (mode & 0o1000) !== 0 && entry !== real && entry !== dirname(real);
        if ((uid !== process.getuid?.() && uid !== 0) || ((mode & 0o002) !== 0 && !isHeld))
          throw new Violation(`takes ${path.slice(root.length)} for safe`);
      }
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  },
};

function statOf(path: string): unknown {
  try {
    return statSync(path);
  } catch {
    return null;
  }
}
