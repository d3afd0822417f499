// An executable of iOS as Apple's headers describe it: mach-o/loader.h, mach-o/fat.h and osfmk/kern/cs_blobs.h.
import { createHash } from 'node:crypto';
import { type DerForm, derEntitlements, type Entitlements, signedMessage } from './der.ts';
import { xmlOf } from './property-lists.ts';

interface SignatureOptions {
  readonly identifier: string;
  readonly team: string | null;
  /** Null: none. */
  readonly entitlements: Entitlements | null;
  /** Null: none. */
  readonly derEntitlements: Entitlements | null;
  readonly derForm: DerForm;
  /** By a certificate, or none: marked so, with an empty message in its place, or with nothing there. */
  readonly signer: 'certificate' | 'ad-hoc' | 'empty' | 'none';
  /** The bytes whose hash the signature has. */
  readonly infoPlist: Uint8Array;
}

export interface MachOOptions {
  /** Null: not signed. */
  readonly signature: SignatureOptions | null;
  readonly strings: readonly string[];
  /** Of LC_BUILD_VERSION: 2 is iOS, 7 its simulator. */
  readonly platform: number;
  readonly isEncrypted: boolean;
}

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, 4 * index);
  return bytes;
};
const bigEndian = (...values: readonly number[]): Buffer => words(...values).swap32();
const long = (value: number): Buffer => words(value, 0);
const name16 = (name: string): Buffer => Buffer.concat([Buffer.from(name)], 16);

const pageSize = 0x4000;
const base = 1;

/** LC_SEGMENT_64, with at most one section. */
function segment(name: string, place: readonly [from: number, length: number], section?: Buffer) {
  const [from, length] = place;
  const body = Buffer.concat([
    name16(name),
    ...[words(from, base), long(Math.ceil(length / pageSize) * pageSize)],
    ...[long(from), long(length)],
    words(name === '__TEXT' ? 5 : 1, name === '__TEXT' ? 5 : 1, section ? 1 : 0, 0),
    section ?? Buffer.alloc(0),
  ]);
  return Buffer.concat([words(0x19, 8 + body.length), body]);
}

/** Commands of an executable with one page of code, whose strings stand at its end. */
export function machO({ signature, strings, platform, isEncrypted }: MachOOptions): Buffer {
  const texts = Buffer.from(strings.map((each) => `${each}\0`).join(''));
  const textAt = pageSize - texts.length;
  const section = Buffer.concat([
    ...[name16('__cstring'), name16('__TEXT'), words(textAt, base), long(texts.length)],
    words(textAt, 0, 0, 0, 2, 0, 0, 0),
  ]);
  const commandsFor = (signed: number): Buffer[] => [
    segment('__TEXT', [0, pageSize], section),
    segment('__LINKEDIT', [pageSize, signed]),
    words(0x32, 24, platform, 0x0f0000, 0x120000, 0),
    ...(isEncrypted ? [words(0x2c, 24, 0, pageSize, 1, 0)] : []),
    ...(signature === null ? [] : [words(0x1d, 16, pageSize, signed)]),
  ];
  const page = (commands: readonly Buffer[]): Buffer => {
    const whole = Buffer.concat(commands);
    const header = words(0xfeedfacf, 0x0100000c, 0, 2, commands.length, whole.length, 0x200085, 0);
    return Buffer.concat([Buffer.concat([header, whole], textAt), texts]);
  };
  if (signature === null) return page(commandsFor(0));
  // The first page has the length of the signature, and the signature the hash of that page.
  const { length } = superBlob(Buffer.alloc(pageSize), signature);
  const code = page(commandsFor(length));
  return Buffer.concat([code, superBlob(code, signature)]);
}

const blob = (magic: number, content: Uint8Array): Buffer =>
  Buffer.concat([bigEndian(magic, 8 + content.length), content]);
const hashOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest();

