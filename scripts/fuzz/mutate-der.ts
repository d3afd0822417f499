import { decodePem, encodePemBlock } from '../../src/pkcs12/pem.ts';
import { hostileTexts, mutateBytes, mutateText, type Random } from './mutate.ts';

/** Changes the tree of a DER file and recomputes its lengths; one in four times its bytes instead. */
export function mutateDer(
  input: Uint8Array,
  others: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  const tree = random.once(4) ? null : parseDer(input);
  if (tree === null || tree.length === 0) return mutateBytes(input, others, random);
  // Copies share their children: an addition to one is in all of them.
  for (let count = 1 + random.below(3); count > 0 && lengthOf(tree) < mostBytes; count--)
    change(tree, others, random);
  return lengthOf(tree) < mostBytes ? encodeDer(tree) : mutateBytes(input, others, random);
}

const mostBytes = 4_000_000;

/** Characters of many identical blocks. */
const manyLength = 300_000;

/** The same within the blocks of a PEM file, and with the text around them. */
export function mutatePem(
  input: Uint8Array,
  others: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  const blocks = decodePem(input);
  if (blocks.length === 0) return mutateDer(input, others, random);
  if (random.once(4))
    return mutateText(
      input,
      others,
      ['-----BEGIN CERTIFICATE-----\n', 'DEK-Info: DES-EDE3-CBC,00\n'],
      random,
    );
  const chosen = random.below(blocks.length);
  const many = random.once(20);
  const texts = blocks.map(({ label, der, text }, index) => {
    if (index !== chosen) return text;
    const others = blocks.map((block) => block.der);
    const changed = encodePemBlock(label, mutateDer(der, others, random));
    return many ? changed.repeat(Math.ceil(manyLength / changed.length)) : changed;
  });
  return Buffer.from(texts.join(''));
}

function change(tree: Node[], others: readonly Uint8Array[], random: Random): void {
  const lists = listsIn(tree);
  const list = random.pick(lists);
  const at = random.below(list.length);
  const node = list[at];
  if (node === undefined) return;
  random.pick<() => unknown>([
    () => list.splice(at, 1),
    () => list.splice(at, 0, node),
    () =>
      list.splice(
        at,
        0,
        ...Array.from(
          {
            length: Math.min(
              random.pick([10, 70, 300, 3000]),
              1_000_000 / (encodeDer([node]).length + 1),
            ),
          },
          () => node,
        ),
      ),
    () => list.reverse(),
    // A copy, since it may contain the node itself.
    () => list.splice(at, 1, structuredClone(random.pick(random.pick(lists)) ?? node)),
    () => list.splice(at, 1, foreign(others, random) ?? node),
    () => list.splice(at, 1, nested(node, random.pick([1, 3, 60, 2000]))),
    () => list.splice(at, 1, { ...node, tag: random.pick(tags) }),
    () => list.splice(at, 1, { ...node, content: content(node, random) }),
    () => list.splice(at, 1, { ...node, content: content(node, random) }),
    () => list.splice(at, 1, { ...node, content: content(node, random) }),
  ])();
}

const tags = [
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x24, 0x30, 0x31, 0x80,
  0xa0, 0xa1,
];

function listsIn(nodes: Node[]): Node[][] {
  return [
    nodes,
    ...nodes.flatMap(({ content }) => (Array.isArray(content) ? listsIn(content) : [])),
  ];
}

function foreign(others: readonly Uint8Array[], random: Random): Node | undefined {
  const tree = parseDer(random.pick(others));
  return tree === null || tree.length === 0 ? undefined : random.pick(random.pick(listsIn(tree)));
}

/** Written directly: recursion over a tree this deep would overflow the stack. */
function nested(node: Node, levels: number): Node {
  let content = encodeDer([node]);
  for (let level = 1; level < levels; level++)
    content = encodeDer([{ tag: 0x30, prefix: new Uint8Array(), content }]);
  return { tag: 0x30, prefix: new Uint8Array(), content };
}

/** Numbers at limits, long numbers, names with control characters, other bytes. */
function content({ content }: Node, random: Random): Uint8Array {
  const bytes = Array.isArray(content) ? encodeDer(content) : Buffer.from(content);
  return random.pick<() => Uint8Array>([
    () => new Uint8Array(),
    () =>
      Buffer.from(
        random.pick([
          '00',
          '01',
          '80',
          '7fffffff',
          '0080000000',
          'ffffffff',
          '1e8481',
          '010000000000',
        ]),
        'hex',
      ),
    () => Buffer.alloc(random.pick([1, 64, 5000, 60_000]), 0x7f),
    () => Buffer.from(`${bytes.toString('latin1')}${random.pick(hostileTexts)}`, 'utf8'),
    () => bytes.subarray(0, random.below(bytes.length + 1)),
    () => mutateBytes(bytes, [bytes], random),
  ])();
}

/** A DER value and its contents: a constructed one's children, or the DER that a string of bytes may hold. */
interface Node {
  tag: number;
  /** Before the children: the number of unused bits of a BIT STRING. */
  prefix: Uint8Array;
  content: Uint8Array | Node[];
}

const [bitString, octetString, constructed] = [0x03, 0x04, 0x20];

/** Consecutive DER values; null for anything else. Written for the fuzzer, independent of what it tests. */
function parseDer(bytes: Uint8Array, depth = 0): Node[] | null {
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
function encodeDer(nodes: readonly Node[]): Buffer {
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
function lengthOf(nodes: readonly Node[]): number {
  return nodes.reduce(
    (sum, { prefix, content }) =>
      sum +
      4 +
      prefix.length +
      (content instanceof Uint8Array ? content.length : lengthOf(content)),
    0,
  );
}
