import type { Apns, ApnsIdentity, TokenKey } from './apple/apns.ts';
import type { ProfileStore } from './auth/profile.ts';
import type { Bound } from './files/bounded.ts';
import type { Http, HttpSource } from './network/http.ts';
import type { Prompt } from './terminal/prompt.ts';
import type { Terminal } from './terminal/terminal.ts';
import type { Pace } from './text/pace.ts';

/** How long a command may take to end after an interrupt before the process is killed, in milliseconds. */
export const gracePeriod = 900;
export type Environment = Readonly<Record<string, string | undefined>>;

/** What a command says about how to reach the network. */
export interface HttpOptions {
  /** Limit of all of the command's waiting, in milliseconds. */
  readonly timeout: number;
  /** PEM bundle in addition to the system's CAs, or null. */
  readonly caFile: string | null;
  /** Shows no spinner, where a question is open on the same terminal. */
  readonly silent?: boolean;
}

/** What a command that speaks with many tenants says about it. */
interface HttpSourceOptions {
  readonly caFile: string | null;
  /** In place of the context's. */
  readonly signal: AbortSignal;
}

/** What a command says about how to reach APNs: which host, and as whom. */
interface ApnsOptions extends HttpOptions {
  readonly origin: URL;
  /** Null where nothing is pushed. */
  readonly identity: ApnsIdentity | TokenKey | null;
}

/** Everything outside that a command may touch; what is costly is a function. The file system is not abstracted. */
export interface Context extends Outside {
  /** The limit that `--timeout` or its variable puts on the command's waits, in seconds; null: each has its own. */
  readonly timeout: number | null;
  /** How long a named pipe may stay silent, in milliseconds: `--timeout`. */
  readonly patience: number;
  /** Variables beyond our own that a secret is or will be taken from: no program that we start gets them. Whoever learns of one adds it. */
  readonly secretVariables: string[];
}

/** The outside world before the command line is known. */
export interface Outside {
  readonly terminal: Terminal;
  readonly prompt: Prompt;
  readonly env: Environment;
  /** The path of what was started: the script, or the executable that is both. */
  readonly program: string;
  /** Aborted by SIGINT and SIGTERM; the reason is a CliError `interrupted`. */
  readonly signal: AbortSignal;
  now(): Date;
  /** Does work that a stranger's file can prolong; ends it when time is up, and on a signal. */
  bounded<T>(bound: Bound, work: (pace: Pace) => Promise<T>): Promise<T>;
  http(options: HttpOptions): Promise<Http>;
  /** Connects to many tenants, each with its own time. */
  httpSource(options: HttpSourceOptions): Promise<HttpSource>;
  /** Connects only once something is sent. */
  apns(options: ApnsOptions): Promise<Apns>;
  /** Resolves to whether something was started. */
  openBrowser(url: string): Promise<boolean>;
  /** @param timeout seconds for an answer of the keychain, or null */
  profiles(timeout?: number | null): Promise<ProfileStore>;
}
