/**
 * In a name this short, another first letter makes another name: `get` is not a typo for
 * `set`.
 */
const shortName = 4;

/** The one name that a mistyped word most likely means. */
export function nearestName(word: string, names: readonly string[]): string | undefined {
  const near = nearestNames(word, names);
  return near.length === 1 ? near[0] : undefined;
}

/**
 * The most likely names for a mistyped word: the names that it begins, else the nearest
 * names or first words of a name (`password` of `password-file`) with at most a third of
 * the letters wrong.
 */
export function nearestNames(word: string, names: readonly string[]): readonly string[] {
  if (names.includes(word)) return [word];
  const longer = names.filter((name) => name.startsWith(word));
  if (longer.length > 0) return longer;
  const ranked = names
    .map((name) => ({ name, distance: distanceTo(name, word) }))
    .filter(({ distance }) => distance !== Number.POSITIVE_INFINITY)
    .sort((one, other) => one.distance - other.distance);
  return ranked.filter(({ distance }) => distance === ranked[0]?.distance).map(({ name }) => name);
}

function distanceTo(name: string, word: string): number {
  const heads = [...name.matchAll(/-|$/g)].map(({ index }) => name.slice(0, index));
  const near = heads
    .filter((head) => Math.abs(head.length - word.length) <= allowed(head))
    .map((head) => ({ head, distance: editDistance(word, head) }))
    .filter(
      ({ head, distance }) =>
        distance <= allowed(head) && (head.length > shortName || head[0] === word[0]),
    );
  // A whole name wins over the first words of a longer name.
  return Math.min(...near.map(({ head, distance }) => (head === name ? distance : distance + 0.5)));
}

function allowed(name: string): number {
  return Math.floor(name.length / 3);
}

/**
 * Insertions, deletions, substitutions and swaps of adjacent letters that turn one word
 * into the other.
 */
function editDistance(one: string, other: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: other.length + 1 }, (_, column) => column);
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let column = 1; column <= other.length; column++) {
      const same = one[row - 1] === other[column - 1] ? 0 : 1;
      const options = [
        at(last, column) + 1,
        at(current, column - 1) + 1,
        at(last, column - 1) + same,
      ];
      const swapped = one[row - 1] === other[column - 2] && one[row - 2] === other[column - 1];
      if (swapped) options.push(at(beforeLast, column - 2) + 1);
      current.push(Math.min(...options));
    }
    beforeLast = last;
    last = current;
  }
  return at(last, other.length);
}

function at(row: readonly number[] | undefined, column: number): number {
  return row?.[column] ?? Number.POSITIVE_INFINITY;
}
