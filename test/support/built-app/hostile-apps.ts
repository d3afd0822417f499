import { builtFiles } from './built-app.ts';
import { tlv } from './der.ts';
import { superBlobOf } from './mach-o.ts';
import { binaryOf, xmlOf } from './property-lists.ts';
import { type ZipEntry, zipOf } from './zip.ts';

const place = 'Payload/Approver.app/';

type Files = Readonly<Record<string, Uint8Array>>;
const honest: Files = Object.fromEntries(builtFiles());

/** An `.ipa` with these files in place of the honest ones. */
function ipaWith(files: Files, more: readonly ZipEntry[] = []): Buffer {
  const all = { ...honest, ...files };
  const entries = Object.entries(all).map(([name, bytes]) => ({ name: place + name, bytes }));
  return zipOf([...entries, ...more]);
}

const info = {
  CFBundleExecutable: 'Approver',
  CFBundleIdentifier: 'com.example.lab',
  UIBackgroundModes: ['remote-notification'],
};
const program = Buffer.from(honest.Approver ?? []);
const signatureAt = 0x4000;

/** The honest program after a change. */
function changed(change: (program: Buffer) => void): Buffer {
  const bytes = Buffer.from(program);
  change(bytes);
  return bytes;
}

/** The place of LC_CODE_SIGNATURE among the load commands. */
const signatureCommand = program.indexOf(Buffer.from([0x1d, 0, 0, 0, 16, 0, 0, 0]));

/** The honest program with another signature. */
function signedWith(signature: Buffer): Buffer {
  const code = program.subarray(0, signatureAt);
  const bytes = Buffer.concat([code, signature]);
  bytes.writeUInt32LE(signature.length, signatureCommand + 12);
  return bytes;
}

/** The blobs of the honest signature, one of them in place of another. */
function blobsWith(slot: number, bytes: Buffer): Buffer {
  const signature = program.subarray(signatureAt);
  const count = signature.readUInt32BE(8);
  const blobs = Array.from({ length: count }, (_, index) => {
    const at = signature.readUInt32BE(16 + 8 * index);
    return {
      slot: signature.readUInt32BE(12 + 8 * index),
      bytes: signature.subarray(at, at + signature.readUInt32BE(at + 4)),
    };
  });
  return superBlobOf(blobs.map((each) => (each.slot === slot ? { slot, bytes } : each)));
}

function blobOf(magic: number, content: Uint8Array): Buffer {
  const header = Buffer.alloc(8);
  header.writeUInt32BE(magic, 0);
  header.writeUInt32BE(8 + content.length, 4);
  return Buffer.concat([header, content]);
}

function nested(depth: number): Buffer {
  let value = tlv(0x0c, Buffer.from('end'));
  for (let level = 0; level < depth; level++) value = tlv(0x30, value);
  return tlv(0x31, tlv(0x30, tlv(0x0c, Buffer.from('key')), value));
}

/** A binary list whose arrays each have the next one twice. */
function doubling(): Buffer {
  const objects = Array.from({ length: 60 }, (_, index) => [0xa2, 0, index + 1, 0, index + 1]);
  const bytes = [...objects, [0x09]];
  const offsets = bytes.flatMap((_, index) => {
    const offset = 8 + 5 * index;
    return [offset >> 8, offset & 0xff];
  });
  const trailer = binaryOf(true).subarray(-32);
  trailer.writeBigUInt64BE(61n, 8);
  trailer.writeBigUInt64BE(BigInt(8 + 5 * 60 + 1), 24);
  return Buffer.concat([
    Buffer.from('bplist00'),
    Buffer.from(bytes.flat()),
    Buffer.from(offsets),
    trailer,
  ]);
}

const manyEntries = (count: number): readonly ZipEntry[] =>
  Array.from({ length: count }, (_, index) => ({
    name: `${place}${index}`,
    bytes: Buffer.alloc(0),
  }));

