import type { Parameter, SwiftFunction } from './functions.ts';
import { type Scope, scopeAt } from './functions.ts';
import type { SwiftString } from './lexer.ts';
import { type Bracketed, closing } from './lexer.ts';

/** A name and what it stands for. */
export interface Declaration {
  readonly name: string;
  /** `local`: bound by a closure, a loop or a pattern, and known only at run time. */
  readonly kind: 'constant' | 'variable' | 'case' | 'alias' | 'function' | 'parameter' | 'local';
  readonly offset: number;
  readonly isStatic: boolean;
  /** Where its explicit type is; null if there is none. */
  readonly type: number | null;
  /** Where its initial expression begins; null if there is none. */
  readonly value: number | null;
  /** Where the block that computes it opens; null if there is none. */
  readonly body: number | null;
  /** The function that it is, or is a parameter of. */
  readonly function: SwiftFunction | null;
  readonly parameter: Parameter | null;
}

/** The declarations in each scope, by name. */
export type Declarations = ReadonlyMap<Scope, ReadonlyMap<string, readonly Declaration[]>>;

interface Scoped extends Bracketed {
  readonly scopes: readonly Scope[];
  readonly literals: ReadonlyMap<number, SwiftString>;
}

const word = '`?([\\p{L}\\p{N}_]+)`?';
const notInName = '(?<![.\\p{L}\\p{N}_])';
const none = { isStatic: false, type: null, value: null, body: null, function: null, parameter: null };

/** Reads the declarations of a source. */
export function declarationsOf(source: Scoped): Declarations {
  const declarations = new Map<Scope, Map<string, Declaration[]>>();
  const declare = (scope: Scope, declaration: Declaration): void => {
    const names = declarations.get(scope) ?? new Map<string, Declaration[]>();
    declarations.set(scope, names);
    const same = names.get(declaration.name);
    if (same === undefined) names.set(declaration.name, [declaration]);
    else same.push(declaration);
  };
  for (const scope of source.scopes) {
    if (scope.kind === 'function') declareFunction(source, scope, declare);
    if (scope.kind === 'block') declareClosure(source, scope, declare);
  }
  declareNames(source, declare);
  return declarations;
}

type Declare = (scope: Scope, declaration: Declaration) => void;

function declareFunction({ code }: Scoped, scope: Scope, declare: Declare): void {
  const declared = scope.function;
  if (declared === null) return;
  const { name, offset } = declared;
  if (scope.parent !== null)
    declare(scope.parent, {
      ...none,
      kind: 'function',
      name,
      offset,
      isStatic: isStatic(code, offset),
      function: declared,
    });
  for (const parameter of declared.parameters)
    declare(scope, { ...none, ...parameter, kind: 'parameter', function: declared, parameter });
}

/** What precedes a closure's parameters, the parameters without parentheses, and what follows them. */
const closureStart = /\s*(?:@\w+\s+)*(?:\[[^\]]{0,300}\]\s*)?/uy;
const closureNames = /[\p{L}\p{N}_]+(?:\s*,\s*[\p{L}\p{N}_]+)*/uy;
const closureEnd = /\s*(?:(?:async|throws)\s+)*(?:->[^{}\n]{0,200}?\s)?in(?![\p{L}\p{N}_])/uy;

function declareClosure(source: Scoped, scope: Scope, declare: Declare): void {
  const { code } = source;
  const from = scope.start + (matchAt(closureStart, code, scope.start)?.[0].length ?? 0);
  const end =
    code[from] === '('
      ? closing(source, from) + 1
      : from + (matchAt(closureNames, code, from)?.[0].length ?? 0);
  if (end === from || end - from > nearby || matchAt(closureEnd, code, end) === null) return;
  for (const name of namesIn(code.slice(from, end).replace(/[()]/g, ' ')))
    declare(scope, { ...none, kind: 'local', name, offset: scope.start });
}

const keyword = new RegExp(
  `${notInName}(?:(let|var|case|typealias)\\s|for\\s+(?:(?:try|await|case)\\s+)*(?:let\\s+|var\\s+)?(\\([^()]{0,300}\\)\\s*|[\\p{L}\\p{N}_]+\\s+)in\\b)`,
  'gu',
);
const aliasHead = new RegExp(`\\s*${word}\\s*(?:<[^>]{0,300}>\\s*)?=`, 'uy');

