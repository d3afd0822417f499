import * as v from 'valibot';
import { members, type ReadBy, texts } from '../text/json.ts';
import { type StoredApplication, storedApplication } from './applications.ts';
import { storedDevice } from './device.ts';
import { badOperation } from './envelope.ts';
import { storedRole, storedUser } from './people.ts';

/** A tenant in its stored form. */
export const storedState = members({
  settings: texts,
  devices: v.array(storedDevice),
  users: v.array(storedUser),
  /** All roles; null: unchanged. */
  roles: v.nullable(v.array(storedRole)),
  applications: v.array(storedApplication),
});

export interface State extends Omit<ReadBy<typeof storedState>, 'settings' | 'applications'> {
  readonly settings: ReadonlyMap<string, string>;
  readonly applications: readonly StoredApplication[];
}

export const emptyState: State = {
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
 * The tenant's settings by name in the order of setting, its users' devices, its
 * directory and its applications.
 */
export class Settings {
  readonly #save: (next: State) => void;
  #state: State;

  /** @param save saves a new state, or throws and changes nothing */
  constructor(state: State, save: (next: State) => void) {
    this.#save = save;
    this.#state = state;
    this.keep({});
  }

  entries(): readonly Setting[] {
    return [...this.#state.settings];
  }

  state(): Omit<State, 'settings'> {
    return this.#state;
  }

  /**
   * Removes and sets, and saves before it returns: all or nothing.
   * @throws {Refusal} too many settings
   */
  change(set: Readonly<Record<string, string>>, remove: readonly string[] = []): void {
    const settings = new Map(this.#state.settings);
    for (const name of [...remove, ...Object.keys(set)]) settings.delete(name);
    for (const [name, value] of Object.entries(set)) settings.set(name, value);
    if (settings.size > Math.max(maxSettings, this.#state.settings.size)) throw tooManySettings();
    this.keep({ settings });
  }

  /** Replaces these parts of the state, and saves it before it returns. */
  keep(changes: Partial<State>): void {
    const next = { ...this.#state, ...changes };
    this.#save(next);
    this.#state = next;
  }
}

function tooManySettings(): Error {
  const limit = `at most ${maxSettings.toLocaleString('en')} settings`;
  return badOperation(
    `The tenant can have ${limit}, and each push certificate needs three. ` +
      'Delete a certificate first.',
  );
}
