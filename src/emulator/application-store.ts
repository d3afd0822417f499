import { randomUUID } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import {
  type Application,
  type LetterCase,
  readOAuthProfile,
  type StoredApplication,
  sameName,
  serviceNameOf,
} from './applications.ts';
import type { Directory } from './directory.ts';
import { badOperation } from './envelope.ts';
import type { TenantState } from './tenant-state.ts';

interface StoreParts {
  readonly state: TenantState;
  /** The emulator's own application, until an administrator replaces it; null: none. */
  readonly first: StoredApplication | null;
}

/** The applications as administrators wrote them. */
export class ApplicationStore {
  readonly #state: TenantState;
  readonly #first: StoredApplication | null;

  constructor({ state, first }: StoreParts) {
    this.#state = state;
    this.#first = first;
  }

  all(): readonly StoredApplication[] {
    const written = this.#state.parts().applications;
    const first = this.#first;
    if (first === null || written.some(({ key }) => key === first.key)) return written;
    return [first, ...written];
  }

  /** By its key or its name, not by its application ID. */
  find(text: string): StoredApplication | null {
    const found = this.all().find(
      ({ key, document }) => key === text.toLowerCase() || document.Name === text,
    );
    return found ?? null;
  }

  findByServiceName(serviceName: string): StoredApplication | null {
    return this.all().find((one) => sameName(serviceNameOf(one) ?? '', serviceName)) ?? null;
  }

  create(): StoredApplication {
    const created = { key: randomUUID(), document: { Name: 'OAuth2 Client' }, grants: [] };
    this.keep(created);
    return created;
  }

  /** @throws {Refusal} an unreadable OAuth profile; then nothing changes */
  keep(application: StoredApplication): void {
    readOAuthProfile(application);
    const others = this.#writtenExcept(application.key);
    this.#state.keep({ applications: [...others, application] });
  }

  /** @throws {Refusal} for the emulator's own application */
  remove({ key }: StoredApplication): void {
    if (key === this.#first?.key)
      throw badOperation("The emulator's own application cannot be deleted.");
    this.#state.keep({ applications: this.#writtenExcept(key) });
  }

  #writtenExcept(key: string): readonly StoredApplication[] {
    return this.#state.parts().applications.filter((one) => one.key !== key);
  }
}

interface ApplicationParts {
  readonly builtIn: readonly Application[];
  readonly stored: ApplicationStore;
  readonly directory: Directory;
  readonly letterCase: LetterCase;
}

/**
 * The tenant's OAuth applications. The endpoints read them for each request, so changes
 * take effect immediately.
 */
export class Applications {
  readonly stored: ApplicationStore;
  readonly #directory: Directory;
  readonly #letterCase: LetterCase;
  /** By key. */
  readonly #builtIn: Map<string, Application>;
  /**
   * The same object until a change, since the OAuth server of an application depends on
   * it.
   */
  readonly #served = new WeakMap<StoredApplication, Application>();

  /** @throws {CliError} file-unreadable */
  constructor({ builtIn, stored, directory, letterCase }: ApplicationParts) {
    this.stored = stored;
    this.#directory = directory;
    this.#letterCase = letterCase;
    this.#builtIn = new Map(builtIn.map((application) => [application.key, application]));
    try {
      this.all();
    } catch (cause) {
      const message = 'An application in the state file cannot be read';
      throw new CliError('file-unreadable', message, { cause });
    }
  }

  all(): readonly Application[] {
    const stored = this.stored.all().flatMap((one) => this.#serve(one) ?? []);
    return [...this.#builtIn.values(), ...stored];
  }

  /** By its application ID. */
  find(appId: string): Application | null {
    const found = this.all().find((one) => sameName(one.appId, appId, this.#letterCase));
    return found ?? null;
  }

  /** Adds a built-in application, or replaces the one with the same key. */
  put(application: Application): void {
    this.#builtIn.set(application.key, application);
  }

  /**
   * The application for the endpoints; null: without an application ID it has no address.
   * @throws {Refusal} an unreadable OAuth profile
   */
  #serve(stored: StoredApplication): Application | null {
    const known = this.#served.get(stored);
    if (known !== undefined) return known;
    const profile = readOAuthProfile(stored);
    const appId = serviceNameOf(stored);
    if (appId === null) return null;
    const permits = (user: string): boolean => mayRun(stored, user, this.#directory);
    const application = { ...profile, key: stored.key, appId, permits };
    this.#served.set(stored, application);
    return application;
  }
}

function mayRun({ grants }: StoredApplication, name: string, directory: Directory): boolean {
  const user = directory.findUser(name);
  if (user === null) return false;
  const ids = [user.uuid, ...directory.rolesOf(user).map(({ id }) => id)];
  return grants.some(({ id, rights }) => ids.includes(id) && rights.includes('Execute'));
}
