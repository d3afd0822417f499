import { decodePem, encodePemBlock } from '../../src/pkcs12/pem.ts';
import { encodeDer, lengthOf, type Node, parseDer } from './der.ts';
import { mutateBytes } from './mutate-bytes.ts';
import { hostileTexts, mutateText } from './mutate-text.ts';
import type { Random } from './random.ts';

/** Changes the tree of a DER file and recomputes its lengths; one in four times its bytes instead. */
export function mutateDer(input: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
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
export function mutatePem(input: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
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
          { length: Math.min(random.pick([10, 70, 300, 3000]), 1_000_000 / (encodeDer([node]).length + 1)) },
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
  0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0c, 0x13, 0x16, 0x17, 0x18, 0x1e, 0x24, 0x30, 0x31, 0x80, 0xa0, 0xa1,
];

function listsIn(nodes: Node[]): Node[][] {
  return [nodes, ...nodes.flatMap(({ content }) => (Array.isArray(content) ? listsIn(content) : []))];
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
        random.pick(['00', '01', '80', '7fffffff', '0080000000', 'ffffffff', '1e8481', '010000000000']),
        'hex',
      ),
    () => Buffer.alloc(random.pick([1, 64, 5000, 60_000]), 0x7f),
    () => Buffer.from(`${bytes.toString('latin1')}${random.pick(hostileTexts)}`, 'utf8'),
    () => bytes.subarray(0, random.below(bytes.length + 1)),
    () => mutateBytes(bytes, [bytes], random),
  ])();
}
