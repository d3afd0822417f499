import { inspect } from 'node:util';

/** A value that no print, log, JSON or template string reveals: it reads `[secret]` until `reveal()` is called. */
export class Secret {
  readonly #value: string | Uint8Array;
  /** What messages call the file or variable it came from; null: it was typed or generated. */
  readonly source: string | null;

  /** @param value bytes if they come from a file, which may hold anything */
  constructor(value: string | Uint8Array, source: string | null = null) {
    this.#value = value;
    this.source = source;
  }

  /** The value itself, as text. Call it at the point of use, never to pass it on. */
  reveal(): string {
    return typeof this.#value === 'string' ? this.#value : Buffer.from(this.#value).toString('utf8');
  }

  /** The secret's bytes: UTF-8, unless a file holds something else. */
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
