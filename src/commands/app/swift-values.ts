import type { SwiftSource } from './swift-source.ts';

/** A string literal, and where it is. */
interface StringValue {
  readonly value: string;
  readonly source: SwiftSource;
  readonly offset: number;
}

/** Every string literal of the sources. */
export function stringsOf(sources: readonly SwiftSource[]): readonly StringValue[] {
  return sources.flatMap((source) => source.strings.map(({ value, offset }) => ({ value, source, offset })));
}

/** How many characters of function bodies to search: each may be within another, and is searched again. */
const searchLimit = 20_000_000;

/**
 * Whether a span of code calls a function, directly or through functions in the sources. After too much of a search it
 * counts as reached, since nobody can tell.
 */
export function reaches(sources: readonly SwiftSource[], code: string, name: string): boolean {
  const bodies = new Map<string, string[]>();
  for (const source of sources) {
    for (const { name: declared, start, end } of source.functions) {
      const body = source.code.slice(start, end);
      bodies.set(declared, bodies.get(declared) ?? []);
      bodies.get(declared)?.push(body);
    }
  }
  const pending = [code];
  let left = searchLimit;
  for (let body = pending.pop(); body !== undefined; body = pending.pop()) {
    left -= body.length;
    if (left < 0) return true;
    for (const [, called = ''] of body.matchAll(/\b(\w+)\s*[({]/g)) {
      if (called === name) return true;
      for (const reached of bodies.get(called) ?? []) pending.push(reached);
      bodies.delete(called);
    }
  }
  return false;
}
