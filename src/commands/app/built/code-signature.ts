// The structures of Apple's osfmk/kern/cs_blobs.h, all of them big-endian.
import { orNull } from '../../../errors/cli-error.ts';
import { readDerEntitlements } from '../../../pkcs12/der-entitlements.ts';
import { isDictionary, type PropertyDictionary, parsePropertyList } from '../property-list.ts';
import { Unreadable } from './app-folder.ts';

/** The content of a code signature. */
export interface CodeSignature {
  /** Usually the bundle ID. */
  readonly identifier: string;
  readonly team: string | null;
  /** Whether it names no certificate. */
  readonly isAdHoc: boolean;
  /** Those in XML; null: it has none. */
  readonly entitlements: PropertyDictionary | null;
  /** Those in DER; null: it has none. */
  readonly derEntitlements: PropertyDictionary | null;
}

const magic = {
  superBlob: 0xfade0cc0,
  codeDirectory: 0xfade0c02,
  entitlements: 0xfade7171,
  derEntitlements: 0xfade7172,
  cms: 0xfade0b01,
} as const;
const slot = { codeDirectory: 0, entitlements: 5, derEntitlements: 7, cms: 0x10000 } as const;

/** The most blobs of a signature: Apple knows some twenty. */
const blobsLimit = 100;
const header = 8;

/** @throws {Unreadable} */
export function readCodeSignature(bytes: Buffer): CodeSignature {
  const blobs = blobsIn(bytes);
  const directory = blobs.get(slot.codeDirectory);
  if (directory === undefined) throw damaged();
  const { identifier, team, isMarkedAdHoc } = readCodeDirectory(
    contentOf(directory, magic.codeDirectory),
  );
  const cms = blobs.get(slot.cms);
  const xml = blobs.get(slot.entitlements);
  const der = blobs.get(slot.derEntitlements);
  return {
    identifier,
    team,
    isAdHoc: isMarkedAdHoc || cms === undefined || contentOf(cms, magic.cms).length === header,
    entitlements: xml === undefined ? null : readXml(contentOf(xml, magic.entitlements)),
    derEntitlements: der === undefined ? null : readDer(contentOf(der, magic.derEntitlements)),
  };
}

/** The blobs of a super blob, each up to its end, by their slots. */
function blobsIn(bytes: Buffer): ReadonlyMap<number, Buffer> {
  if (bytes.length < 12 || bytes.readUInt32BE(0) !== magic.superBlob) throw damaged();
  const length = bytes.readUInt32BE(4);
  const count = bytes.readUInt32BE(8);
  if (length > bytes.length || count > blobsLimit || 12 + 8 * count > length) throw damaged();
  const whole = bytes.subarray(0, length);
  const blobs = new Map<number, Buffer>();
  for (let index = 0; index < count; index++) {
    const type = whole.readUInt32BE(12 + 8 * index);
    if (blobs.has(type)) throw damaged();
    blobs.set(type, whole.subarray(whole.readUInt32BE(16 + 8 * index)));
  }
  return blobs;
}

/** A blob with its header, cut at its own length. */
function contentOf(blob: Buffer, expected: number): Buffer {
  if (blob.length < header || blob.readUInt32BE(0) !== expected) throw damaged();
  const length = blob.readUInt32BE(4);
  if (length < header || length > blob.length) throw damaged();
  return blob.subarray(0, length);
}

const adHoc = 0x2;
/** The first version whose header names the team. */
const versionWithTeam = 0x20200;
/** The length of the header before that field. */
const headerBeforeTeam = 44;
/** The most bytes of a name. */
const longestName = 1024;

function readCodeDirectory(directory: Buffer) {
  if (directory.length < headerBeforeTeam) throw damaged();
  const hasTeam = directory.readUInt32BE(8) >= versionWithTeam;
  if (hasTeam && directory.length < headerBeforeTeam + 8) throw damaged();
  const teamAt = hasTeam ? directory.readUInt32BE(headerBeforeTeam + 4) : 0;
  return {
    identifier: nameAt(directory, directory.readUInt32BE(20)),
    team: teamAt === 0 ? null : nameAt(directory, teamAt),
    isMarkedAdHoc: (directory.readUInt32BE(12) & adHoc) !== 0,
  };
}

function nameAt(directory: Buffer, at: number): string {
  const end = directory.indexOf(0, at);
  if (at >= directory.length || end === -1 || end - at > longestName) throw damaged();
  return directory.toString('utf8', at, end);
}

function readXml(blob: Buffer): PropertyDictionary {
  let end = blob.length;
  while (end > header && blob[end - 1] === 0) end--;
  const list = parsePropertyList(blob.subarray(header, end));
  if (!isDictionary(list)) throw new Unreadable('has entitlements that are no property list');
  return list;
}

function readDer(blob: Buffer): PropertyDictionary {
  const values = orNull(() => readDerEntitlements(blob.subarray(header)));
  if (values === null) throw new Unreadable('has entitlements in DER that are damaged');
  return values;
}

function damaged(): Unreadable {
  return new Unreadable('has a damaged code signature');
}
