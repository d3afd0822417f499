import type { Span } from './swift-lexer.ts';

/** Code with the offsets at which each of its brackets opens and closes. */
export interface Bracketed {
  readonly code: string;
  /** Where each opening bracket is closed. */
  readonly brackets: ReadonlyMap<number, number>;
}

/** Pairs the brackets in code whose comments and strings are blanked. */
export function pairBrackets(code: string): ReadonlyMap<number, number> {
  const brackets = new Map<number, number>();
  const open: number[] = [];
  for (const { 0: bracket, index } of code.matchAll(/[([{)\]}]/g)) {
    if ('([{'.includes(bracket)) open.push(index);
    else {
      const opening = open.pop();
      if (opening !== undefined) brackets.set(opening, index);
    }
  }
  return brackets;
}

/** Where the bracket opened at an offset is closed; the end of the source if it is not. */
export function closing({ code, brackets }: Bracketed, opening: number): number {
  return brackets.get(opening) ?? code.length;
}

/** What is between the commas of a list: arguments, parameters, elements. */
export function itemsIn({ code, brackets }: Bracketed, { start, end }: Span): readonly Span[] {
  const items: Span[] = [];
  let from = start;
  const mark = /[,([{]/g;
  mark.lastIndex = start;
  for (let found = mark.exec(code); found !== null && found.index < end; found = mark.exec(code)) {
    if (found[0] === ',') {
      items.push({ start: from, end: found.index });
      from = found.index + 1;
    } else mark.lastIndex = closing({ code, brackets }, found.index) + 1;
  }
  const rest = code.slice(from, end);
  return rest.trim() === '' ? items : [...items, { start: from, end }];
}
