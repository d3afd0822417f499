import { type Bracketed, closing, itemsIn } from './swift-brackets.ts';

/** A declared function or initializer (`init`) with a body. */
export interface SwiftFunction {
  readonly name: string;
  /** Between name and body: parameters and result. */
  readonly signature: string;
  /** Where its name is. */
  readonly offset: number;
  readonly parameters: readonly Parameter[];
  readonly start: number;
  readonly end: number;
}

export interface Parameter {
  readonly name: string;
  readonly offset: number;
  /** What callers write before it; null if it has no label. */
  readonly label: string | null;
  /** Where its type is. */
  readonly type: number;
  /** Where its default is; null if it has none. */
  readonly value: number | null;
}

/** The longest parameter list to read, in characters: broken code may make one of everything that follows. */
const signatureLimit = 5000;

/** The functions in code, in order of declaration. */
export function functionsOf(source: Bracketed): readonly SwiftFunction[] {
  const { code } = source;
  const next = /[{}]|\b(?:func|var|let|init)\b/g;
  return [...code.matchAll(/(?:\bfunc\s+(\w+)|(?<!\.\s*)\binit[?!]?)\s*(?:<[^>(]{0,300}>\s*)?\(/g)].flatMap(
    ({ index, 0: text, 1: name = 'init' }) => {
      const opening = index + text.length - 1;
      const after = closing(source, opening);
      if (after - opening > signatureLimit) return [];
      // A protocol requirement has no body, and the next brace belongs to something else.
      next.lastIndex = after;
      const found = next.exec(code);
      if (found?.[0] !== '{') return [];
      const start = found.index;
      const [signature, end] = [code.slice(opening, start), closing(source, start)];
      const parameters = parametersIn(source, opening + 1, after);
      return [{ name, signature, offset: index + text.indexOf(name), parameters, start, end }];
    },
  );
}

function parametersIn(source: Bracketed, start: number, end: number): readonly Parameter[] {
  return itemsIn(source, { start, end }).flatMap((item) => {
    const text = source.code.slice(item.start, item.end);
    const [head, outer, name] =
      /^\s*(?:@\w+\s+)*(?:([\p{L}\p{N}_]+)\s+)?`?([\p{L}\p{N}_]+)`?\s*:\s*(?:@\w+\s+|inout\s+)*/u.exec(
        text,
      ) ?? [];
    if (head === undefined || name === undefined) return [];
    const assigned = text.search(/(?<![=!<>])=(?!=)/);
    return [
      {
        name,
        offset: item.start + head.lastIndexOf(name),
        label: outer === '_' ? null : (outer ?? name),
        type: item.start + head.length,
        value: assigned === -1 ? null : item.start + assigned + 1,
      },
    ];
  });
}
