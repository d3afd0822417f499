import { type Code, closing, isFirst, isOpening, itemsIn, nameAt, type Span, textAt } from './tokens.ts';

/** Code in which names are declared: a file, the body of a type or a function, or a block inside one. */
export interface Scope {
  readonly kind: 'file' | 'type' | 'function' | 'block';
  /** Of a type, with the enclosing types: `Push.Action`. */
  readonly name: string;
  /** Of a type, as written. */
  readonly inherits: readonly string[];
  readonly function: SwiftFunction | null;
  /** The index of its name or, without one, its brace. */
  readonly at: number;
  /** Offsets in the source. */
  readonly start: number;
  readonly end: number;
  readonly parent: Scope | null;
  readonly names: Map<string, Declaration[]>;
}

/** A name and what it stands for. What is at an index is a token. */
export interface Declaration {
  readonly name: string;
  /** `local`: bound by a closure, a loop or a pattern, and known only at run time. */
  readonly kind: NamedKind | 'function' | 'parameter' | 'local';
  readonly at: number;
  /** Where its explicit type is; null if there is none. */
  readonly type: number | null;
  /** Where its initial expression, or its default, begins; null if there is none. */
  readonly value: number | null;
  /** Where the block that computes it opens; null if there is none. */
  readonly body: number | null;
  /** The function that it is, or is a parameter of. */
  readonly function: SwiftFunction | null;
}

type NamedKind = 'constant' | 'variable' | 'case';

/** A declared function or initializer (`init`) with a body. */
export interface SwiftFunction {
  readonly name: string;
  readonly at: number;
  readonly parameters: readonly Parameter[];
  /** Where its body opens. */
  readonly body: number;
}

interface Parameter extends Pick<Declaration, 'name' | 'at' | 'type' | 'value'> {
  /** What callers write before it; null if it has no label. */
  readonly label: string | null;
}

/** How far ahead to look for what belongs to a declaration, and the longest list of parameters to read, in tokens. */
const [nearby, signatureLimit] = [100, 1500];
/** How deep scopes may be nested; deeper ones count as part of their parent. */
const nestingLimit = 200;

const none = { type: null, value: null, body: null, function: null };
const kinds: ReadonlyMap<string, NamedKind> = new Map([
  ['let', 'constant'],
  ['var', 'variable'],
  ['case', 'case'],
]);
const typeKeywords = new Set(['struct', 'class', 'enum', 'actor', 'protocol', 'extension']);
const notATypeName = /^(?:func|var|let|subscript|init|override|final|public|private|internal|open|static)$/;

/** The scopes of a source in the order in which they begin, the file first, with the names declared in them. */
export function scopesOf(code: Code, length: number): readonly Scope[] {
  return new Declarations(code, length).read();
}

/** What is known of a block before it opens. */
interface Head {
  readonly kind?: 'type' | 'function';
  readonly name?: string;
  readonly inherits?: readonly string[];
  readonly function?: SwiftFunction;
  readonly at?: number;
}

class Declarations {
  readonly #code: Code;
  readonly #scopes: Scope[] = [];
  /** By the index of the brace. */
  readonly #heads = new Map<number, Head>();
  #scope: Scope;

  constructor(code: Code, length: number) {
    this.#code = code;
    const file = { kind: 'file', name: '', inherits: [], function: null, parent: null, at: 0 } as const;
    this.#scope = { ...file, start: 0, end: length, names: new Map() };
    this.#scopes.push(this.#scope);
  }

