import type { Adapter, AdapterPayload } from 'oidc-provider';

/** Clients create codes and tokens, and may abandon them. */
const maxEntries = 10_000;

interface Entry {
  readonly payload: AdapterPayload;
  /** Milliseconds since 1970; infinite where the server library gives no lifetime. */
  readonly expiresAt: number;
}

/**
 * The codes, tokens and grants of one application, in memory; beyond a limit the oldest
 * go.
 */
export class GrantStore {
  readonly #entries = new Map<string, Entry>();
  readonly #now: () => Date;

  constructor(now: () => Date) {
    this.#now = now;
  }

  find(key: string): AdapterPayload | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined || entry.expiresAt <= this.#now().getTime()) return undefined;
    return entry.payload;
  }

  /** @param seconds its lifetime */
  set(key: string, payload: AdapterPayload, seconds = Number.POSITIVE_INFINITY): void {
    this.#entries.delete(key);
    this.#entries.set(key, { payload, expiresAt: this.#now().getTime() + seconds * 1000 });
    const [oldest] = this.#entries.keys();
    if (this.#entries.size > maxEntries && oldest !== undefined) this.#entries.delete(oldest);
  }

  /** A code that comes again is known by this mark, in seconds. */
  consume(key: string): void {
    const payload = this.find(key);
    if (payload !== undefined) payload.consumed = Math.floor(this.#now().getTime() / 1000);
  }

  delete(key: string): void {
    this.#entries.delete(key);
  }

  deleteGrant(grantId: string): void {
    for (const [key, { payload }] of this.#entries)
      if (payload.grantId === grantId) this.#entries.delete(key);
  }

  clear(): void {
    this.#entries.clear();
  }

  /** The store as the server library asks it for one kind of its objects. */
  adapterFor(model: string): Adapter {
    return new StoreAdapter(model, this);
  }
}

class StoreAdapter implements Adapter {
  readonly #model: string;
  readonly #store: GrantStore;

  constructor(model: string, store: GrantStore) {
    this.#model = model;
    this.#store = store;
  }

  async upsert(id: string, payload: AdapterPayload, expiresIn?: number): Promise<void> {
    this.#store.set(this.#keyOf(id), payload, expiresIn);
  }

  async find(id: string): Promise<AdapterPayload | undefined> {
    return this.#store.find(this.#keyOf(id));
  }

  /** The tenant has neither the library's sessions nor the grant for devices. */
  async findByUid(): Promise<undefined> {
    return undefined;
  }

  async findByUserCode(): Promise<undefined> {
    return undefined;
  }

  async consume(id: string): Promise<void> {
    this.#store.consume(this.#keyOf(id));
  }

  async destroy(id: string): Promise<void> {
    this.#store.delete(this.#keyOf(id));
  }

  async revokeByGrantId(grantId: string): Promise<void> {
    this.#store.deleteGrant(grantId);
  }

  #keyOf(id: string): string {
    return `${this.#model}:${id}`;
  }
}
