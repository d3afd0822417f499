import type { Random } from './random.ts';

/** Changes a few bytes, or a few pieces, of any input. */
export function mutateBytes(input: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  let bytes = Buffer.from(input);
  for (let count = 1 + random.below(4); count > 0; count--)
    bytes = random.pick(changes)(bytes, others, random);
  return bytes;
}

type Change = (bytes: Buffer, others: readonly Uint8Array[], random: Random) => Buffer<ArrayBuffer>;

const telling = [0x00, 0x01, 0x0a, 0x1b, 0x20, 0x22, 0x30, 0x5c, 0x7f, 0x80, 0x9b, 0xa0, 0xc0, 0xfe, 0xff];

const changes: readonly Change[] = [
  withByte((byte, random) => byte ^ (1 << random.below(8))),
  withByte((_byte, random) => random.pick(telling)),
  withByte((_byte, random) => random.below(256)),
  (bytes, _others, random) => Buffer.from(bytes.subarray(0, random.below(bytes.length + 1))),
  (bytes, _others, random) => {
    const [start, end] = piece(bytes, random);
    return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
  },
  (bytes, _others, random) => {
    const [start, end] = piece(bytes, random);
    const times = random.once(8) ? Math.min(1000, Math.ceil(1_000_000 / (end - start))) : 2;
    const repeated = Array.from({ length: times }, () => bytes.subarray(start, end));
    return Buffer.concat([bytes.subarray(0, start), ...repeated, bytes.subarray(end)]);
  },
  (bytes, others, random) => {
    const other = Buffer.from(random.pick(others));
    const [start, end] = piece(other, random);
    const at = random.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, at), other.subarray(start, end), bytes.subarray(at)]);
  },
];

function withByte(change: (byte: number, random: Random) => number): Change {
  return (bytes, _others, random) => {
    const changed = Buffer.from(bytes);
    if (changed.length === 0) return changed;
    const at = random.below(changed.length);
    changed[at] = change(changed[at] ?? 0, random);
    return changed;
  };
}

/** Mostly a short one. */
function piece(bytes: Uint8Array, random: Random): readonly [start: number, end: number] {
  const start = random.below(bytes.length);
  const most = random.once(4) ? bytes.length - start : 64;
  return [start, Math.min(bytes.length, start + 1 + random.below(most))];
}
