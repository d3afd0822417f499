import { hostileTexts, mutateText } from './mutate-text.ts';
import type { Random } from './random.ts';

/** Changes values, names and the nesting of a JSON document; one in three times its text instead. */
export function mutateJson(input: Uint8Array, others: readonly Uint8Array[], random: Random): Uint8Array {
  if (random.once(3)) return mutateText(input, others, ['{', '[', '"', ':', ',', '\\u0000', '1e999'], random);
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
  if (typeof value !== 'object' || value === null || random.once(6)) return replacement(value, random);
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
