import { blanked } from '../files.ts';
import { lex } from './lexer.ts';

/** Null: not known, so that either may be compiled. */
type Truth = boolean | null;

/** An `#if` with its branches so far. */
interface Frame {
  /** Whether the code around it is compiled. */
  readonly isReached: boolean;
  /** Whether a branch was taken. */
  taken: Truth;
  /** Whether the branch that was read last is compiled. */
  isActive: boolean;
}

/**
 * The code that is compiled: comments, conditions and other branches are blank, and each
 * line keeps its number. Both branches of a condition that is not known remain.
 * @param flags that are set for the compiler, such as DEBUG
 */
export function compiledCode(text: string, flags: ReadonlySet<string>): string {
  const parts: string[] = [];
  const frames: Frame[] = [];
  let end = 0;
  const isCompiled = (): boolean => frames.at(-1)?.isActive ?? true;
  const copy = (to: number): void => {
    const part = text.slice(end, to);
    parts.push(isCompiled() ? part : blanked(part));
    end = to;
  };
  for (const { kind, from, to } of lex(text)) {
    if (kind !== 'comment' && kind !== 'condition') continue;
    copy(from);
    const part = text.slice(from, to);
    parts.push(blanked(part));
    end = to;
    if (kind === 'condition') takeBranch(part, frames, flags);
  }
  copy(text.length);
  return parts.join('');
}

function takeBranch(line: string, frames: Frame[], flags: ReadonlySet<string>): void {
  const [, word = '', condition = ''] = /^#(\w+)([\s\S]*)$/.exec(line) ?? [];
  const frame = frames.at(-1);
  if (word === 'if') {
    const isReached = frame?.isActive ?? true;
    const truth = evaluate(condition, flags);
    frames.push({ isReached, taken: truth, isActive: isReached && truth !== false });
    return;
  }
  if (word === 'endif') frames.pop();
  if (word === 'endif' || frame === undefined) return;
  const truth = word === 'else' ? true : evaluate(condition, flags);
  frame.isActive = frame.isReached && frame.taken !== true && truth !== false;
  frame.taken = or(frame.taken, truth);
}

function or(one: Truth, other: Truth): Truth {
  if (one === true || other === true) return true;
  return one === false && other === false ? false : null;
}

function and(one: Truth, other: Truth): Truth {
  if (one === false || other === false) return false;
  return one === true && other === true ? true : null;
}

function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

/** The longest condition that is read. */
const longest = 1000;

/** An app for iPhones, as it is built for a device. */
const platform: ReadonlyMap<string, readonly string[]> = new Map([
  ['os', ['iOS']],
  ['arch', ['arm64']],
  ['targetEnvironment', []],
]);

/** Frameworks that every such app can import. */
const frameworks = ['Foundation', 'UIKit', 'UserNotifications', 'SwiftUI', 'Combine'];

function evaluate(condition: string, flags: ReadonlySet<string>): Truth {
  if (condition.length > longest) return null;
  const words = condition.match(/[\p{L}\p{N}_.]+|&&|\|\||\S/gu) ?? [];
  const { truth, rest } = anyOf(words, flags);
  return rest.length === 0 ? truth : null;
}

/** The truth of some words, and the words behind them. */
interface Evaluated {
  readonly truth: Truth;
  readonly rest: readonly string[];
}

function anyOf(words: readonly string[], flags: ReadonlySet<string>): Evaluated {
  let { truth, rest } = allOf(words, flags);
  while (rest[0] === '||') {
    const next = allOf(rest.slice(1), flags);
    truth = or(truth, next.truth);
    rest = next.rest;
  }
  return { truth, rest };
}

function allOf(words: readonly string[], flags: ReadonlySet<string>): Evaluated {
  let { truth, rest } = single(words, flags);
  while (rest[0] === '&&') {
    const next = single(rest.slice(1), flags);
    truth = and(truth, next.truth);
    rest = next.rest;
  }
  return { truth, rest };
}

function single(words: readonly string[], flags: ReadonlySet<string>): Evaluated {
  const [word = '', ...rest] = words;
  if (word === '!') {
    const next = single(rest, flags);
    return { truth: not(next.truth), rest: next.rest };
  }
  if (word === '(') {
    const inner = anyOf(rest, flags);
    return { truth: inner.truth, rest: inner.rest.slice(1) };
  }
  if (rest[0] !== '(') return { truth: word === 'true' || flags.has(word), rest };
  const close = rest.indexOf(')');
  const given = rest.slice(1, close).join('');
  return { truth: platformTruth(word, given), rest: rest.slice(close + 1) };
}

function platformTruth(name: string, given: string): Truth {
  if (name === 'canImport') return frameworks.includes(given) ? true : null;
  return platform.get(name)?.includes(given) ?? null;
}
