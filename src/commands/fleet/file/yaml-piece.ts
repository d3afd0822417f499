import { type Node, parseDocument, type YAMLError } from 'yaml';
import type { Faults } from './faults.ts';
import { tooDeepAt } from './nesting.ts';
import { syntaxSentence, tooDeep } from './syntax-faults.ts';

/** The nodes of a text, or of a piece of it. */
export interface YamlPiece {
  /** Null: there is nothing but comments, or no YAML. */
  readonly root: Node | null;
  /** What the places of its nodes count from. */
  readonly start: number;
  /** It is no YAML. */
  readonly broken: boolean;
}

/** The nodes of so many values take some 400 MB. */
const mostValues = 500_000;

const tooMuch =
  'too many values follow in one piece: in a large file tenants and their names stand on lines of their own, without brackets around';

/** Parses YAML 1.2 with its core schema. @param faults takes those of the syntax; null where they are told already */
export function parsePiece(text: string, start: number, faults: Faults | null): YamlPiece {
  const isTooMuch = separatorsIn(text) > mostValues;
  const deep = isTooMuch ? null : tooDeepAt(text);
  if (isTooMuch || deep !== null) {
    faults?.add({ offset: start + (deep ?? 0) }, isTooMuch ? tooMuch : tooDeep);
    return { root: null, start, broken: true };
  }
  try {
    const { contents, errors, warnings } = parseDocument(text, {
      // Its own search for keys that occur twice takes quadratic time.
      uniqueKeys: false,
      stringKeys: true,
      prettyErrors: false,
      logLevel: 'error',
    });
    const told = faultsFrom([...errors, ...warnings]);
    for (const [offset, sentence] of told)
      faults?.add({ offset: start + Math.min(offset, text.length) }, sentence);
    return { root: contents as Node | null, start, broken: told.length > 0 };
  } catch (error) {
    // Where the guess of what is nested was too low.
    if (!(error instanceof RangeError)) throw error;
    faults?.add({ offset: start }, tooDeep);
    return { root: null, start, broken: true };
  }
}

/** What else is said of one place, or once the parser has lost its way, follows from what is told. */
function faultsFrom(errors: readonly YAMLError[]): readonly (readonly [offset: number, sentence: string])[] {
  const lost = errors.findIndex(({ message }) => message.includes('in YAML stream'));
  const known = lost === -1 ? errors : errors.slice(0, lost + 1);
  const sentences = new Map<number, string>();
  for (const { code, message, pos } of known)
    if (!sentences.has(pos[0])) sentences.set(pos[0], syntaxSentence(code, message));
  return [...sentences];
}

/** At least as many as there are values, but for one. */
function separatorsIn(text: string): number {
  let count = 0;
  for (let index = 0; index < text.length; index++) if (separators.includes(text.charCodeAt(index))) count++;
  return count;
}

const separators = [...'\n,:[{?-'].map((separator) => separator.charCodeAt(0));
