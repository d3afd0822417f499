import type { Mechanism } from '../../tenant/security/factor-answer.ts';
import type { Secret } from '../../text/secret.ts';

/**
 * The person who signs in in a terminal. Every question throws CliError `interrupted` on
 * Ctrl-C.
 */
export interface Person {
  /** The name of who must answer; null: who runs the program. */
  readonly other: string | null;
  /**
   * Chooses one of several mechanisms.
   * @param place number of the challenge and of all challenges, from 1
   */
  choose(
    mechanisms: readonly Mechanism[],
    place: { challenge: number; of: number },
  ): Promise<Mechanism>;
  answer(question: string): Promise<Secret>;
  /**
   * Asks for a code. The person may approve elsewhere instead; rejects when `stop` is
   * aborted.
   */
  code(question: string, stop: AbortSignal): Promise<Secret>;
  /**
   * Shows that the program waits for the person, for at most this many milliseconds,
   * until stopped.
   */
  awaits(words: string, patience: number): { stop(): void };
  tell(words: string, mark?: 'error'): void;
  /** Asks again for the name, which may be mistyped. Absent: the name is certain. */
  nameAgain?(user: string): Promise<string>;
  /** Opens a page in the browser, or shows its address. */
  openPage(address: string): Promise<void>;
  /**
   * Asks whether to send the sign-in, with its password, to a host that may not be the
   * tenant's.
   */
  trusts(host: string, tenant: string): Promise<boolean>;
}
