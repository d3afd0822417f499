/** A DER value and its contents: a constructed one's children, or the DER that a string of bytes may hold. */
export interface Node {
  tag: number;
  /** Before the children: the number of unused bits of a BIT STRING. */
  prefix: Uint8Array;
  content: Uint8Array | Node[];
}

const [bitString, octetString, constructed] = [0x03, 0x04, 0x20];

/** Consecutive DER values; null for anything else. Written for the fuzzer, independent of what it tests. */
export function parseDer(bytes: Uint8Array, depth = 0): Node[] | null {
  const nodes: Node[] = [];
  for (let at = 0; at < bytes.length; ) {
    const [tag = 0, first = 0] = bytes.subarray(at, at + 2);
    const sizeBytes = first > 0x80 ? first - 0x80 : 0;
    if (first === 0x80 || sizeBytes > 4 || (tag & 0x1f) === 0x1f || depth > 40) return null;
    const head = at + 2 + sizeBytes;
    const size = sizeBytes === 0 ? first : Buffer.from(bytes).readUIntBE(at + 2, sizeBytes);
    if (head + size > bytes.length || head > bytes.length) return null;
    nodes.push(nodeOf(tag, bytes.subarray(head, head + size), depth));
    at = head + size;
  }
  return nodes;
}

function nodeOf(tag: number, content: Uint8Array, depth: number): Node {
  const skipped = tag === bitString ? 1 : 0;
  const holder = (tag & constructed) !== 0 || tag === octetString || tag === bitString;
  const inner =
    holder && content.length > skipped + 1 ? parseDer(content.subarray(skipped), depth + 1) : null;
  return inner === null
    ? { tag, prefix: new Uint8Array(), content }
    : { tag, prefix: content.subarray(0, skipped), content: inner };
}

/** With recomputed lengths. */
export function encodeDer(nodes: readonly Node[]): Buffer {
  return Buffer.concat(
    nodes.map(({ tag, prefix, content }) => {
      const body = content instanceof Uint8Array ? content : encodeDer(content);
      const size = prefix.length + body.length;
      const octets = Buffer.from(size.toString(16).padStart(8, '0'), 'hex').subarray(
        size < 0x100 ? 3 : size < 0x10000 ? 2 : size < 0x1000000 ? 1 : 0,
      );
      const head = size < 0x80 ? [tag, size] : [tag, 0x80 + octets.length, ...octets];
      return Buffer.concat([Buffer.from(head), prefix, body]);
    }),
  );
}

/** Roughly the bytes that they take when written. */
export function lengthOf(nodes: readonly Node[]): number {
  return nodes.reduce(
    (sum, { prefix, content }) =>
      sum + 4 + prefix.length + (content instanceof Uint8Array ? content.length : lengthOf(content)),
    0,
  );
}
