import { type Code, closing, isFirst, itemsIn, nameAt, type Span, type Token, textAt } from './tokens.ts';

/** An expression as written, if it is of a kind that can stand for a constant. */
export type Expression =
  | { readonly kind: 'string' | 'truth'; readonly token: Token }
  | { readonly kind: 'list'; readonly items: readonly Span[] }
  | { readonly kind: 'path'; readonly code: Code; readonly dotted: boolean; readonly steps: readonly Step[] }
  /** Terms with `+` between them. */
  | { readonly kind: 'sum'; readonly terms: readonly Expression[] };

/** A name in a path, `approve` in `Action.approve.rawValue`, with its arguments if it is called. */
export interface Step {
  readonly name: string;
  readonly at: number;
  readonly call: Span | null;
}

/** How deep parentheses may be nested, and the longest expression, in tokens. */
const [nestingLimit, lengthLimit] = [50, 1500];

/** The expression that fills a span exactly; null if it is of another kind. */
export function expressionIn(span: Span): Expression | null {
  return readExpression(span, true, 0);
}

/** The expression from an index to the end of its statement; null if it is of another kind. */
export function initialAt(code: Code, from: number): Expression | null {
  return readExpression({ code, from, to: code.tokens.length }, false, 0);
}

/** Whether a statement ends before a token: a line that begins with an operator continues it. */
function endsStatement(code: Code, at: number): boolean {
  const text = textAt(code, at);
  return /^(?:[,;)}\]{]|else|)$/.test(text) || (isFirst(code, at) && !/^[.?:&|=<>!*/%^+-]/.test(text));
}

function readExpression({ code, from, to }: Span, whole: boolean, depth: number): Expression | null {
  if (depth > nestingLimit) return null;
  const terms: Expression[] = [];
  for (let at = from; ; at++) {
    const term = readTerm(code, at, depth);
    if (term === null || term.end > to || term.end - from > lengthLimit) return null;
    terms.push(term.expression);
    at = term.end;
    if (at < to && textAt(code, at) === '+') continue;
    if (at < to && (whole || !endsStatement(code, at))) return null;
    return terms.length === 1 ? term.expression : { kind: 'sum', terms };
  }
}

interface Term {
  readonly expression: Expression;
  /** The index of the token that follows. */
  readonly end: number;
}

function readTerm(code: Code, at: number, depth: number): Term | null {
  const term = readOperand(code, at, depth);
  if (term === null) return null;
  // A member of a string, a list or the like is not a kind that we read.
  const next = textAt(code, term.end);
  return next === '.' || (/^[([]$/.test(next) && !isFirst(code, term.end)) ? null : term;
}

function readOperand(code: Code, at: number, depth: number): Term | null {
  const token = code.tokens[at];
  if (token === undefined) return null;
  const close = closing(code, at);
  switch (token.text) {
    case '"':
      return { expression: { kind: 'string', token }, end: at + 1 };
    case 'true':
    case 'false':
      return { expression: { kind: 'truth', token }, end: at + 1 };
    case '[':
      return {
        expression: { kind: 'list', items: itemsIn({ code, from: at + 1, to: close }) },
        end: close + 1,
      };
    case '(': {
      const expression = readExpression({ code, from: at + 1, to: close }, true, depth + 1);
      return expression === null ? null : { expression, end: close + 1 };
    }
    default:
      return readPath(code, at);
  }
}

/** `Push.Action.approve.rawValue`; `.approve` begins with a dot, and belongs to the expected type. */
function readPath(code: Code, from: number): Term | null {
  const dotted = textAt(code, from) === '.';
  const steps: Step[] = [];
  let at = dotted ? from + 1 : from;
  for (
    let name = nameAt(code, at);
    name !== null;
    name = textAt(code, at) === '.' ? nameAt(code, ++at) : null
  ) {
    const isCalled = textAt(code, at + 1) === '(' && !isFirst(code, at + 1);
    const call = isCalled ? { code, from: at + 2, to: closing(code, at + 1) } : null;
    steps.push({ name, at, call });
    at = call === null ? at + 1 : call.to + 1;
    const [last, next] = [code.tokens[at - 1], code.tokens[at]];
    const isJoined = last !== undefined && next?.start === last.start + last.text.length;
    if (isJoined && /^[?!]$/.test(next.text)) at++;
  }
  return steps.length === 0 ? null : { expression: { kind: 'path', code, dotted, steps }, end: at };
}