/** `let`, `var`, `case`, `typealias` and `for`, each with what follows it. */
function declareNames(source: Scoped, declare: Declare): void {
  const { code, scopes } = source;
  for (const { 0: text, 1: kind, 2: looped = '', index } of code.matchAll(keyword)) {
    const [scope, after] = [scopeAt(scopes, index), index + text.length];
    if (kind === 'typealias') {
      const [head = '', name] = matchAt(aliasHead, code, after) ?? [];
      const alias = {
        ...none,
        kind: 'alias',
        offset: index,
        isStatic: true,
        value: after + head.length,
      } as const;
      if (name !== undefined) declare(scope, { ...alias, name });
    } else if (kind === 'case') {
      if (scope.kind !== 'type') continue;
      for (const each of listAt(source, after, 'case')) declare(scope, { ...each, isStatic: true });
    } else if (kind === 'let' || kind === 'var') {
      const bound = isBound(code, index);
      const where = bound ? nextBlock(source, scope, after) : scope;
      const [form, fixed] = [kind === 'let' ? 'constant' : 'variable', isStatic(code, index)] as const;
      for (const each of listAt(source, after, form))
        declare(where, { ...each, isStatic: fixed, body: bound ? null : each.body });
    } else {
      const where = nextBlock(source, scope, after);
      for (const name of namesIn(looped.replace(/[()]/g, ' ')))
        declare(where, { ...none, kind: 'local', name, offset: index });
    }
  }
}

const listed = new RegExp(
  `\\s*(?:${word}|\\(([^()]{0,300})\\))\\s*(:\\s*[^=\\n{},;)]{0,300})?\\s*(=(?!=)|\\{|\\()?`,
  'uy',
);

/** The names in a list, `approve = "A", deny = "B"`, as long as their values are literals or absent. */
function listAt(
  source: Scoped,
  from: number,
  kind: 'constant' | 'variable' | 'case',
): readonly Declaration[] {
  const { code } = source;
  const found: Declaration[] = [];
  for (let at = from; ; ) {
    const { 0: text, 1: name, 2: several, 3: type, 4: sign } = matchAt(listed, code, at) ?? [''];
    for (const each of namesIn(several ?? '')) found.push({ ...none, kind: 'local', name: each, offset: at });
    if (name === undefined || (found.length > 0 && kind !== 'case' && sign !== '=')) return found;
    const end = at + text.length;
    found.push({
      ...none,
      kind,
      name,
      offset: at + text.indexOf(name),
      type: type === undefined ? null : at + text.indexOf(':') + 1,
      value: sign === '=' ? end : null,
      body: kind === 'variable' && type !== undefined && sign === '{' ? end - 1 : null,
    });
    if (sign === '(') at = closing(source, end - 1) + 1;
    else at = sign === '=' ? literalEnd(source, end) : end;
    const comma = matchAt(/\s*,/y, code, at);
    if (comma === null) return found;
    at += comma[0].length;
  }
}

/** Where a literal or a name ends. */
function literalEnd({ code, literals }: Scoped, from: number): number {
  const end = from + (matchAt(/\s*#*/y, code, from)?.[0].length ?? 0);
  return literals.get(end)?.end ?? end + (matchAt(/-?[\w.]*/y, code, end)?.[0].length ?? 0);
}

/** How far to look back and ahead from a name for what binds it, in characters. */
const nearby = 600;

/** Whether a name is bound in the following block: by `if let`, `while let`, `for case let` or `catch let`. */
function isBound(code: string, at: number): boolean {
  const before = code.slice(Math.max(0, at - nearby), at);
  const statement = before.slice(Math.max(...['{', '}', ';'].map((end) => before.lastIndexOf(end))) + 1);
  const heads = [...statement.matchAll(/(?<![.\p{L}\p{N}_])(?:(if|while|for|catch)|guard|case)\b(?!\s*:)/gu)];
  return heads.at(-1)?.[1] !== undefined;
}

/** The next block that opens, after anything in brackets; the scope itself if none does. */
function nextBlock({ code, brackets, scopes }: Scoped, scope: Scope, from: number): Scope {
  const bracket = /[([{]/g;
  bracket.lastIndex = from;
  const end = Math.min(scope.end, from + nearby);
  const window = code.slice(0, end);
  for (let found = bracket.exec(window); found !== null; found = bracket.exec(window)) {
    if (found[0] === '{') return scopeAt(scopes, found.index + 1);
    bracket.lastIndex = closing({ code, brackets }, found.index) + 1;
  }
  return scope;
}

/** Whether `static` or `class` is among the modifiers before a keyword. */
function isStatic(code: string, keyword: number): boolean {
  const before = code.slice(Math.max(0, keyword - 100), keyword);
  return /\b(?:static|class)(?:\s+[a-z]+(?:\(\w+\))?)*\s+$/.test(before);
}

function namesIn(text: string): readonly string[] {
  return text.split(',').flatMap((item) => /^\s*`?([\p{L}\p{N}_]+)/u.exec(item)?.[1] ?? []);
}

function matchAt(pattern: RegExp, code: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(code);
}