function superBlob(code: Buffer, options: SignatureOptions): Buffer {
  const { entitlements, derEntitlements: der, derForm, signer, infoPlist } = options;
  const requirements = bigEndian(0xfade0c01, 12, 0);
  const xmlBlob = entitlements === null ? null : blob(0xfade7171, Buffer.from(xmlOf(entitlements)));
  const derBlob = der === null ? null : blob(0xfade7172, derEntitlements(der, derForm));
  // The slots below zero, from the last to the first.
  const hashed = [derBlob, null, xmlBlob, null, null, requirements, infoPlist];
  const special = hashed.map((each) => (each === null ? Buffer.alloc(32) : hashOf(each)));
  const directory = codeDirectory(code, special, options);
  const cms = signer === 'certificate' ? signedMessage(directory, true) : Buffer.alloc(0);
  const slots: readonly (readonly [slot: number, bytes: Buffer | null])[] = [
    [0, directory],
    [2, requirements],
    [5, xmlBlob],
    [7, derBlob],
    [0x10000, signer === 'none' ? null : blob(0xfade0b01, cms)],
  ];
  return superBlobOf(slots.flatMap(([slot, bytes]) => (bytes === null ? [] : [{ slot, bytes }])));
}

export interface Blob {
  readonly slot: number;
  readonly bytes: Buffer;
}

export function superBlobOf(blobs: readonly Blob[]): Buffer {
  let offset = 12 + 8 * blobs.length;
  const index = blobs.map(({ slot, bytes }) => {
    const entry = bigEndian(slot, offset);
    offset += bytes.length;
    return entry;
  });
  return Buffer.concat([
    bigEndian(0xfade0cc0, offset, blobs.length),
    ...index,
    ...blobs.map(({ bytes }) => bytes),
  ]);
}

/** A code directory of version 0x20400. @param special the hashes of the slots below zero */
function codeDirectory(
  code: Buffer,
  special: readonly Buffer[],
  { identifier, team, signer }: SignatureOptions,
): Buffer {
  const header = 88;
  const names = Buffer.from(`${identifier}\0${team === null ? '' : `${team}\0`}`);
  const teamAt = team === null ? 0 : header + Buffer.byteLength(identifier) + 1;
  const hashesAt = header + names.length + 32 * special.length;
  const pages = Array.from({ length: Math.ceil(code.length / 4096) }, (_, index) =>
    hashOf(code.subarray(4096 * index, 4096 * (index + 1))),
  );
  const body = Buffer.concat([
    bigEndian(0x20400, signer === 'ad-hoc' ? 2 : 0, hashesAt, header, special.length, pages.length),
    bigEndian(code.length),
    Buffer.from([32, 2, 0, 12]),
    bigEndian(0, 0, teamAt, 0, 0, 0),
    // The code, and that it is a main program.
    bigEndian(0, 0, 0, pageSize, 0, 1),
    names,
    ...special,
    ...pages,
  ]);
  return blob(0xfade0c02, body);
}

/** One file of several programs, each on a page of its own. */
export function fatMachO(slices: readonly Buffer[], isWide = false): Buffer {
  const places: number[] = [];
  let end = pageSize;
  for (const { length } of slices) {
    places.push(end);
    end = Math.ceil((end + length) / pageSize) * pageSize;
  }
  const table = slices.map((slice, index) => {
    const place = places[index] ?? 0;
    const [processor, subtype] = [slice.readUInt32LE(4), slice.readUInt32LE(8)];
    return isWide
      ? bigEndian(processor, subtype, 0, place, 0, slice.length, 14, 0)
      : bigEndian(processor, subtype, place, slice.length, 14);
  });
  const whole = Buffer.alloc((places.at(-1) ?? 0) + (slices.at(-1)?.length ?? 0));
  Buffer.concat([bigEndian(isWide ? 0xcafebabf : 0xcafebabe, slices.length), ...table]).copy(whole);
  for (const [index, slice] of slices.entries()) slice.copy(whole, places[index]);
  return whole;
}
