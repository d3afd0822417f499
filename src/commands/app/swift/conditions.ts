import type { Token } from './tokens.ts';

/** Whether a condition holds; null if unknown. */
export type Truth = boolean | null;

/** Whether a name on its own, such as DEBUG, is set for a source. */
export type Conditions = (name: string) => Truth;

/** How deep conditions may be nested in parentheses; anything deeper is unknown. */
const nestingLimit = 100;

/**
 * The tokens outside `#if`, `#elseif`, `#else` and `#endif`, and those of the branches that are compiled. If a condition is
 * unknown, its branch and the ones after it are.
 */
export function compiled(tokens: readonly Token[], conditions: Conditions): readonly Token[] {
  const kept: Token[] = [];
  const blocks: { settled: boolean; out: boolean }[] = [];
  let outer = 0;
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at];
    if (token === undefined) break;
    if (!/^#(?:if|elseif|else|endif)$/.test(token.text)) {
      if (outer === 0) kept.push(token);
      continue;
    }
    const condition: string[] = [];
    for (; tokens[at + 1]?.line === token.line; at++) condition.push(tokens[at + 1]?.text ?? '');
    const block = token.text === '#if' ? { settled: false, out: false } : blocks.pop();
    if (block === undefined) continue;
    outer -= block.out ? 1 : 0;
    if (token.text === '#endif') continue;
    const truth = token.text === '#else' ? true : holds(condition, conditions);
    block.out = block.settled || truth === false;
    block.settled ||= truth === true;
    outer += block.out ? 1 : 0;
    blocks.push(block);
  }
  return kept;
}

/**
 * Whether a condition holds for a build for phones (The Swift Programming Language, Conditional Compilation Block).
 * @param tokens the texts of its tokens
 */
export function holds(tokens: readonly string[], conditions: Conditions): Truth {
  let at = 0;

  const either = (depth: number): Truth => {
    let truth = both(depth);
    for (; tokens[at] === '||'; truth = not(and(not(truth), not(both(depth))))) at++;
    return truth;
  };
  const both = (depth: number): Truth => {
    let truth = one(depth);
    for (; tokens[at] === '&&'; truth = and(truth, one(depth))) at++;
    return truth;
  };
  const one = (depth: number): Truth => {
    const token = tokens[at++];
    if (token === undefined || depth > nestingLimit) return null;
    if (token === '!') return not(one(depth + 1));
    if (token === '(') {
      const truth = either(depth + 1);
      at++;
      return truth;
    }
    if (tokens[at] !== '(') return /^(true|false)$/.test(token) ? token === 'true' : conditions(token);
    const end = tokens.indexOf(')', at);
    if (end === -1) return null;
    const given = tokens.slice(at + 1, end).join('');
    at = end + 1;
    return isPlatform(token, given);
  };

  const truth = either(0);
  return at === tokens.length ? truth : null;
}

/** What else is asked of a build, such as `canImport` and `swift`, is unknown. */
function isPlatform(name: string, given: string): Truth {
  if (name === 'os') return given === 'iOS';
  return name === 'targetEnvironment' && /^(simulator|macCatalyst)$/.test(given) ? false : null;
}

function not(truth: Truth): Truth {
  return truth === null ? null : !truth;
}

function and(one: Truth, other: Truth): Truth {
  if (one === false || other === false) return false;
  return one === null || other === null ? null : true;
}