  read(): readonly Scope[] {
    const { tokens } = this.#code;
    let depth = 0;
    for (const [at, { text, start, parts }] of tokens.entries()) {
      for (; this.#scope.parent !== null && this.#scope.end <= start; depth--)
        this.#close(this.#scope.parent);
      if (parts !== null || textAt(this.#code, at - 1) === '.') continue;
      if (text === '{' && depth < nestingLimit) {
        depth++;
        this.#open(at);
      } else this.#readKeyword(text, at);
    }
    return this.#scopes;
  }

  #readKeyword(text: string, at: number): void {
    const kind = kinds.get(text);
    if (text === 'func') this.#readFunction(at + 1);
    else if (text === 'init') this.#readFunction(at);
    else if (text === 'for') this.#readLoop(at + 1);
    else if (typeKeywords.has(text)) this.#readType(at + 1);
    else if (kind !== undefined && (kind !== 'case' || this.#scope.kind === 'type'))
      this.#declare(this.#scope, this.#namesAt(at + 1, kind));
  }

  #declare(scope: Scope, declarations: readonly Declaration[]): void {
    for (const each of declarations) {
      const same = scope.names.get(each.name);
      if (same === undefined) scope.names.set(each.name, [each]);
      else same.push(each);
    }
  }

  /** The next token like that, outside any brackets that open before; or, if asked for, the first on another line. */
  #find(from: number, pattern: RegExp, orFirst = false): number | null {
    for (let at = from; at < from + nearby && at < this.#code.tokens.length; at++) {
      const text = textAt(this.#code, at);
      if (pattern.test(text) || (orFirst && at > from && isFirst(this.#code, at))) return at;
      if (isOpening(text)) at = closing(this.#code, at);
    }
    return null;
  }

  #open(at: number): void {
    const { tokens } = this.#code;
    const head: Head = this.#heads.get(at) ?? {};
    const around = typeAround(this.#scope);
    const name = head.name ?? '';
    const scope: Scope = {
      kind: head.kind ?? 'block',
      name: around === null || head.kind !== 'type' ? name : `${around.name}.${name}`,
      inherits: head.inherits ?? [],
      function: head.function ?? null,
      at: head.at ?? at,
      start: (tokens[at]?.start ?? 0) + 1,
      end: tokens[closing(this.#code, at)]?.start ?? Number.POSITIVE_INFINITY,
      parent: this.#scope,
      names: new Map(),
    };
    this.#scopes.push(scope);
    this.#scope = scope;
    if (head.kind === undefined) this.#declareLocals(this.#closureNames(at + 1), at);
    for (const parameter of head.function?.parameters ?? [])
      this.#declare(scope, [{ ...none, ...parameter, kind: 'parameter', function: head.function ?? null }]);
  }

  /** A block that declares nothing is as good as the scope around. */
  #close(parent: Scope): void {
    const { kind, names } = this.#scope;
    if (kind === 'block' && names.size === 0 && this.#scopes.at(-1) === this.#scope) this.#scopes.pop();
    this.#scope = parent;
  }

  /** The parameters of a closure, which stand before its `in`. */
  #closureNames(from: number): readonly string[] {
    const code = this.#code;
    const end = this.#find(from, /^(?:in|[{};]|let|var|return|for|if)$/);
    if (end === null || textAt(code, end) !== 'in') return [];
    const start = textAt(code, from) === '[' ? closing(code, from) + 1 : from;
    const listed =
      textAt(code, start) === '(' ? { from: start + 1, to: closing(code, start) } : { from: start, to: end };
    return itemsIn({ code, ...listed }).flatMap((item) => nameAt(code, item.from) ?? []);
  }

  #declareLocals(names: readonly string[], at: number): void {
    this.#declare(
      this.#scope,
      names.map((name) => ({ ...none, kind: 'local', name, at })),
    );
  }

  /** @param named index of the name */
  #readFunction(named: number): void {
    const code = this.#code;
    const name = nameAt(code, named);
    const open = this.#find(named + 1, /^[({]$/);
    if (name === null || open === null || !/^[(?!<]$/.test(textAt(code, named + 1))) return;
    const close = closing(code, open);
    if (textAt(code, open) !== '(' || close - open > signatureLimit) return;
    // A requirement of a protocol has no body, and the next brace belongs to something else.
    let body = close + 1;
    while (!/^(?:|[{}]|func|var|let|init)$/.test(textAt(code, body))) body++;
    if (textAt(code, body) !== '{') return;
    const parameters = itemsIn({ code, from: open + 1, to: close }).flatMap((item) =>
      this.#parameterIn(item),
    );
    const declared = { name, at: named, parameters, body };
    this.#heads.set(body, { kind: 'function', function: declared });
    this.#declare(this.#scope, [{ ...none, kind: 'function', name, at: named, function: declared }]);
  }

  #parameterIn({ code, from, to }: Span): readonly Parameter[] {
    const colon = this.#find(from, /^:$/) ?? to;
    const [name, outer] = [nameAt(code, colon - 1), nameAt(code, colon - 2)];
    if (name === null || colon >= to) return [];
    const equals = this.#find(colon + 1, /^=$/) ?? to;
    const label = colon - 2 < from || outer === null ? name : outer;
    return [
      {
        name,
        at: colon - 1,
        label: label === '_' ? null : label,
        type: colon + 1,
        value: equals < to ? equals + 1 : null,
      },
    ];
  }

  /** @param named index of the name */
  #readType(named: number): void {
    const code = this.#code;
    const name = nameAt(code, named);
    if (name === null || notATypeName.test(name)) return;
    const brace = this.#find(named, /^\{$/);
    if (brace === null) return;
    let at = named + 1;
    for (; textAt(code, at) === '.'; at += 2);
    const path = this.#joined(named, at);
    const colon = this.#find(at, /^[:{]$/) ?? brace;
    const end = this.#find(colon, /^(?:where|\{)$/) ?? brace;
    const inherits = itemsIn({ code, from: colon + 1, to: end }).map(({ from, to }) =>
      this.#joined(from, to),
    );
    this.#heads.set(brace, { kind: 'type', name: path, inherits, at: named });
  }

  #joined(from: number, to: number): string {
    return this.#code.tokens
      .slice(from, to)
      .map(({ text }) => text)
      .join('');
  }

  /** The names in a list, `approve = "A", deny = "B"`, as long as their values are literals or names. */
  #namesAt(from: number, kind: NamedKind): readonly Declaration[] {
    const code = this.#code;
    const found: Declaration[] = [];
    for (let at = from; ; at++) {
      const name = nameAt(code, at);
      if (name === null) return found;
      let next = textAt(code, at + 1) === '(' ? closing(code, at + 1) + 1 : at + 1;
      const type = textAt(code, next) === ':' ? next + 1 : null;
      if (type !== null) next = this.#find(type, /^[={,;)}\]]$/, true) ?? type;
      const value = textAt(code, next) === '=' ? next + 1 : null;
      if (found.length > 0 && kind !== 'case' && value === null) return found;
      const body = kind === 'variable' && type !== null && textAt(code, next) === '{' ? next : null;
      found.push({ ...none, kind, name, at, type, value, body });
      if (value !== null) for (next = value + 1; textAt(code, next) === '.'; next += 2);
      if (textAt(code, next) !== ',') return found;
      at = next;
    }
  }

  #readLoop(from: number): void {
    let at = from;
    while (/^(?:try|await|case|let|var)$/.test(textAt(this.#code, at))) at++;
    const name = nameAt(this.#code, at);
    if (name !== null && textAt(this.#code, at + 1) === 'in') this.#declareLocals([name], at);
  }
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
