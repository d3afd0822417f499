import type { SwiftCall } from './swift-calls.ts';
import { initialAt } from './swift-expression.ts';
import type { SwiftFunction } from './swift-functions.ts';
import type { SwiftSource } from './swift-source.ts';
import type { Declared } from './swift-types.ts';

/** What an expression may stand for. */
export type Meaning =
  | Literal
  | { readonly kind: 'list'; readonly items: readonly (readonly Meaning[])[] }
  | { readonly kind: 'type'; readonly name: string }
  | { readonly kind: 'case'; readonly declared: Declared }
  /** What a call of a type creates; without a call, something of that type. */
  | { readonly kind: 'instance'; readonly type: string; readonly call: SwiftCall | null }
  | { readonly kind: 'function'; readonly source: SwiftSource; readonly declared: SwiftFunction }
  /** A member that the sources do not declare, such as `.alert` from the SDK. */
  | { readonly kind: 'member'; readonly name: string }
  /** Known only at run time. */
  | { readonly kind: 'unknown' };

/** A string or a boolean, and where it is. */
export interface Literal {
  readonly kind: 'literal';
  readonly value: string | boolean;
  readonly source: SwiftSource;
  readonly offset: number;
}

export type Meanings = readonly Meaning[];
export const unknown: Meanings = [{ kind: 'unknown' }];

/** The most meanings of one expression. */
export const meaningLimit = 100;
/** The longest string to build, in characters: an identifier is shorter. */
const lengthLimit = 1000;

/** `rawValue` of a case: its value, else its name. */
export function rawValueOf({ source, declaration: { name, offset, value } }: Declared): Meanings {
  if (value === null) return [{ kind: 'literal', value: name, source, offset }];
  const expression = initialAt(source, value);
  if (expression?.kind !== 'string') return unknown;
  const { string } = expression;
  return [{ kind: 'literal', value: string.value, source, offset: string.offset }];
}

/** What an interpolated value becomes in a string: for a case, its name. */
export function spelled(meaning: Meaning): Meaning {
  if (meaning.kind !== 'case') return meaning;
  const { source, declaration } = meaning.declared;
  return { kind: 'literal', value: declaration.name, source, offset: declaration.offset };
}

/** Each string of the first followed by each of the second; the place is that of the first. */
export function joined(first: Meanings, second: Meanings): Meanings {
  return first
    .flatMap((one) =>
      second.map((other): Meaning => {
        if (one.kind !== 'literal' || other.kind !== 'literal') return { kind: 'unknown' };
        const value = `${one.value}${other.value}`;
        return value.length > lengthLimit ? { kind: 'unknown' } : { ...one, value };
      }),
    )
    .slice(0, meaningLimit);
}
