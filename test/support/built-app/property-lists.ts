/** A value that a property list may have. */
export type Value =
  | string
  | number
  | boolean
  | Date
  | readonly Value[]
  | { readonly [key: string]: Value };

/** A property list in XML, as Apple's tools write it. */
export function xmlOf(value: Value): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
${elementOf(value)}
</plist>
`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');

function elementOf(value: Value): string {
  if (typeof value === 'string') return `<string>${escaped(value)}</string>`;
  if (typeof value === 'number') return `<integer>${value}</integer>`;
  if (typeof value === 'boolean') return value ? '<true/>' : '<false/>';
  if (value instanceof Date) return `<date>${value.toISOString().replace(/\.\d+/, '')}</date>`;
  if (Array.isArray(value)) return `<array>\n${value.map(elementOf).join('\n')}\n</array>`;
  const entries = Object.entries(value).map(
    ([key, each]) => `<key>${escaped(key)}</key>\n${elementOf(each)}`,
  );
  return `<dict>\n${entries.join('\n')}\n</dict>`;
}

/** A list in Apple's binary form, as its CFBinaryPList.c writes it. */
export function binaryOf(value: Value): Buffer {
  const objects: Buffer[] = [];
  add(value, objects);
  const offsets = Buffer.alloc(2 * objects.length);
  let offset = 8;
  for (const [index, { length }] of objects.entries()) {
    offsets.writeUInt16BE(offset, 2 * index);
    offset += length;
  }
  const trailer = Buffer.alloc(32);
  trailer.set([2, 2], 6);
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(offset), 24);
  return Buffer.concat([Buffer.from('bplist00'), ...objects, offsets, trailer]);
}

/** @returns the number of the object */
function add(value: Value, objects: Buffer[]): number {
  const number = objects.length;
  objects.push(Buffer.alloc(0));
  objects[number] = objectOf(value, objects);
  return number;
}

function objectOf(value: Value, objects: Buffer[]): Buffer {
  if (typeof value === 'string')
    return Buffer.concat([marker(0x50, value.length), Buffer.from(value, 'latin1')]);
  if (typeof value === 'boolean') return Buffer.from([value ? 0x09 : 0x08]);
  if (typeof value === 'number') return Buffer.from([0x10, value]);
  if (value instanceof Date) throw new Error('No list here has a date in binary form');
  const isList = Array.isArray(value);
  const parts: readonly Value[] = isList ? value : [...Object.keys(value), ...Object.values(value)];
  const references = parts.map((part) => {
    const number = add(part, objects);
    return [number >> 8, number & 0xff];
  });
  const count = isList ? parts.length : parts.length / 2;
  return Buffer.concat([marker(isList ? 0xa0 : 0xd0, count), Buffer.from(references.flat())]);
}

function marker(kind: number, count: number): Buffer {
  return count < 15 ? Buffer.from([kind | count]) : Buffer.from([kind | 15, 0x10, count]);
}
