import type { Apns, ApnsIdentity, TokenKey } from './apple/apns.ts';
import type { ProfileStore, SettingKey } from './auth/profile.ts';
import type { Destination } from './errors/hint.ts';
import type { Bound } from './files/bounded.ts';
import type { Http, HttpSource } from './network/http.ts';
import type { Prompt } from './terminal/prompt.ts';
import type { Terminal } from './terminal/terminal.ts';
import type { Pace } from './text/pace.ts';

/**
 * How long an interrupted command waits for answers to what it has sent, in milliseconds.
 */
export const answerGrace = 2000;
export type Environment = Readonly<Record<string, string | undefined>>;

export interface HttpOptions {
  /** Time limit of the command's network waits together, in milliseconds. */
  readonly timeout: number;
  /** Path of a PEM bundle to trust in addition to the system's CAs, or null. */
  readonly caFile: string | null;
  /** Shows no spinner, for a terminal with an open prompt. */
  readonly silent?: boolean;
}

interface HttpSourceOptions {
  readonly caFile: string | null;
  readonly signal: AbortSignal;
}

/** Settings of the connection to APNs: host and identity. */
interface ApnsOptions extends HttpOptions {
  readonly origin: URL;
  /** Null if the command sends no push. */
  readonly identity: ApnsIdentity | TokenKey | null;
}

/**
 * The outside world of a command. Costly parts are functions. The file system is not
 * abstracted.
 */
export interface Context extends Outside {
  /** `--timeout` or its variable, in seconds; null: each wait has its own limit. */
  readonly timeout: number | null;
  /** Time limit of a silent named pipe, in milliseconds. */
  readonly pipeTimeout: number;
  /** Where the command goes, for the commands in hints. */
  readonly destination: Destination;
  /**
   * The variables that take the place of what the profile has. The reader of the settings
   * adds them.
   */
  readonly overrides: Override[];
  /**
   * Names of other variables with secrets, withheld from started programs. The reader of
   * such a variable adds its name.
   */
  readonly secretVariables: string[];
}

/**
 * A variable that takes the place of a setting of the profile, of its session, or of the
 * current profile.
 */
export interface Override {
  readonly key: SettingKey | 'session' | 'profile';
  readonly variable: string;
  /** Null: a secret. */
  readonly value: string | null;
  readonly kept: string;
  /** `MFA_CLI_TENANT names A, but the profile "acme" has B` */
  readonly words: string;
  /** The hint that leads back to the profile. */
  readonly way: string;
}

/** The outside world before the command line is parsed. */
export interface Outside {
  readonly terminal: Terminal;
  readonly prompt: Prompt;
  readonly env: Environment;
  /** Aborted by SIGINT, SIGTERM and SIGHUP; the reason is a CliError `interrupted`. */
  readonly signal: AbortSignal;
  now(): Date;
  /** Runs work on an untrusted file; ends it at the time limit or on a signal. */
  bounded<T>(bound: Bound, work: (pace: Pace) => Promise<T>): Promise<T>;
  http(options: HttpOptions): Promise<Http>;
  /** Connects to many tenants, each with its own time limit. */
  httpSource(options: HttpSourceOptions): Promise<HttpSource>;
  /** Connects at the first request. */
  apns(options: ApnsOptions): Promise<Apns>;
  /** Resolves to whether a program was started. */
  openBrowser(url: string): Promise<boolean>;
  /** @param timeout time limit of the keychain in seconds, or null */
  profiles(timeout?: number | null): Promise<ProfileStore>;
}
