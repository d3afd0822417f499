import { CliError } from '../../errors/cli-error.ts';
import { endTree, launch } from '../../programs/launch.ts';
import { count } from '../../text/phrasing.ts';
import { trustVariable } from '../../text/trust-variable.ts';
import type { Wait } from '../../text/waiting.ts';

/** A request to the keychain process. */
export type KeychainRequest =
  | { readonly do: 'check' }
  | { readonly do: 'read' | 'remove'; readonly account: string }
  | { readonly do: 'write'; readonly account: string; readonly text: string };

/** Its answer; `text` is that of a read. */
export type KeychainAnswer =
  | { readonly text: string | null }
  | { readonly failure: KeychainFailure; readonly words: string };

/**
 * `package`: npm did not install the optional package. `foreign`: another user may change
 * it. `library`: the executable could not unpack or load its library.
 */
export type KeychainFailure = 'package' | 'foreign' | 'library' | 'locked' | 'none';

export interface AskOptions {
  /** The command line that starts the keychain process. */
  readonly command: readonly [file: string, ...words: string[]];
  /** Seconds for one answer; the keychain may ask a person for a password. */
  readonly timeout: number;
  /** Interrupts reads; writes always finish. */
  readonly signal: AbortSignal;
  /** Shows a person that the program waits for the keychain. */
  progress(wait: Wait): { stop(): void };
}

/** The system's keychain. Every method throws {CliError} keychain-unavailable. */
export interface Keychain {
  /** Writes, reads and removes a test item. */
  check(): Promise<void>;
  /** Null: no such item, or an incomplete one. @throws {CliError} interrupted */
  read(account: string): Promise<string | null>;
  /**
   * Replaces an item. Use it only before anything refers to the account: a crash can
   * lose both texts.
   */
  write(account: string, text: string): Promise<void>;
  remove(account: string): Promise<void>;
}

/**
 * The keychain for sessions, through one process for each request, which is killed at
 * the timeout.
 */
export function askKeychain(options: AskOptions): Keychain {
  const ask = async (request: KeychainRequest, signal: AbortSignal): Promise<string | null> => {
    const answer = await answerOf(request, options, signal);
    if ('failure' in answer) throw failed(answer);
    return answer.text;
  };
  const change = async (request: KeychainRequest, signal = uninterrupted): Promise<void> => {
    await ask(request, signal);
  };
  return {
    check: () => change({ do: 'check' }, options.signal),
    read: (account) => ask({ do: 'read', account }, options.signal),
    write: (account, text) => change({ do: 'write', account, text }),
    remove: (account) => change({ do: 'remove', account }),
  };
}

/** Writes and removals cannot be interrupted halfway. */
const uninterrupted = new AbortController().signal;
/** Milliseconds after the end of a process in which its last message arrives. */
const lastMessage = 500;

/** @throws {CliError} keychain-unavailable: no answer; interrupted */
async function answerOf(
  request: KeychainRequest,
  { command, timeout, progress }: AskOptions,
  signal: AbortSignal,
): Promise<KeychainAnswer> {
  signal.throwIfAborted();
  const child = launch(command, {
    env: process.env,
    // It would load another library.
    withheld: ['NAPI_RS_NATIVE_LIBRARY_PATH'],
    variables: trustVariables(),
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    apart: true,
  });
  const waiting = progress('Waiting for the keychain');
  let timer: NodeJS.Timeout | undefined;
  let onAbort = (): void => {};
  try {
    return await new Promise<KeychainAnswer>((resolve, reject) => {
      onAbort = () => reject(signal.reason);
      signal.addEventListener('abort', onAbort);
      const rejectAfter = (milliseconds: number, error: CliError): void => {
        clearTimeout(timer);
        timer = setTimeout(() => reject(error), milliseconds);
      };
      const none = 'The keychain gave no answer';
      rejectAfter(
        timeout * 1000,
        unavailable(`${none} within ${count(timeout, 'second')}`, 'silent'),
      );
      child.once('message', (answer) => resolve(answer as KeychainAnswer));
      // The process cannot be started or reached.
      child.on('error', (cause) => reject(unavailable(none, 'none', cause)));
      // The end of a process may be reported before its last message.
      child.once('exit', (code, killed) =>
        rejectAfter(lastMessage, unavailable(`${none} (${killed ?? code})`, 'none')),
      );
      // A process that did not start may have no channel.
      child.send?.(request);
    });
  } finally {
    waiting.stop();
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    // The later end of the process must not restart the timer.
    child.removeAllListeners('exit');
    // It has answered, or the wait is over.
    endTree(child);
    child.unref();
  }
}

/** The process looks at the places of its code as this one looks at files. */
function trustVariables(): Readonly<Record<string, string>> {
  const given = process.env[trustVariable];
  return given === undefined ? {} : { [trustVariable]: given };
}

const sentences: Readonly<Record<KeychainFailure, string>> = {
  package: 'The optional package that talks to the keychain is not installed',
  foreign: 'The optional package that talks to the keychain is not loaded',
  library: 'The library that talks to the keychain could not be loaded',
  locked: 'The keychain is locked',
  none: 'No usable keychain was found',
};

function failed({ failure, words }: { failure: KeychainFailure; words: string }): CliError {
  const isExplained = ['none', 'library', 'foreign'].includes(failure);
  const reason = isExplained ? ` (${words.split('\n', 1)[0]})` : '';
  const isRuntime = failure === 'library' && process.platform === 'win32';
  return unavailable(`${sentences[failure]}${reason}`, isRuntime ? 'runtime' : failure, words);
}

function unavailable(
  message: string,
  keychain: KeychainFailure | 'runtime' | 'silent',
  cause?: unknown,
): CliError {
  return new CliError('keychain-unavailable', message, { cause, facts: { keychain } });
}
