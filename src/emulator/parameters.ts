import { type LetterCase, sameName } from './applications.ts';
import { badArgument, badFormat, missing } from './envelope.ts';

/** The members of a JSON object, or none. */
export type JsonObject = Readonly<Record<string, unknown>>;

/** The limits of a number, and its default; without one it is required. */
export interface NumberRange {
  readonly min: number;
  readonly max: number;
  readonly fallback?: number;
}

/** A call's parameters by name. All its readers but `value` throw a `Refusal`. */
export class Parameters {
  readonly all: JsonObject;
  readonly #letterCase: LetterCase;

  constructor(all: JsonObject, letterCase: LetterCase = 'insensitive') {
    this.all = all;
    this.#letterCase = letterCase;
  }

  /** Undefined: absent. */
  value(name: string): unknown {
    const spelled = Object.keys(this.all).find((known) => sameName(known, name, this.#letterCase));
    return spelled === undefined ? undefined : this.all[spelled];
  }

  /** A required text that may be empty. */
  anyText(name: string): string {
    const given = this.value(name);
    if (typeof given === 'string') return given;
    throw missing(name);
  }

  /** A required text that is not empty. */
  text(name: string): string {
    const given = this.anyText(name);
    if (given !== '') return given;
    throw missing(name);
  }

  /** A required text of limited length, which is stored. */
  shortText(name: string, maxLength: number): string {
    const given = this.text(name);
    if (given.length <= maxLength) return given;
    throw badArgument(`${name} must have at most ${maxLength} characters.`);
  }

  optionalText(name: string): string | null {
    const given = this.value(name) ?? null;
    if (given === null || typeof given === 'string') return given;
    throw badArgument(`${name} must be a text.`);
  }

  /** An empty list if it is absent. */
  texts(name: string): readonly string[] {
    const given = this.value(name) ?? [];
    if (Array.isArray(given) && given.every((item) => typeof item === 'string')) return given;
    throw badArgument(`${name} must be a list of texts.`);
  }

  /** A boolean, possibly as text in any letter case; null: absent. */
  flag(name: string): boolean | null {
    const given = this.value(name) ?? null;
    if (given === null) return null;
    const word = String(given).toLowerCase();
    if (word === 'true') return true;
    if (word === 'false') return false;
    throw badFormat('String was not recognized as a valid Boolean.');
  }

  /** A number, possibly as text. */
  number(name: string, { min, max, fallback }: NumberRange): number {
    const given = this.value(name) ?? fallback;
    if (given === undefined) throw missing(name);
    const found = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
    if (typeof found === 'number' && found >= min && found <= max) return found;
    throw badArgument(`${name} must be a number from ${min} to ${max}.`);
  }

  integer(name: string, range: NumberRange): number {
    const given = this.number(name, range);
    if (Number.isInteger(given)) return given;
    throw badArgument(`${name} must be a whole number.`);
  }
}
