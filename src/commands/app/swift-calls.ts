import { closing, itemsIn } from './swift-brackets.ts';
import type { SwiftFunction } from './swift-functions.ts';
import type { Span } from './swift-lexer.ts';
import type { SwiftSource } from './swift-source.ts';

/** A call with what stands between its parentheses. */
export interface SwiftCall extends Span {
  readonly source: SwiftSource;
  readonly offset: number;
}

/** Nobody writes more calls of one name by hand; each is followed through all sources. */
const followedLimit = 500;

/** The calls of a function or an initializer by that name, of `.init(…)` by `init`; the first 500. */
export function callsOf(sources: readonly SwiftSource[], name: string): readonly SwiftCall[] {
  // The lookbehind comes last: otherwise it would be tried at every character.
  const declared = name === 'init' ? '(?<=\\.init)' : `(?<!func\\s+${name})`;
  const called = new RegExp(`\\b${name}${declared}\\s*\\(`, 'g');
  const calls = sources.flatMap((source) =>
    [...source.code.matchAll(called)].map(({ index, 0: text }) => {
      const start = index + text.length;
      return { source, offset: index, start, end: closing(source, start - 1) };
    }),
  );
  return calls.slice(0, followedLimit);
}

/** An argument of a call, without its label. */
export interface Argument extends Span {
  readonly label: string | null;
}

/** The arguments between the parentheses of a call, in their order. */
export function argumentsOf({ source, start, end }: SwiftCall): readonly Argument[] {
  return itemsIn(source, { start, end }).map((item) => {
    const [head, label] = /^\s*`?([\p{L}\p{N}_]+)`?\s*:\s*/u.exec(
      source.code.slice(item.start, item.end),
    ) ?? [''];
    return { label: label ?? null, start: item.start + head.length, end: item.end };
  });
}

/** The argument with that label: `isAccepted: true`. */
export function argumentOf(call: SwiftCall, label: string): Argument | null {
  return argumentsOf(call).find((argument) => argument.label === label) ?? null;
}

/** Whether a call can be to a function: it has no label that the function lacks. */
export function isCallOf(call: SwiftCall, { parameters }: SwiftFunction): boolean {
  const given = argumentsOf(call);
  return (
    given.length <= parameters.length &&
    given.every(({ label }) => parameters.some((parameter) => parameter.label === label))
  );
}

/** The argument for a parameter: by its label, or by its position among those without one. */
export function argumentFor(
  call: SwiftCall,
  { parameters }: SwiftFunction,
  name: string,
): Argument | undefined {
  const parameter = parameters.find((each) => each.name === name);
  if (parameter === undefined) return undefined;
  const alike = parameters.filter(({ label }) => label === parameter.label);
  return argumentsOf(call).filter(({ label }) => label === parameter.label)[alike.indexOf(parameter)];
}
