/** A dictionary of texts and lists of texts as a binary property list, which Xcode's own tools write. */
export function encodeBinaryPlist(dictionary: Readonly<Record<string, string | readonly string[]>>): Buffer {
  const objects: Buffer[] = [];
  const add = (object: Buffer): number => objects.push(object) - 1;
  const root = add(Buffer.alloc(0));
  const addText = (text: string): number =>
    add(Buffer.concat([head(0x50, text.length), Buffer.from(text, 'latin1')]));
  const keys = Object.keys(dictionary).map(addText);
  const values = Object.values(dictionary).map((value) =>
    typeof value === 'string'
      ? addText(value)
      : add(Buffer.concat([head(0xa0, value.length), Buffer.from(value.map(addText))])),
  );
  objects[root] = Buffer.concat([head(0xd0, keys.length), Buffer.from([...keys, ...values])]);
  const start = Buffer.from('bplist00');
  const offsets: number[] = [];
  let at = start.length;
  for (const object of objects) {
    offsets.push(at);
    at += object.length;
  }
  const table = Buffer.concat(offsets.map((offset) => Buffer.from([offset >> 8, offset & 0xff])));
  const trailer = Buffer.alloc(32);
  trailer.writeUInt8(2, 6);
  trailer.writeUInt8(1, 7);
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(root), 16);
  trailer.writeBigUInt64BE(BigInt(at), 24);
  return Buffer.concat([start, ...objects, table, trailer]);
}

function head(kind: number, length: number): Buffer {
  return length < 15 ? Buffer.from([kind | length]) : Buffer.from([kind | 0x0f, 0x10, length]);
}
