import type { Secret } from '../../text/secret.ts';
import type { Mechanism } from './mechanism.ts';

/** Whoever signs in, at a terminal. Every question throws CliError `interrupted` on Ctrl-C. */
export interface Person {
  /** One of several mechanisms. @param place which challenge of how many, from 1 on */
  choose(mechanisms: readonly Mechanism[], place: { challenge: number; of: number }): Promise<Mechanism>;
  /** A hidden answer, asked for in these words. */
  answer(question: string): Promise<Secret>;
  /** A code, which may never come, since the person can approve elsewhere; rejects once `stop` is aborted. */
  code(question: string, stop: AbortSignal): Promise<Secret>;
  /** Shows that somebody is awaited, until stopped. */
  awaits(words: string): { stop(): void };
  /** Something to read. */
  tell(words: string): void;
  /** Opens a page in the browser, or says where it is. */
  openPage(address: string): Promise<void>;
  /** Whether the sign-in, with its password, may go on at a host that is not evidently the tenant's. */
  trusts(host: string, tenant: string): Promise<boolean>;
}
