import * as v from 'valibot';
import { members, type ReadBy, texts } from '../text/json.ts';
import { type StoredApplication, storedApplication } from './applications.ts';
import { storedDevice } from './device.ts';
import { badOperation } from './envelope.ts';
import { storedRole, storedUser } from './people.ts';

/** A tenant as the state file has it. */
export const storedTenant = members({
  settings: texts,
  devices: v.array(storedDevice),
  users: v.array(storedUser),
  /** All roles; null: unchanged. */
  roles: v.nullable(v.array(storedRole)),
  applications: v.array(storedApplication),
});

export interface StoredTenant
  extends Omit<ReadBy<typeof storedTenant>, 'settings' | 'applications'> {
  readonly settings: ReadonlyMap<string, string>;
  readonly applications: readonly StoredApplication[];
}

export const emptyTenant: StoredTenant = {
  settings: new Map(),
  devices: [],
  users: [],
  roles: null,
  applications: [],
};

/** Maximum settings of a tenant, including those of its certificates. */
const maxSettings = 1000;

/** A setting of a tenant, by its name. */
export type Setting = readonly [name: string, value: string];

/**
 * The state that a tenant keeps: its settings by name in the order of setting, its users'
 * devices, its directory and its applications.
 */
export class TenantState {
  readonly #save: (next: StoredTenant) => void;
  #stored: StoredTenant;

  /** @param save saves a new state, or throws and changes nothing */
  constructor(stored: StoredTenant, save: (next: StoredTenant) => void) {
    this.#save = save;
    this.#stored = stored;
    // A new tenant is in the file from its start.
    this.keep({});
  }

  settings(): readonly Setting[] {
    return [...this.#stored.settings];
  }

  /** The other parts. */
  parts(): Omit<StoredTenant, 'settings'> {
    return this.#stored;
  }

  /**
   * Removes and sets, and saves before it returns: all or nothing.
   * @throws {Refusal} too many settings
   */
  changeSettings(set: Readonly<Record<string, string>>, remove: readonly string[] = []): void {
    const settings = new Map(this.#stored.settings);
    for (const name of [...remove, ...Object.keys(set)]) settings.delete(name);
    for (const [name, value] of Object.entries(set)) settings.set(name, value);
    const room = Math.max(maxSettings, this.#stored.settings.size);
    if (settings.size > room) throw tooManySettings();
    this.keep({ settings });
  }

  /** Replaces these parts of the state, and saves it before it returns. */
  keep(changes: Partial<StoredTenant>): void {
    const next = { ...this.#stored, ...changes };
    this.#save(next);
    this.#stored = next;
  }
}

function tooManySettings(): Error {
  const limit = `at most ${maxSettings.toLocaleString('en')} settings`;
  return badOperation(
    `The tenant can have ${limit}, and each push certificate needs three. ` +
      'Delete a certificate first.',
  );
}
