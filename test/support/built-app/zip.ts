// A zip archive as PKWARE's APPNOTE.TXT describes it.
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Unix: the type of the file and its mode. */
  readonly mode?: number;
  /** What the archive says of the size of the content, instead of the truth. */
  readonly saidSize?: number;
  /** The same of its CRC-32. */
  readonly saidSum?: number;
  /** The number of the method that the archive names; 8 is deflate. */
  readonly method?: number;
}

const nothing = deflateRawSync('');

export function zipOf(entries: readonly ZipEntry[]): Buffer {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const deflated = entry.bytes.length === 0 ? nothing : deflateRawSync(entry.bytes);
    const local = localHeader(entry, deflated.length);
    directory.push(directoryHeader(entry, deflated.length, offset));
    locals.push(local, deflated);
    offset += local.length + deflated.length;
  }
  const whole = Buffer.concat(directory);
  return Buffer.concat([...locals, whole, endOf(entries.length, whole.length, offset)]);
}

/** The fields that both headers of an entry have. */
function fields(entry: ZipEntry, deflated: number): Buffer {
  const { name, bytes, saidSize = bytes.length, method = 8, saidSum = crc32(bytes) } = entry;
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(method, 4);
  common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(saidSum, 10);
  common.writeUInt32LE(deflated, 14);
  common.writeUInt32LE(saidSize, 18);
  common.writeUInt16LE(Buffer.byteLength(name), 22);
  return common;
}

function localHeader(entry: ZipEntry, deflated: number): Buffer {
  return Buffer.concat([
    Buffer.from('PK\x03\x04'),
    fields(entry, deflated),
    Buffer.from(entry.name),
  ]);
}

function directoryHeader(entry: ZipEntry, deflated: number, offset: number): Buffer {
  const rest = Buffer.alloc(14);
  rest.writeUInt32LE(((entry.mode ?? 0o100644) << 16) >>> 0, 6);
  rest.writeUInt32LE(offset, 10);
  return Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x03', 'latin1'),
    fields(entry, deflated),
    rest,
    Buffer.from(entry.name),
  ]);
}

function endOf(count: number, length: number, offset: number): Buffer {
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  // More entries than the field can count need zip64, where these fields are full.
  end.writeUInt16LE(Math.min(count, 0xffff), 8);
  end.writeUInt16LE(Math.min(count, 0xffff), 10);
  end.writeUInt32LE(length, 12);
  end.writeUInt32LE(offset, 16);
  return count < 0xffff ? end : Buffer.concat([endOfZip64(count, length, offset), end]);
}

function endOfZip64(count: number, length: number, offset: number): Buffer {
  const end = Buffer.alloc(56 + 20);
  end.write('PK\x06\x06', 'latin1');
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(length), 40);
  end.writeBigUInt64LE(BigInt(offset), 48);
  end.write('PK\x06\x07', 56, 'latin1');
  end.writeBigUInt64LE(BigInt(offset + length), 56 + 8);
  end.writeUInt32LE(1, 56 + 16);
  return end;
}
