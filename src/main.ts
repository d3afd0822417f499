import { setMaxListeners } from 'node:events';
import type { Outside } from './context.ts';
import { CliError, systemCode, systemReason } from './errors/cli-error.ts';
import { type EndingSignal, endingSignals, signalCodes } from './errors/entry.ts';
import { takeEnvironment } from './programs/environment.ts';
import { readCommandLine } from './settings/command-line.ts';
import { defaults } from './settings/defaults.ts';
import type { Prompt } from './terminal/prompt.ts';
import type { Terminal } from './terminal/terminal.ts';
import { trustVariable } from './text/trust-variable.ts';
import { bunVersion, userAgent, version } from './text/version.ts';

/**
 * The word that starts this program as its own keychain process; it counts only with an
 * IPC channel.
 */
const keychainWord = 'keychain-process';
/** Time limit of the keychain in seconds; the user may have to type a password. */
const keychainTimeout = 60;
const { argv, stdout, stderr } = process;
const env = takeEnvironment(process.env, trustVariable);
const line = readCommandLine(argv.slice(2), env);
// NODE_DEBUG makes Node.js log what it reads and writes, including parts of passwords and
// tokens.
if (env.NODE_DEBUG)
  Object.defineProperty(process, 'stderr', {
    value: Object.create(stderr, { write: { value: () => true } }),
  });
/**
 * Milliseconds after a signal until the program dies of it. What an interrupted command
 * still does is bounded by its work, as far as the machine is busy; this is the last
 * resort.
 */
const lastResort = 60_000;
/**
 * The command that starts this program: Node.js and its script, or the single executable.
 */
const ownCommand: readonly [string, ...string[]] =
  bunVersion === null ? [process.execPath, argv[1] ?? ''] : [process.execPath];
const interrupt = new AbortController();
/** The first line of the result that is being written. */
let shownHeadline: () => Promise<string | null> = async () => null;
/** Whether a hook ends the run, even if nobody reads the report. */
let isHookAwaited = false;
/** The first signal that asked the program to end. */
let endedBy: EndingSignal | null = null;
// Every connection adds a listener, and a command may have one for each profile.
setMaxListeners(0, interrupt.signal);
stdout.on('error', endWithoutOutput);
// The command continues if stderr is closed.
stderr.on('error', () => {});
// SIGHUP: the terminal was closed. Windows ends the process some seconds later.
for (const signal of endingSignals) process.on(signal, () => endOnSignal(signal));
// Ctrl-Break
if (process.platform === 'win32') process.on('SIGBREAK', () => endOnSignal('SIGTERM'));
// People measure start-up time with --version, so it loads no parser.
if (line.isVersion) stdout.write(`${version}\n`);
else if (process.send !== undefined && line.words[0] === keychainWord) void answerForKeychain();
else void runCommand();

async function answerForKeychain(): Promise<void> {
  const { serveKeychain } = await import('./auth/keychain/serve.ts');
  serveKeychain(process as Required<NodeJS.Process>);
}

async function runCommand(): Promise<void> {
  const [{ run }, { createTerminal }, { createPrompt }] = await Promise.all([
    import('./run-command-line.ts'),
    import('./terminal/terminal.ts'),
    import('./terminal/prompt.ts'),
  ]);
  const streams = {
    // Read when it is used: a stream on it would begin to read.
    get stdin() {
      return process.stdin;
    },
    stdout,
    stderr,
  };
  const terminal = createTerminal(streams, env, line.flags);
  shownHeadline = terminal.headline;
  if (env.NODE_DEBUG)
    terminal.warn('mfa-cli ignores NODE_DEBUG because its output may contain passwords and tokens');
  process.once('beforeExit', endUnsettled);
  const context = createContext(terminal, createPrompt(terminal, interrupt.signal));
  process.exitCode = await run(line, context, () => {
    isHookAwaited = true;
  });
  process.removeListener('beforeExit', endUnsettled);
  if (interrupt.signal.aborted) endReported();
}

/**
 * Ends an interrupted program once its report is out, whatever is still open. From then
 * on a signal has its default effect.
 */
function endReported(): void {
  const end = (): void => {
    for (const signal of endingSignals) process.removeAllListeners(signal);
    if (endedBy !== null && isLookingUp()) dieOf(endedBy, signalCodes[endedBy]);
    process.exit();
  };
  stdout.write('', () => stderr.write('', end));
}

/**
 * `process.exit` would wait for a name that nobody answers. It waits as well for a key,
 * whose derivation is bounded.
 */
function isLookingUp(): boolean {
  return bunVersion === null && process.getActiveResourcesInfo().includes('GetAddrInfoReqWrap');
}

/**
 * The event loop is empty because the input of a prompt has ended (Ctrl-D). Exit code 1
 * if the command still waits, which is a bug.
 */
function endUnsettled(): void {
  process.exitCode = 1;
  interrupt.abort(new CliError('interrupted', 'Interrupted', { facts: { signal: 'SIGINT' } }));
}

