import { dirname } from 'node:path';
import type { Context } from '../../context.ts';
import { CliError, type FactsOf } from '../../errors/cli-error.ts';
import { realPathOf, type Stats } from '../../files/directory.ts';
import { changeableByOthers, type Doubt, linkBelow } from '../../files/others.ts';
import { nameOf } from '../../files/read.ts';
import { variable } from '../../settings/values.ts';
import { onOneLine } from '../../text/printable.ts';
import {
  confirmable,
  differences,
  formatSource,
  hashOf,
  type Source,
  shortened,
} from './confirmed-words.ts';
import { type Fleet, fleetCommand } from './file/fleet.ts';
import { readAgreement, saveAgreement } from './trust-store.ts';

/**
 * Whether a fleet file may be used: it decides which programs run and where secrets go.
 */
export interface FleetTrust {
  /**
   * `sha256:` and the lower-case hex hash of everything to confirm, for the whole file
   * regardless of the selection.
   */
  readonly hash: string;
  /**
   * The folder of the fleet file: in a clone, a link there is the word of whoever wrote
   * the repository.
   */
  readonly folder: string;
  /** The command that plans the fleet. */
  readonly planCommand: readonly string[];
  /** Whether `--trust` or the variable confirms exactly this, whoever owns the files. */
  readonly isGiven: boolean;
  /**
   * Asks the user, if there is a terminal, about anything not trusted yet, and saves a
   * yes.
   * @returns why it may not be used; null: it may
   */
  confirm(): Promise<Untrusted | null>;
}

const pin = 'MFA_CLI_TRUST_FLEET';

type Untrusted = CliError<'fleet-untrusted'>;
type UntrustedFacts = FactsOf<'fleet-untrusted'>;

/**
 * Who may have written a fleet file. `unknown`: it came through stdin; `own`: only this
 * user and root can change it; `doubtful`: so may others.
 */
export type Authorship =
  | { readonly kind: 'unknown' | 'own' }
  | { readonly kind: 'doubtful'; readonly doubt: Doubt };

export const unknownAuthorship: Authorship = { kind: 'unknown' };

interface FleetOrigin {
  readonly directory: string;
  readonly authorship: Authorship;
  /** Whether `--trust` confirms it. */
  readonly isTrusted: boolean;
}

/**
 * The trust in a fleet file.
 * @throws {CliError} usage: the variable holds no hash
 */
export function openTrust(fleet: Fleet, origin: FleetOrigin, context: Context): FleetTrust {
  const pinned = variable(context.env, pin) ?? null;
  if (pinned !== null && !/^sha256:[0-9a-f]{64}$/.test(pinned))
    throw new CliError(
      'usage',
      `${pin} must be sha256: and 64 hex digits in lower case, as fleet plan reports them`,
    );
  return new TrustInFile(fleet, origin, pinned, context);
}

class TrustInFile implements FleetTrust {
  readonly #fleet: Fleet;
  readonly #authorship: Authorship;
  readonly #context: Context;
  readonly #sources: readonly Source[];
  /** The name of the file, for messages. */
  readonly #name: string;
  /** The hash in the variable, or null. */
  readonly #pinned: string | null;
  readonly hash: string;
  readonly folder: string;
  readonly planCommand: readonly string[];
  readonly isGiven: boolean;

