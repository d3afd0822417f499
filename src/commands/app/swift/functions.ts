import { type Bracketed, closing, itemsIn } from './lexer.ts';

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

/** A span of code in which names are declared: a file, the body of a type or a function, or a block inside one. */
export interface Scope {
  readonly kind: 'file' | 'type' | 'function' | 'block';
  /** Of a type, with the enclosing types: `Push.Action`. */
  readonly name: string;
  /** Where the inherited types of a type are: `: String, NotificationIds`. */
  readonly inherits: number | null;
  readonly function: SwiftFunction | null;
  readonly start: number;
  readonly end: number;
  readonly parent: Scope | null;
}

/** How deep scopes may be nested; deeper ones count as part of their parent. */
const nestingLimit = 200;

/** The scopes of a source in the order they begin; the first is the file. */
export function scopesOf(
  source: Bracketed & { readonly functions: readonly SwiftFunction[] },
): readonly Scope[] {
  const { code } = source;
  const bodies = new Map(source.functions.map((each) => [each.start, each]));
  const types = typesOf(code);
  const none = { name: '', inherits: null, function: null };
  const scopes: Scope[] = [{ ...none, kind: 'file', start: 0, end: code.length, parent: null }];
  const around: Scope[] = [...scopes];
  for (const { index } of code.matchAll(/\{/g)) {
    while ((around.at(-1)?.end ?? code.length) < index && around.length > 1) around.pop();
    if (around.length > nestingLimit) continue;
    const [parent = null, body, type] = [around.at(-1), bodies.get(index), types.get(index)];
    const span = { start: index + 1, end: closing(source, index), parent };
    const scope: Scope =
      body !== undefined
        ? { ...none, ...span, kind: 'function', function: body }
        : type !== undefined
          ? { ...none, ...span, kind: 'type', name: qualified(type.name, parent), inherits: type.inherits }
          : { ...none, ...span, kind: 'block' };
    scopes.push(scope);
    around.push(scope);
  }
  return scopes;
}

/** The innermost scope around an offset. */
export function scopeAt(scopes: readonly Scope[], offset: number): Scope {
  let [low, high] = [0, scopes.length];
  while (low + 1 < high) {
    const middle = (low + high) >>> 1;
    if ((scopes[middle]?.start ?? 0) <= offset) low = middle;
    else high = middle;
  }
  let scope = scopes[low];
  while (scope !== undefined && scope.parent !== null && scope.end < offset) scope = scope.parent;
  if (scope === undefined) throw new Error('a source without its scope');
  return scope;
}

/** The type around a scope, or the scope itself if it is one. */
export function typeAround(scope: Scope | null): Scope | null {
  let around = scope;
  while (around !== null && around.kind !== 'type') around = around.parent;
  return around;
}

/** The declared or extended types, by their opening brace. */
function typesOf(
  code: string,
): ReadonlyMap<number, { readonly name: string; readonly inherits: number | null }> {
  const types = new Map<number, { name: string; inherits: number | null }>();
  const declared =
    /(?<![.\p{L}\p{N}_])(?:struct|class|enum|actor|protocol|extension)\s+(?!(?:func|var|let|subscript|init|override|final|public|private|fileprivate|internal|open|static)\b)([\p{L}\p{N}_.`]+)|\{/gu;
  let ahead: { readonly name: string; readonly from: number } | null = null;
  for (const { 0: text, 1: name, index } of code.matchAll(declared)) {
    if (name !== undefined) ahead = { name: name.replaceAll('`', ''), from: index + text.length };
    else if (ahead !== null) {
      const colon = /^\s*(?:<[^<>]{0,300}>\s*)?:/.exec(
        code.slice(ahead.from, Math.min(index, ahead.from + 500)),
      );
      types.set(index, { name: ahead.name, inherits: colon === null ? null : ahead.from + colon[0].length });
      ahead = null;
    }
  }
  return types;
}

function qualified(name: string, parent: Scope | null): string {
  const around = typeAround(parent);
  return around === null ? name : `${around.name}.${name}`;
}
