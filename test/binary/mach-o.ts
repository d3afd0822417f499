import { createHash } from 'node:crypto';

/** What the loader of macOS looks at: https://github.com/apple-oss-distributions/xnu, mach-o/loader.h and cs_blobs.h. */
export interface MachO {
  readonly cpu: 'arm64' | 'x64' | number;
  /** Null where there is none: macOS starts that on Intel only. */
  readonly signature: Signature | null;
  /** The oldest macOS that starts it, as `13.0`; null where it says none. */
  readonly oldest: string | null;
}

interface Signature {
  readonly isAdHoc: boolean;
  /** What macOS knows the program by, where it asks for its rights. */
  readonly identifier: string;
  /** How many pages were signed. */
  readonly pages: number;
  /** The numbers of those whose content is not what was signed. */
  readonly altered: readonly number[];
  /** Bytes before the signature that it does not cover. */
  readonly uncovered: number;
  /** Bytes behind it. */
  readonly behind: number;
}

const [magic, codeSignature, buildVersion] = [0xfeedfacf, 0x1d, 0x32];
const [superBlob, codeDirectory] = [0xfade0cc0, 0xfade0c02];
const cpus: Readonly<Record<number, MachO['cpu']>> = { 16777228: 'arm64', 16777223: 'x64' };

/** Reads a 64-bit executable for one CPU. Throws if it is none. */
export function readMachO(bytes: Buffer): MachO {
  if (bytes.readUInt32LE(0) !== magic) throw new Error('no 64-bit Mach-O file');
  const cpu = bytes.readUInt32LE(4);
  let signature: Signature | null = null;
  let oldest: string | null = null;
  let at = 32;
  for (let left = bytes.readUInt32LE(16); left > 0; left--) {
    const command = bytes.readUInt32LE(at);
    if (command === codeSignature) signature = readSignature(bytes, bytes.readUInt32LE(at + 8));
    // Of 16 bits for the version, and 8 for each of its parts.
    if (command === buildVersion)
      oldest = `${bytes.readUInt16LE(at + 14)}.${bytes.readUInt8(at + 13)}`;
    at += bytes.readUInt32LE(at + 4);
  }
  return { cpu: cpus[cpu] ?? cpu, signature, oldest };
}

function readSignature(bytes: Buffer, start: number): Signature {
  if (bytes.readUInt32BE(start) !== superBlob) throw new Error('no signature where it should be');
  const places = Array.from({ length: bytes.readUInt32BE(start + 8) }, (_, index) =>
    bytes.readUInt32BE(start + 12 + 8 * index + 4),
  );
  const directory = places
    .map((place) => bytes.subarray(start + place))
    .find((blob) => blob.readUInt32BE(0) === codeDirectory);
  if (directory === undefined) throw new Error('a signature without a list of pages');
  const [hashes, pages, limit] = [16, 28, 32].map((offset) =>
    directory.readUInt32BE(offset),
  ) as Triple;
  const size = 2 ** directory.readUInt8(39);
  const altered = Array.from({ length: pages }, (_, page) => page).filter((page) => {
    const content = bytes.subarray(page * size, Math.min((page + 1) * size, limit));
    const hash = createHash('sha256').update(content).digest();
    return !hash.equals(directory.subarray(hashes + 32 * page, hashes + 32 * (page + 1)));
  });
  return {
    identifier: directory.toString('latin1', directory.readUInt32BE(20)).split('\0', 1)[0] ?? '',
    isAdHoc: (directory.readUInt32BE(12) & 2) !== 0,
    pages,
    altered,
    uncovered: start - Math.min(limit, pages * size),
    behind: bytes.length - start - bytes.readUInt32BE(start + 4),
  };
}

type Triple = [number, number, number];
