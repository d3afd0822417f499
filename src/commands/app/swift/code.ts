import {
  type Declaration,
  type Declarations,
  readDeclarations,
  type SwiftFunction,
  type TypeBody,
} from './declarations.ts';
import type { Call, SwiftSource } from './source.ts';

/** The body of a type, and the source that has it. */
interface TypeIn {
  readonly source: SwiftSource;
  readonly brace: number;
}

/**
 * The most calls of a name, words to look for, and nested blocks: others are not
 * followed.
 */
const callsLimit = 500;
const wordsLimit = 500;
const nestingLimit = 200;

/** The compiled Swift code of a target: where its names are declared and called. */
export class SwiftCode {
  readonly sources: readonly SwiftSource[];
  readonly #declared = new Map<SwiftSource, Declarations>();
  readonly #withWord = new Map<string, readonly SwiftSource[]>();
  readonly #calls = new Map<string, readonly Call[]>();
  readonly #assigned = new Map<string, boolean>();

  constructor(sources: readonly SwiftSource[]) {
    this.sources = sources;
  }

  /** The sources in which a word occurs. */
  with(word: string): readonly SwiftSource[] {
    const known = this.#withWord.get(word);
    if (known !== undefined) return known;
    if (this.#withWord.size >= wordsLimit) return [];
    const found = this.sources.filter(({ code }) => code.includes(word));
    this.#withWord.set(word, found);
    return found;
  }

  #declarations(source: SwiftSource): Declarations {
    const known = this.#declared.get(source) ?? readDeclarations(source);
    this.#declared.set(source, known);
    return known;
  }

  /** The calls of a function, or of a type, whose `.init(…)` counts as well. */
  calls(name: string): readonly Call[] {
    const known = this.#calls.get(name);
    if (known !== undefined) return known;
    const all = this.with(name).flatMap((source) => source.calls(name));
    const calls = all.slice(0, callsLimit);
    this.#calls.set(name, calls);
    return calls;
  }

  /** The calls of `.init(…)` that leave the type out. */
  implicitCalls(): readonly Call[] {
    const calls = this.with('.init').flatMap((source) => source.calls('init'));
    return calls
      .filter(({ source, at }) => source.text(at - 1) === '.' && source.name(at - 2) === null)
      .slice(0, callsLimit);
  }

  functions(name: string): readonly SwiftFunction[] {
    const all = this.with(name).flatMap(
      (source) => this.#declarations(source).functions.get(name) ?? [],
    );
    return all.slice(0, callsLimit);
  }

  /**
   * The type or function of each block around a token, the innermost first; null:
   * neither.
   */
  *#bodiesAround(source: SwiftSource, at: number): Generator<Around> {
    const { bodies } = this.#declarations(source);
    let block = source.block(at);
    for (let nesting = 0; block !== -1 && nesting < nestingLimit; nesting++) {
      yield { block, body: bodies.get(block) ?? null };
      block = source.block(block);
    }
  }

  /** The innermost function around a token, or null. */
  functionAround(source: SwiftSource, at: number): SwiftFunction | null {
    for (const { body } of this.#bodiesAround(source, at))
      if (body?.kind === 'function') return body;
    return null;
  }

  /** The name of the innermost type around a token, or null. */
  typeAround(source: SwiftSource, at: number): string | null {
    for (const { body } of this.#bodiesAround(source, at))
      if (body?.kind === 'type') return body.name;
    return null;
  }

  /** The type whose body a brace begins, or null. */
  typeAt(source: SwiftSource, brace: number): TypeBody | null {
    const body = this.#declarations(source).bodies.get(brace);
    return body?.kind === 'type' ? body : null;
  }

  /** The bodies of a type and of its extensions. */
  #bodiesOf(type: string): readonly TypeIn[] {
    const all = this.with(type).flatMap((source) => {
      const bodies = this.#declarations(source).types.get(type) ?? [];
      return bodies.map(({ brace }) => ({ source, brace }));
    });
    return all.slice(0, callsLimit);
  }

  /** The type that another name stands for, or null. */
  aliased(name: string): string | null {
    for (const source of this.with(name)) {
      for (const at of source.uses(name)) {
        if (source.text(at - 1) !== 'typealias' || source.text(at + 1) !== '=') continue;
        let last = at + 2;
        while (source.text(last + 1) === '.') last += 2;
        return source.name(last);
      }
    }
    return null;
  }

  /** The members of a type with a name. */
  members(type: string, name: string): readonly Declaration[] {
    return this.#bodiesOf(type).flatMap(({ source, brace }) => this.#inBlock(source, brace, name));
  }

  allMembers(type: string): readonly Declaration[] {
    return this.#bodiesOf(type).flatMap(({ source, brace }) => {
      const members = this.#declarations(source).inBlocks.get(brace);
      return members === undefined ? [] : [...members.values()].flat();
    });
  }

  #inBlock(source: SwiftSource, brace: number, name: string): readonly Declaration[] {
    return this.#declarations(source).inBlocks.get(brace)?.get(name) ?? [];
  }

  /** The innermost declarations of a name at a token. */
  lookUp(name: string, source: SwiftSource, at: number): readonly Declaration[] {
    const types = new Set<string>();
    for (const { block, body } of this.#bodiesAround(source, at)) {
      const isType = body?.kind === 'type';
      if (isType && types.has(body.name)) continue;
      if (isType) types.add(body.name);
      const found = isType
        ? this.members(body.name, name)
        : this.#inBlock(source, block, name).filter((each) => each.at < at);
      if (found.length > 0) return found;
    }
    return this.with(name).flatMap((each) => this.#inBlock(each, -1, name));
  }

  /** Whether a name gets a value after its declaration. */
  isAssigned(name: string): boolean {
    const known = this.#assigned.get(name);
    if (known !== undefined) return known;
    const isAssigned = this.with(name).some((source) =>
      source.uses(name).some((at) => {
        const isDeclaration = /^(?:let|var|case|,)$/.test(source.text(at - 1));
        return source.text(at + 1) === '=' && !isDeclaration;
      }),
    );
    this.#assigned.set(name, isAssigned);
    return isAssigned;
  }
}

/** A block around a token. */
interface Around {
  readonly block: number;
  readonly body: TypeBody | SwiftFunction | null;
}
