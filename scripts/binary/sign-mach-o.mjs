// An ad-hoc signature for a 64-bit Mach-O executable, as linkers make it: nobody's, but macOS ends a program whose pages are
// not what its signature says. The structures are those of xnu: mach-o/loader.h, and osfmk/kern/cs_blobs.h.
import { createHash } from 'node:crypto';

const [segment64, codeSignature] = [0x19, 0x1d];
const [superBlob, codeDirectory] = [0xfade0cc0, 0xfade0c02];
const [pageBits, hashLength] = [12, 32];
const [headerLength, identifier] = [88, 'mfa-cli\0'];
/** CS_ADHOC and CS_LINKER_SIGNED. */
const flags = 0x20002;
/** Of a version that says where the code is: CS_SUPPORTSEXECSEG. */
const version = 0x20400;

/**
 * The executable with such a signature in place of the one that it has. Throws if it has none.
 * @param {Buffer} executable
 */
export function signMachO(executable) {
  const { signature, segments } = commandsOf(executable);
  if (signature === undefined) throw new Error('This executable has no place for a signature');
  const start = executable.readUInt32LE(signature + 8);
  const pages = Math.ceil(start / 2 ** pageBits);
  const directoryLength = headerLength + identifier.length + hashLength * pages;
  const length = 20 + directoryLength;
  const signed = Buffer.concat([executable.subarray(0, start), Buffer.alloc(length)]);

  // The commands are signed, too: first they say how long the signature is.
  signed.writeUInt32LE(length, signature + 12);
  const { __LINKEDIT: linkEdit, __TEXT: text } = segments;
  if (linkEdit === undefined || text === undefined)
    throw new Error('This executable has no segments __TEXT and __LINKEDIT');
  const linkEditLength = BigInt(start + length) - signed.readBigUInt64LE(linkEdit + 40);
  signed.writeBigUInt64LE(linkEditLength, linkEdit + 48);
  signed.writeBigUInt64LE((linkEditLength + 0x3fffn) & ~0x3fffn, linkEdit + 32);

  const blob = signed.subarray(start);
  // One part: a list of pages, which begins after this header.
  for (const [index, value] of [superBlob, length, 1, 0, 20].entries())
    blob.writeUInt32BE(value, 4 * index);
  const directory = blob.subarray(20);
  const hashes = headerLength + identifier.length;
  const fields = [
    codeDirectory,
    directoryLength,
    version,
    flags,
    hashes,
    headerLength,
    0,
    pages,
    start,
  ];
  for (const [index, value] of fields.entries()) directory.writeUInt32BE(value, 4 * index);
  directory.set([hashLength, 2, 0, pageBits], 36);
  // Where the code is, and that this is a main program.
  directory.writeBigUInt64BE(signed.readBigUInt64LE(text + 40), 64);
  directory.writeBigUInt64BE(signed.readBigUInt64LE(text + 48), 72);
  directory.writeBigUInt64BE(1n, 80);
  directory.write(identifier, headerLength, 'latin1');
  for (let page = 0; page < pages; page++) {
    const content = signed.subarray(page << pageBits, Math.min((page + 1) << pageBits, start));
    directory.set(createHash('sha256').update(content).digest(), hashes + hashLength * page);
  }
  return signed;
}

/**
 * Where its signature's command is, and its segments' by name.
 * @param {Buffer} bytes
 */
function commandsOf(bytes) {
  if (bytes.readUInt32LE(0) !== 0xfeedfacf) throw new Error('This is not a 64-bit Mach-O file');
  /** @type {Record<string, number>} */
  const segments = {};
  /** @type {number | undefined} */
  let signature;
  let at = 32;
  for (let left = bytes.readUInt32LE(16); left > 0; left--) {
    const command = bytes.readUInt32LE(at);
    if (command === codeSignature) signature = at;
    if (command === segment64)
      segments[bytes.toString('latin1', at + 8, at + 24).replaceAll('\0', '')] = at;
    at += bytes.readUInt32LE(at + 4);
  }
  return { signature, segments };
}
