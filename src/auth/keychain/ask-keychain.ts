import { CliError } from '../../errors/cli-error.ts';
import { endTree, launch } from '../../programs/launch.ts';

/** The system's keychain, as far as sessions need it. Every method throws {CliError} keychain-unavailable. */
export interface Keychain {
  /** Writes something of no value, reads it and removes it. */
  check(): Promise<void>;
  /** Null if there is no such item, or one that was not written to its end. @throws {CliError} interrupted, too */
  read(account: string): Promise<string | null>;
  /** Replaces what is there. Only where nothing refers to the account yet: a crash leaves neither the old text nor the new. */
  write(account: string, text: string): Promise<void>;
  remove(account: string): Promise<void>;
}

/** What the process that speaks with the keychain is asked. */
export type KeychainRequest =
  | { readonly do: 'check' }
  | { readonly do: 'read' | 'remove'; readonly account: string }
  | { readonly do: 'write'; readonly account: string; readonly text: string };

/** What it answers; `text` is that of a read. */
export type KeychainAnswer =
  | { readonly text: string | null }
  | { readonly failure: KeychainFailure; readonly words: string };

/** `package`: npm left the optional package out. `library`: the executable could not unpack its library, or not load it from there. */
export type KeychainFailure = 'package' | 'library' | 'locked' | 'none';

export interface AskOptions {
  /** The words that start this program as the one that answers. */
  readonly command: readonly [file: string, ...words: string[]];
  /** Seconds for one answer; a person may be asked for a password meanwhile. */
  readonly timeout: number;
  /** Ends the wait for what is read; what is written comes to its end. */
  readonly signal: AbortSignal;
  /** Shows a person that something is waited for, perhaps for them. */
  progress(text: string): { stop(): void };
}

/** The system's keychain, through a process for each request, which is killed where no answer comes in time. */
export function askKeychain(options: AskOptions): Keychain {
  const ask = async (request: KeychainRequest, signal: AbortSignal): Promise<string | null> => {
    const answer = await answerOf(request, options, signal);
    if ('failure' in answer) throw failed(answer);
    return answer.text;
  };
  const change = async (request: KeychainRequest, signal = uninterrupted) =>
    void (await ask(request, signal));
  return {
    check: () => change({ do: 'check' }, options.signal),
    read: (account) => ask({ do: 'read', account }, options.signal),
    write: (account, text) => change({ do: 'write', account, text }),
    remove: (account) => change({ do: 'remove', account }),
  };
}

/** Of what is written and removed: nothing is left half done. */
const uninterrupted = new AbortController().signal;
/** Milliseconds from the end of a process in which what it said last arrives. */
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
    // It would have another library loaded.
    withheld: ['NAPI_RS_NATIVE_LIBRARY_PATH'],
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
      rejectAfter(timeout * 1000, unavailable(`${none} within ${timeout} seconds`, 'silent'));
      child.once('message', (answer) => resolve(answer as KeychainAnswer));
      // That it cannot be started, or cannot be told.
      child.on('error', (cause) => reject(unavailable(none, 'none', cause)));
      // The end of a process may be told before its last message.
      child.once('exit', (code, killed) =>
        rejectAfter(lastMessage, unavailable(`${none} (${killed ?? code})`, 'none')),
      );
      // A process that could not be started may have no channel.
      child.send?.(request);
    });
  } finally {
    waiting.stop();
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    // Its end, which comes later, must not start the timer again.
    child.removeAllListeners('exit');
    // By now it has answered, or nobody waits for it any more.
    endTree(child);
    child.unref();
  }
}

const sentences: Readonly<Record<KeychainFailure, string>> = {
  package: 'The optional package that talks to the keychain is not installed',
  library: 'The library that talks to the keychain could not be loaded',
  locked: 'The keychain is locked',
  none: 'There is no keychain that can be used',
};

function failed({ failure, words }: { failure: KeychainFailure; words: string }): CliError {
  const told = failure === 'none' || failure === 'library' ? ` (${words.split('\n', 1)[0]})` : '';
  const isRuntime = failure === 'library' && process.platform === 'win32';
  return unavailable(`${sentences[failure]}${told}`, isRuntime ? 'runtime' : failure, words);
}

function unavailable(
  message: string,
  keychain: KeychainFailure | 'runtime' | 'silent',
  cause?: unknown,
): CliError {
  return new CliError('keychain-unavailable', message, { cause, facts: { keychain } });
}
