import { randomBytes } from 'node:crypto';
import { Shelf } from '../shelf.ts';
import { invalidRequest } from './errors.ts';

/**
 * An authorization request that waits for a sign-in or a decision, as received: its
 * client may no longer exist then. `Bounce` is the vendor's word.
 */
export interface Bounce {
  readonly appId: string;
  readonly parameters: URLSearchParams;
  /** Milliseconds since 1970. */
  readonly since: number;
  readonly expiresAt: number;
}

/** Milliseconds. */
const lifetime = 10 * 60 * 1000;

/**
 * Maximum characters of a query, as much as Node.js accepts in all headers. A form could
 * have far more.
 */
const maxLength = 16 * 1024;

/** The waiting requests by unguessable IDs. */
export class Bounces {
  readonly #now: () => Date;
  readonly #waiting: Shelf<Bounce>;

  constructor(now: () => Date) {
    this.#now = now;
    this.#waiting = new Shelf(now);
  }

  /** @returns its ID @throws {OAuthRefusal} longer than an address may be */
  keep(appId: string, parameters: URLSearchParams): string {
    if (parameters.toString().length > maxLength) throw invalidRequest('the request is too long');
    const id = randomBytes(32).toString('base64url');
    const since = this.#now().getTime();
    this.#waiting.put(id, { appId, parameters, since, expiresAt: since + lifetime });
    return id;
  }

  find(id: string): Bounce | null {
    return this.#waiting.find(id);
  }

  forget(id: string): void {
    this.#waiting.remove(id);
  }

  forgetAll(): void {
    this.#waiting.clear();
  }
}