/** Archives that are no apps, each made when it is asked for. */
export const hostileApps: Readonly<Record<string, () => Uint8Array>> = {
  'an empty file': () => Buffer.alloc(0),
  'a file that is no archive': () => Buffer.alloc(100_000, 'PK\x03\x04'),
  'an archive that is cut off': () => ipaWith({}).subarray(0, 3000),
  'an archive whose beginning is missing': () => ipaWith({}).subarray(200),
  'an archive without an app': () =>
    zipOf([{ name: 'Payload/readme.txt', bytes: Buffer.alloc(9) }]),
  'an archive with two apps': () =>
    ipaWith({}, [{ name: 'Payload/Other.app/Info.plist', bytes: Buffer.from(xmlOf(info)) }]),
  'a name that stands twice': () =>
    ipaWith({}, [{ name: `${place}Info.plist`, bytes: Buffer.from(xmlOf(info)) }]),
  'a name that leads out': () =>
    ipaWith({}, [{ name: 'Payload/Approver.app/../../../etc/passwd', bytes: Buffer.alloc(0) }]),
  'a link in place of the Info.plist': () =>
    zipOf([
      { name: `${place}Info.plist`, bytes: Buffer.from(xmlOf(info)), mode: 0o120777 },
      { name: `${place}Approver`, bytes: program },
    ]),
  'a file with other bytes than its sum says': () =>
    zipOf([
      { name: `${place}Info.plist`, bytes: Buffer.from(xmlOf(info)), saidSum: 1 },
      { name: `${place}Approver`, bytes: program },
    ]),
  'a method of compression that nobody has': () =>
    zipOf([{ name: `${place}Info.plist`, bytes: Buffer.from(xmlOf(info)), method: 99 }]),
  'a program outside the app': () =>
    ipaWith({ 'Info.plist': Buffer.from(xmlOf({ ...info, CFBundleExecutable: '../Approver' })) }),
  'a program that is missing': () =>
    ipaWith({ 'Info.plist': Buffer.from(xmlOf({ ...info, CFBundleExecutable: 'Other' })) }),
  'a program of text': () => ipaWith({ Approver: Buffer.from('#!/bin/sh\n'.repeat(50)) }),
  'a program that is cut off': () => ipaWith({ Approver: program.subarray(0, signatureAt + 100) }),
  'a program of four bytes': () => ipaWith({ Approver: program.subarray(0, 4) }),
  'load commands without an end': () =>
    ipaWith({ Approver: changed((bytes) => bytes.writeUInt32LE(0xffffffff, 16)) }),
  'load commands of no length': () =>
    ipaWith({ Approver: changed((bytes) => bytes.writeUInt32LE(0, 36)) }),
  'load commands of 4 GiB': () =>
    ipaWith({ Approver: changed((bytes) => bytes.writeUInt32LE(0xffffffff, 20)) }),
  'a signature beyond the end': () =>
    ipaWith({
      Approver: changed((bytes) => bytes.writeUInt32LE(0xfffffff0, signatureCommand + 8)),
    }),
  'a signature within the load commands': () =>
    ipaWith({ Approver: changed((bytes) => bytes.writeUInt32LE(40, signatureCommand + 8)) }),
  'a signature longer than the file': () =>
    ipaWith({
      Approver: changed((bytes) => bytes.writeUInt32LE(0x7fffffff, signatureCommand + 12)),
    }),
  'a million blobs': () =>
    ipaWith({ Approver: changed((bytes) => bytes.writeUInt32BE(1_000_000, signatureAt + 8)) }),
  'a blob beyond the end': () =>
    ipaWith({ Approver: changed((bytes) => bytes.writeUInt32BE(0xfffffff0, signatureAt + 16)) }),
  'a name beyond the code directory': () =>
    ipaWith({
      Approver: changed((bytes) => {
        const directory = signatureAt + bytes.readUInt32BE(signatureAt + 16);
        bytes.writeUInt32BE(0xfffffff0, directory + 20);
      }),
    }),
  'a fat file of a thousand slices': () => {
    const bytes = Buffer.alloc(100_000);
    bytes.writeUInt32BE(0xcafebabe, 0);
    bytes.writeUInt32BE(1000, 4);
    return ipaWith({ Approver: bytes });
  },
  'a fat file whose slices are one place': () => {
    const bytes = Buffer.alloc(8 + 40 + program.length);
    bytes.writeUInt32BE(0xcafebabe, 0);
    bytes.writeUInt32BE(2, 4);
    for (const at of [8, 28]) {
      bytes.writeUInt32BE(48, at + 8);
      bytes.writeUInt32BE(program.length, at + 12);
    }
    program.copy(bytes, 48);
    return ipaWith({ Approver: bytes });
  },
  'a fat file whose signatures are short each, and long in all': () => {
    const slice = signedWith(Buffer.concat([program.subarray(signatureAt)], 12 * 1024 * 1024));
    const table = Buffer.alloc(8 + 3 * 20);
    table.writeUInt32BE(0xcafebabe, 0);
    table.writeUInt32BE(3, 4);
    for (const index of [0, 1, 2]) {
      table.writeUInt32BE(table.length + index * slice.length, 8 + 20 * index + 8);
      table.writeUInt32BE(slice.length, 8 + 20 * index + 12);
    }
    return ipaWith({ Approver: Buffer.concat([table, slice, slice, slice]) });
  },
  'entitlements that are no list': () =>
    ipaWith({ Approver: signedWith(blobsWith(5, blobOf(0xfade7171, Buffer.from('<plist>')))) }),
  'entitlements in DER that are deep': () =>
    ipaWith({ Approver: signedWith(blobsWith(7, blobOf(0xfade7172, nested(200)))) }),
  'entitlements in DER that are cut off': () =>
    ipaWith({ Approver: signedWith(blobsWith(7, blobOf(0xfade7172, nested(2).subarray(0, 8)))) }),
  'an endless property list': () => ipaWith({ 'Info.plist': doubling() }),
  'a property list of a hundred thousand levels': () =>
    ipaWith({ 'Info.plist': Buffer.from(`<plist>${'<array>'.repeat(100_000)}`) }),
  'a profile that is no message': () =>
    ipaWith({ 'embedded.mobileprovision': Buffer.from(xmlOf(info)) }),
};

