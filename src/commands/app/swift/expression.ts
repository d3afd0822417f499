import type { Span, SwiftString } from './lexer.ts';
import { type Bracketed, closing, itemsIn } from './lexer.ts';

/** An expression as written, if it is of a kind that can stand for a constant. */
export type Expression =
  | { readonly kind: 'string'; readonly string: SwiftString }
  | { readonly kind: 'truth'; readonly value: boolean; readonly offset: number }
  | { readonly kind: 'list'; readonly items: readonly Span[] }
  | Path
  /** A closure called in place, by the offset of its brace. */
  | { readonly kind: 'block'; readonly body: number }
  /** Terms with `+` or `??` between them. */
  | { readonly kind: 'sum' | 'either'; readonly terms: readonly Expression[] };

/** `Push.Action.approve.rawValue`; `.approve` begins with a dot, and belongs to the expected type. */
export interface Path {
  readonly kind: 'path';
  readonly dotted: boolean;
  readonly steps: readonly Step[];
}

/** A name in a path, with its arguments if called. */
export interface Step {
  readonly name: string;
  readonly offset: number;
  readonly call: Span | null;
}

interface Written extends Bracketed {
  readonly literals: ReadonlyMap<number, SwiftString>;
}

/** How deep parentheses may be nested. */
const nestingLimit = 50;

/** The expression that fills a span exactly; null if it is of another kind. */
export function expressionIn(source: Written, span: Span): Expression | null {
  return expressionAt(source, span, true, 0);
}

/** The expression from an offset to the end of its statement; null if it is of another kind. */
export function initialAt(source: Written, start: number): Expression | null {
  return expressionAt(source, { start, end: source.code.length }, false, 0);
}

/** The longest expression to search for a name, in characters. */
const searchLimit = 5000;

/** Whether an offset is inside the expression that begins at another, judging by brackets and lines. */
export function isInInitial(source: Bracketed, start: number, offset: number): boolean {
  if (offset < start || offset - start > searchLimit) return false;
  const { code } = source;
  for (let at = start; at <= offset; ) {
    const found = matchAt(/[^([{;\n]*/y, code, at)?.[0] ?? '';
    at += found.length;
    if (at >= offset) return true;
    const goesOn = code.slice(start, at).trim() === '' || matchAt(/\s*\./y, code, at) !== null;
    if (code[at] === ';' || (code[at] === '\n' && !goesOn)) return false;
    at = (code[at] === '\n' ? at : closing(source, at)) + 1;
  }
  return true;
}

function expressionAt(
  source: Written,
  { start, end }: Span,
  whole: boolean,
  depth: number,
): Expression | null {
  const { code } = source;
  const terms: Expression[] = [];
  let operator: string | null = null;
  for (let at = start; ; ) {
    const term = depth > nestingLimit ? null : termAt(source, at, end, depth);
    if (term === null || term.end > end) return null;
    terms.push(term.expression);
    const gap = matchAt(/\s*/y, code, term.end)?.[0] ?? '';
    at = term.end + gap.length;
    const sign = at < end ? matchAt(/\+(?=\s|["(\w])|\?\?/y, code, at)?.[0] : undefined;
    if (sign === undefined) {
      if (at < end && (whole || !endsStatement(code, gap, at))) return null;
      const [only] = terms;
      if (terms.length === 1 && only !== undefined) return only;
      return { kind: operator === '+' ? 'sum' : 'either', terms };
    }
    if (operator !== null && operator !== sign) return null;
    operator = sign;
    at += sign.length;
  }
}

/** Whether a statement ends before an offset, after that gap: a line that begins with an operator continues it. */
function endsStatement(code: string, gap: string, at: number): boolean {
  if (/[,;)}\]{]/.test(code[at] ?? '')) return true;
  if (matchAt(/else\b/y, code, at) !== null) return true;
  return gap.includes('\n') && !/[.?:&|=<>!*/%^+-]/.test(code[at] ?? '');
}

interface Term {
  readonly expression: Expression;
  readonly end: number;
}

function termAt(source: Written, from: number, limit: number, depth: number): Term | null {
  const { code, literals } = source;
  const start = from + (matchAt(/\s*(?:(?:try[?!]?|await)\s+)*#*/y, code, from)?.[0].length ?? 0);
  const close = closing(source, start);
  const term = ((): Term | null => {
    const string = literals.get(start);
    if (string !== undefined) return { expression: { kind: 'string', string }, end: string.end };
    switch (code[start]) {
      case '[':
        return {
          expression: { kind: 'list', items: itemsIn(source, { start: start + 1, end: close }) },
          end: close + 1,
        };
      case '(': {
        const expression = expressionAt(source, { start: start + 1, end: close }, true, depth + 1);
        return expression === null ? null : { expression, end: close + 1 };
      }
      case '{': {
        const called = matchAt(/\s*\(\s*\)/y, code, close + 1);
        if (called === null) return null;
        return { expression: { kind: 'block', body: start }, end: close + 1 + called[0].length };
      }
      default:
        return pathAt(source, start);
    }
  })();
  if (term === null || term.end > limit) return null;
  // A member of a string, a list or the like is not a kind that we read.
  if (matchAt(/\s*\.(?=[\p{L}_])|[([]/uy, code, term.end) !== null) return null;
  const cast = matchAt(/[ \t]+as[!?]?[ \t]+[\p{L}\p{N}_.]+[?!]?/uy, code, term.end);
  return { ...term, end: term.end + (cast?.[0].length ?? 0) };
}

function pathAt(source: Written, start: number): Term | null {
  const { code } = source;
  const steps: Step[] = [];
  let at = start;
  let pattern = /(\.?)\s*`?([\p{L}_][\p{L}\p{N}_]*)`?/uy;
  let dotted = false;
  for (let found = matchAt(pattern, code, at); found !== null; found = matchAt(pattern, code, at)) {
    const { 0: text, 1: dot, 2: name = '' } = found;
    if (steps.length === 0) dotted = dot === '.';
    const offset = at + text.lastIndexOf(name);
    at += text.length;
    // `Set<String>(…)`
    at += matchAt(/<[^<>(){}\n]{0,200}>(?=\()/y, code, at)?.[0].length ?? 0;
    const called = code[at] === '(' ? { start: at + 1, end: closing(source, at) } : null;
    if (called !== null) at = called.end + 1;
    at += matchAt(/[?!](?![=?])/y, code, at)?.[0].length ?? 0;
    steps.push({ name, offset, call: called });
    pattern = /\s*(\.)\s*`?([\p{L}_][\p{L}\p{N}_]*)`?/uy;
  }
  const [first] = steps;
  if (first === undefined) return null;
  if (steps.length === 1 && !dotted && first.call === null && /^(true|false)$/.test(first.name))
    return { expression: { kind: 'truth', value: first.name === 'true', offset: first.offset }, end: at };
  return { expression: { kind: 'path', dotted, steps }, end: at };
}

function matchAt(pattern: RegExp, code: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at;
  return pattern.exec(code);
}
