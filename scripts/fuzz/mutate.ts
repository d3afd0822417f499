import fc, { type GeneratorValue } from 'fast-check';

/** Choices of a case, which fast-check makes and shrinks: towards zero, the first of a list, and what is usual. */
export interface Random {
  /** From 0 up to but excluding the bound. */
  below(bound: number): number;
  pick<T>(list: readonly T[]): T;
  /** True once in this many times. */
  once(times: number): boolean;
}

export function randomOf(generate: GeneratorValue): Random {
  const below = (bound: number): number =>
    generate(fc.nat, { max: Math.max(0, Math.ceil(bound) - 1) });
  return {
    below,
    pick: <T>(list: readonly T[]) => list[below(list.length)] as T,
    once: (times) => below(times) === times - 1,
  };
}

/** Changes a few bytes, or a few pieces, of any input. */
export function mutateBytes(
  input: Uint8Array,
  others: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  let bytes = Buffer.from(input);
  for (let count = 1 + random.below(4); count > 0; count--)
    bytes = random.pick(changes)(bytes, others, random);
  return bytes;
}

type Change = (bytes: Buffer, others: readonly Uint8Array[], random: Random) => Buffer<ArrayBuffer>;

const telling = [
  0x00, 0x01, 0x0a, 0x1b, 0x20, 0x22, 0x30, 0x5c, 0x7f, 0x80, 0x9b, 0xa0, 0xc0, 0xfe, 0xff,
];

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

const esc = '\u001b';
/** Text that a terminal obeys, that changes the direction of text, or that parsers stumble over. */
export const hostileTexts = [
  `${esc}[31m`,
  `${esc};`,
  `${esc}]0;PWNED\u0007`,
  `${esc}P`,
  '\u009b2J',
  '\u202e',
  '\u2066',
  '\u2028',
  '\u0000',
  '\r\n',
  '\ud800',
  '\ufeff',
  '[secret]',
  '__proto__',
  'constructor',
  'hunter2-secret',
  '%',
  '&amp;',
  '💥',
];

/** Inserts hostile words and words of the format, repeats and nests, or changes bytes; the text is UTF-8. */
export function mutateText(
  input: Uint8Array,
  others: readonly Uint8Array[],
  words: readonly string[],
  random: Random,
): Uint8Array {
  if (random.once(3)) return mutateBytes(input, others, random);
  let text = Buffer.from(input).toString('utf8');
  for (let count = 1 + random.below(4); count > 0; count--) {
    const at = random.below(text.length + 1);
    const word = random.pick(random.once(2) ? hostileTexts : [...words, ...hostileTexts]);
    const times = random.once(6) ? 1 + random.below(20_000) : 1;
    const behind = random.once(4) ? at + random.below(text.length - at + 1) : at;
    text = `${text.slice(0, at)}${word.repeat(times)}${text.slice(behind)}`;
  }
  return Buffer.from(text, 'utf8');
}

/** Changes values, names and the nesting of a JSON document; one in three times its text instead. */
export function mutateJson(
  input: Uint8Array,
  others: readonly Uint8Array[],
  random: Random,
): Uint8Array {
  if (random.once(3))
    return mutateText(input, others, ['{', '[', '"', ':', ',', '\\u0000', '1e999'], random);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(input).toString('utf8'));
  } catch {
    return mutateText(input, others, [], random);
  }
  for (let count = 1 + random.below(4); count > 0; count--) value = changed(value, random);
  return Buffer.from(JSON.stringify(value) ?? '', 'utf8');
}

function changed(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.once(6))
    return replacement(value, random);
  const entries = Object.entries(value);
  if (entries.length === 0) return replacement(value, random);
  const at = random.below(entries.length);
  const [name, member] = entries[at] as [string, unknown];
  if (random.once(6)) entries.splice(at, 1);
  else if (random.once(8)) entries.splice(at, 1, [random.pick(hostileTexts), member]);
  else entries.splice(at, 1, [name, changed(member, random)]);
  return Array.isArray(value) ? entries.map(([, item]) => item) : Object.fromEntries(entries);
}

function replacement(value: unknown, random: Random): unknown {
  const deep = (levels: number): unknown => {
    let nested = value;
    for (let level = 0; level < levels; level++) nested = level % 2 === 0 ? [nested] : { nested };
    return nested;
  };
  return random.pick<() => unknown>([
    () => null,
    () => random.once(2),
    () => random.pick([0, -1, 0.5, 1e308, 2 ** 53, -(2 ** 31)]),
    () => random.pick(hostileTexts),
    () => `${String(value)}${random.pick(hostileTexts)}${String(value)}`,
    () => random.pick(hostileTexts).repeat(1 + random.below(40_000)),
    () => Array.from({ length: copiesOf(value, random) }, () => value),
    () => ({ value, Value: value, success: false, ID: 'password' }),
    () => deep(random.pick([3, 90, 101, 1200])),
  ])();
}

/** Few enough that the document stays below a megabyte. */
function copiesOf(value: unknown, random: Random): number {
  const size = JSON.stringify(value)?.length ?? 1;
  return random.below(Math.min(3000, 1_000_000 / size));
}