function createContext(terminal: Terminal, prompt: Prompt): Outside {
  const networkFor = createNetwork(terminal);
  const noteHost = createHostNote(terminal);
  return {
    terminal,
    prompt,
    env,
    signal: interrupt.signal,
    now: () => new Date(),
    bounded: async (bound, work) => {
      const { bounded } = await import('./files/bounded.ts');
      return bounded(interrupt.signal, bound, work);
    },
    http: async ({ timeout, caFile, silent = false }) => {
      const { createHttp } = await import('./network/client.ts');
      const progress = silent ? () => ({ stop() {} }) : terminal.progress;
      return createHttp({ timeout, userAgent, progress, ...(await networkFor(caFile)) });
    },
    httpSource: async ({ caFile, signal }) => {
      const { createHttpSource } = await import('./network/client.ts');
      const { progress } = terminal;
      const network = await networkFor(caFile);
      // For a CA file that is a pipe.
      const timeout = defaults.networkSeconds * 1000;
      return createHttpSource({ ...network, timeout, userAgent, progress, signal });
    },
    apns: async ({ identity, origin, timeout, caFile }) => {
      const { openApns } = await import('./apple/client.ts');
      return openApns(identity, {
        origin,
        timeout,
        now: () => new Date(),
        ...(await networkFor(caFile)),
      });
    },
    openBrowser: async (url) => (await import('./programs/browser.ts')).openBrowser(url, env),
    profiles: async (timeout = null) => {
      const { configurationDirectory, openProfileStore } = await import('./auth/profile-store.ts');
      const directory = await configurationDirectory(env);
      await noteHost(directory);
      return openProfileStore({
        directory,
        warn: terminal.warn,
        now: () => new Date(),
        keychain: async () => {
          const { askKeychain } = await import('./auth/keychain/ask-keychain.ts');
          return askKeychain({
            command: [...ownCommand, keychainWord],
            timeout: timeout ?? keychainTimeout,
            signal: interrupt.signal,
            progress: terminal.progress,
          });
        },
        signal: interrupt.signal,
      });
    },
  };
}

/**
 * Says once that root keeps its files in the folder of another user, as in the containers
 * of a CI.
 */
function createHostNote({ note }: Terminal) {
  let isNoted = false;
  return async (directory: string): Promise<void> => {
    if (isNoted) return;
    isNoted = true;
    const { hostOf } = await import('./files/others.ts');
    const host = hostOf(directory);
    if (host !== null)
      note(
        `mfa-cli runs as root and keeps its files in ${directory}, in a folder of user ${host}.`,
      );
  };
}

/** Builds the network settings of this process. Warns once about an ignored variable. */
function createNetwork({ trace, warn }: Terminal) {
  let warned = false;
  return async (caFile: string | null) => {
    const [{ proxiesOf }, { ownerRulesOf }] = await Promise.all([
      import('./network/proxy.ts'),
      import('./settings/owner-rules.ts'),
    ]);
    if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0' && !warned)
      warn(
        'mfa-cli ignores NODE_TLS_REJECT_UNAUTHORIZED=0. Give the CA of the server with --ca-file PEM',
      );
    warned = true;
    return {
      proxies: proxiesOf(env),
      owners: ownerRulesOf(env),
      trust: {
        caFile,
        nodeExtraCaCerts: env.NODE_EXTRA_CA_CERTS || null,
        sslCertFile: env.SSL_CERT_FILE || null,
        sslCertDir: env.SSL_CERT_DIR || null,
      },
      signal: interrupt.signal,
      trace,
    };
  };
}

/**
 * A reader that leaves early (`| head -1`) is no failure, and a hook is still called. A
 * full disk is a failure, which does not undo what the command has done.
 */
async function endWithoutOutput(cause: Error): Promise<void> {
  if (systemCode(cause) === 'EPIPE') {
    if (!isHookAwaited) process.exit();
    return;
  }
  const reason = systemReason(cause) ?? systemCode(cause);
  const error = new CliError('file-unwritable', `Cannot write to standard output: ${reason}`, {
    cause,
  });
  const headline = await shownHeadline();
  const hint = headline === null ? '' : `mfa-cli: hint: The result was: ${headline}\n`;
  stderr.write(`mfa-cli: error: ${error.message}\n${hint}`, () => process.exit(error.exitCode));
}

/** The first signal asks the command to end; the second kills the process. */
function endOnSignal(signal: EndingSignal): void {
  const exitCode = signalCodes[signal];
  if (interrupt.signal.aborted) dieOf(signal, exitCode);
  process.exitCode = exitCode;
  endedBy = signal;
  // The terminal has echoed `^C`, unless the program reads the keys itself.
  if (signal === 'SIGINT' && stderr.isTTY && stdinIsTerminal() && !process.stdin.isRaw)
    stderr.write('\n');
  interrupt.abort(new CliError('interrupted', 'Interrupted', { facts: { signal } }));
  setTimeout(() => dieOf(signal, exitCode), lastResort).unref();
}

/**
 * Asked of the descriptor, since a stream would begin to read; loaded here, since few
 * runs end so.
 */
function stdinIsTerminal(): boolean {
  return process.getBuiltinModule('node:tty').isatty(0);
}

/**
 * Ends the process like an unhandled signal. `process.exit` would wait for threads that
 * derive a key.
 */
function dieOf(signal: EndingSignal, exitCode: number): void {
  // On Windows, a signal to itself ends the process with another code.
  if (process.platform === 'win32') process.exit(exitCode);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}
