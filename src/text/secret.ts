import { inspect } from 'node:util';

/**
 * A value that prints, logs, JSON and template strings show as `[secret]`. Only
 * `reveal()` returns it.
 */
export class Secret {
  readonly #value: string | Uint8Array;
  /** The name of its file or variable in messages; null: typed or generated. */
  readonly source: string | null;

  /** @param value bytes if it comes from a file, which may not be text */
  constructor(value: string | Uint8Array, source: string | null = null) {
    this.#value = value;
    this.source = source;
  }

  /** The value as text. Call it at the point of use, never to pass it on. */
  reveal(): string {
    return typeof this.#value === 'string'
      ? this.#value
      : Buffer.from(this.#value).toString('utf8');
  }

  revealBytes(): Buffer {
    return Buffer.from(this.#value);
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