/** Archives that take long to make, or as much as an app may take. */
export const costlyApps: Readonly<Record<string, () => Uint8Array>> = {
  'a program of 500 MiB that is empty behind its start': () => {
    const bytes = Buffer.alloc(500 * 1024 * 1024);
    program.copy(bytes);
    // Its signature, at the very end, is none.
    bytes.writeUInt32LE(bytes.length - 4096, signatureCommand + 8);
    bytes.writeUInt32LE(4096, signatureCommand + 12);
    return ipaWith({ Approver: bytes });
  },
  'a program of 2 GiB, as the archive says': () =>
    zipOf([
      { name: `${place}Info.plist`, bytes: Buffer.from(xmlOf(info)) },
      { name: `${place}Approver`, bytes: program, saidSize: 0x7fffffff },
    ]),
  'fifty thousand entries, and a wrong program': () =>
    ipaWith({ Approver: Buffer.from('none') }, manyEntries(49_990)),
  'a property list of 1 MiB of elements': () =>
    ipaWith({
      'Info.plist': Buffer.from(`<plist><array>${'<true/>'.repeat(149_000)}</array></plist>`),
    }),
  'a property list of 20 MiB': () =>
    ipaWith({ 'Info.plist': Buffer.from(xmlOf({ a: 'x'.repeat(20 * 1024 * 1024) })) }),
  'a size that is a lie': () =>
    zipOf([
      { name: `${place}Info.plist`, bytes: Buffer.alloc(30 * 1024 * 1024), saidSize: 1000 },
      { name: `${place}Approver`, bytes: program },
    ]),
  'a hundred thousand entries': () => ipaWith({}, manyEntries(100_000)),
  'names of 20 MiB': () =>
    ipaWith(
      {},
      Array.from({ length: 400 }, (_, index) => ({
        name: `Payload/${index}${'x'.repeat(52_000)}`,
        bytes: Buffer.alloc(0),
      })),
    ),
};
