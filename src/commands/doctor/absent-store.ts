import type { ProfileStore } from '../../auth/profile.ts';
import { noProfiles } from '../../auth/profiles.ts';
import { hintsFor } from '../../errors/advice.ts';
import { type CliError, hasCode } from '../../errors/cli-error.ts';
import { nowhere } from '../../errors/hint.ts';
import { failure, notChecked } from './check.ts';
import type { FoundStore } from './machine.ts';

/** The store of a user who has no place for one: the other checks need it no less. */
export class AbsentStore implements ProfileStore {
  readonly path = '';
  readonly #reason: CliError<'usage'>;

  constructor(reason: CliError<'usage'>) {
    this.#reason = reason;
  }

  found(): FoundStore {
    const [hint = 'Set MFA_CLI_CONFIG_DIR.'] = hintsFor(this.#reason, nowhere);
    return {
      profiles: noProfiles,
      directory: failure(`${this.#reason.message}.`, hint),
      file: notChecked('The store was not checked: it has no place.'),
    };
  }

  async read(): Promise<never> {
    throw this.#reason;
  }

  async reveal(): Promise<null> {
    return null;
  }

  async checkKeychain(): Promise<never> {
    throw this.#reason;
  }

  async update(): Promise<never> {
    throw this.#reason;
  }
}

/** For a `catch`: stands for a store that has no place. Rethrows any other error. */
export function absentStore(error: unknown): AbsentStore {
  if (hasCode(error, 'usage')) return new AbsentStore(error);
  throw error;
}