  constructor(
    fleet: Fleet,
    { directory, authorship, isTrusted }: FleetOrigin,
    pinned: string | null,
    context: Context,
  ) {
    this.#fleet = fleet;
    this.#authorship = authorship;
    this.#context = context;
    this.#sources = confirmable(fleet);
    this.#name = onOneLine(nameOf(fleet.file));
    this.#pinned = pinned;
    this.hash = hashOf(this.#sources);
    this.folder = directory;
    this.planCommand = fleetCommand('plan', fleet.file);
    this.isGiven = isTrusted || pinned === this.hash;
  }

  async confirm(): Promise<Untrusted | null> {
    if (this.isGiven) return null;
    const authorship = this.#authorship;
    if (this.#pinned !== null) {
      const agreed = authorship.kind === 'unknown' ? [] : await this.#agreedSources();
      return this.#untrustedSince(agreed, `its hash does not match ${pin}`);
    }
    if (authorship.kind === 'unknown') return this.#untrusted('its source is unknown');
    if (authorship.kind === 'doubtful') {
      const { sentence, ...facts } = authorship.doubt;
      return this.#untrusted(sentence, facts);
    }
    if (this.#sources.length === 0) return null;
    const agreed = await this.#agreedSources();
    return hashOf(agreed) === this.hash ? null : this.#ask(agreed);
  }

  /** @param agreed the sources that the user trusted before */
  async #ask(agreed: readonly Source[]): Promise<Untrusted | null> {
    const { terminal, prompt } = this.#context;
    const isNew = agreed.length === 0;
    const why = isNew
      ? 'you have not trusted its programs, files, keys and hosts'
      : 'it has changed since you last trusted it';
    if (!terminal.interactive) return this.#untrustedSince(agreed, why, { review: true });
    for (const line of differences(this.#name, agreed, this.#sources)) terminal.show(line);
    const message = `Trust ${this.#name} with ${isNew ? 'this' : 'these changes'}?`;
    const isConfirmed = await prompt.confirm({ message, unavailable: why });
    if (!isConfirmed) return this.#error(why, { declined: true }, []);
    const agreement = { directory: this.folder, sources: this.#sources };
    await saveAgreement(this.#fleet.file, agreement, this.#context);
    return null;
  }

  /** The sources that the user trusted in this file before. */
  async #agreedSources(): Promise<readonly Source[]> {
    const agreement = await readAgreement(this.#fleet.file, this.#context);
    return agreement?.directory === this.folder ? agreement.sources : [];
  }

  /** Shows everything to confirm. */
  #untrusted(why: string, facts: UntrustedFacts = {}): Untrusted {
    const shown = shortened(this.#sources.map(formatSource));
    return this.#error(why, facts, [...shown, pinLine(this.hash)]);
  }

  /** Shows what has changed, if something was trusted before. */
  #untrustedSince(agreed: readonly Source[], why: string, facts: UntrustedFacts = {}): Untrusted {
    if (agreed.length === 0) return this.#untrusted(why, facts);
    const shown = shortened(differences(this.#name, agreed, this.#sources));
    return this.#error(why, { ...facts, changed: true }, [...shown, pinLine(this.hash)]);
  }

  #error(why: string, facts: UntrustedFacts, lines: readonly string[]): Untrusted {
    return new CliError('fleet-untrusted', `${this.#name} is not trusted: ${why}`, {
      facts: { plan: this.planCommand, ...facts },
      lines,
    });
  }
}

/**
 * Has the user confirm what is not trusted yet.
 * @throws {CliError} fleet-untrusted; interrupted, if the user says no
 */
export async function requireTrust(trust: FleetTrust): Promise<void> {
  const untrusted = await trust.confirm();
  if (untrusted?.facts.declined === true) throw new CliError('interrupted', 'Nothing was sent');
  if (untrusted !== null) throw untrusted;
}

function pinLine(hash: string): string {
  return `  ${pin}=${hash}`;
}

/**
 * @throws {CliError} file-unwritable: a link in the folder of a fleet leads to the file
 */
export function requireNoLink(file: string, folder: string): void {
  const link = linkBelow(folder, file);
  if (link === null) return;
  const sentence = `${file} is not written: ${link} is a link in the folder of the fleet file`;
  throw new CliError('file-unwritable', sentence, { facts: { link: true } });
}

/**
 * Throws if others may change a file that a fleet keeps.
 * @param opened its stats when opened
 * @throws {CliError} fleet-untrusted
 */
export function requireHeld(
  path: string,
  { hash, planCommand, isGiven }: FleetTrust,
  opened?: Stats,
): void {
  const doubt = isGiven ? null : changeableByOthers(path, opened);
  if (doubt === null) return;
  const { sentence, ...facts } = doubt;
  const message = `The record ${onOneLine(path)} is not trusted: ${sentence}`;
  throw new CliError('fleet-untrusted', message, {
    facts: { plan: planCommand, ...facts },
    lines: [pinLine(hash)],
  });
}

/** Saves that a file just written is trusted. If that fails, the user is asked later. */
export async function trustWritten(fleet: Fleet, context: Context): Promise<void> {
  const directory = realPathOf(dirname(fleet.file));
  await saveAgreement(fleet.file, { directory, sources: confirmable(fleet) }, context);
}

/** The value of `MFA_CLI_TRUST_FLEET` that trusts a fleet. */
export function trustHashOf(fleet: Fleet): string {
  return hashOf(confirmable(fleet));
}
