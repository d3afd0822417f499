import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable, Writable } from 'node:stream';
import { openApns } from '../../src/apple/client.ts';
import { openProfileStore } from '../../src/auth/profile-store.ts';
import type { Outside } from '../../src/context.ts';
import type { ErrorCode } from '../../src/errors/cli-error.ts';
import { bounded } from '../../src/files/bounded.ts';
import { createHttp, createHttpSource } from '../../src/network/client.ts';
import type { Http, Pause } from '../../src/network/http.ts';
import { proxiesOf } from '../../src/network/proxy.ts';
import { run } from '../../src/run-command-line.ts';
import { readCommandLine } from '../../src/settings/command-line.ts';
import { ownerRulesOf } from '../../src/settings/owner-rules.ts';
import type { Question } from '../../src/terminal/ask.ts';
import { createPrompt, type InputQuestion, type Prompt } from '../../src/terminal/prompt.ts';
import { createTerminal } from '../../src/terminal/terminal.ts';
import { Secret } from '../../src/text/secret.ts';
import { withDiscoveryAt } from './discovery.ts';
import { expectDocument, expectOut, readOut } from './documents.ts';
import { type MemoryKeychain, memoryKeychain } from './keychain.ts';
import { patience } from './patience.ts';
import { faultsOfPrinted, textIn } from './printed-commands.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** The time of the tests, at which the fixtures are valid. */
export const testNow = new Date('2026-11-24T16:00:00Z');

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string | Uint8Array;
  /** Answers in the order of the questions; without answers there is no terminal. */
  readonly answers?: readonly (string | boolean)[];
  /** Plays the browser; by default there is none. */
  readonly browser?: (url: string) => Promise<void>;
  readonly now?: Date | (() => Date);
  /** Whether stdout passes for a terminal. */
  readonly terminalOutput?: boolean;
  readonly signal?: AbortSignal;
  /** Replaces the pauses between attempts; by default the test waits. */
  readonly aside?: Pause;
  /** Plays the vendor's discovery service, which by default does not answer. */
  readonly discovery?: string;
  /** Its work on a file takes too long. */
  readonly late?: ErrorCode;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The messages of all questions. */
  readonly questions: readonly string[];
  /** The time limit for the tenant, in milliseconds, of each client that was opened. */
  readonly timeouts: readonly number[];
  /** The time limit for the keychain, in seconds, of each store that was opened; null: the usual one. */
  readonly keychainTimeouts: readonly (number | null)[];
}

/** A machine with its own configuration directory that runs whole command lines. */
export function createMachine(directory = join(temporaryDirectory(), 'mfa-cli')): {
  readonly directory: string;
  readonly keychain: MemoryKeychain;
  run(argv: readonly string[], options?: RunOptions): Promise<RunResult>;
} {
  const keychain = memoryKeychain();
  return {
    directory,
    keychain,
    run: (argv, options = {}) => runWhole(argv, directory, keychain, options),
  };
}

/** Servers tell the real time, which a token's lifetime is compared with: here it is the machine's. */
function withTokensDated(now: () => Date, http: Http): Http {
  return {
    async send(request) {
      const answer = await http.send(request);
      if (!new URL(request.url).pathname.startsWith('/OAuth2/')) return answer;
      return { ...answer, headers: { ...answer.headers, date: now().toUTCString() } };
    },
  };
}

async function runWhole(
  argv: readonly string[],
  directory: string,
  keychain: MemoryKeychain,
  options: RunOptions,
): Promise<RunResult> {
  const interactive = options.answers !== undefined;
  // Commands in a terminal and doctor ask APNs if they can reach it: tests must not reach Apple's.
  const given = options.env ?? {};
  const env =
    interactive || argv.includes('doctor') ? { MFA_CLI_APNS_HOST: '127.0.0.1:9', ...given } : given;
  const [stdout, stderr] = [new Capture(options.terminalOutput), new Capture(interactive)];
  const stdin = Object.assign(
    Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    { isTTY: interactive },
  );
  const line = readCommandLine(argv, env);
  const terminal = createTerminal({ stdin, stdout, stderr }, env, line.flags);
  const signal = options.signal ?? new AbortController().signal;
  const { prompt, questions, hidden, unasked, unanswered } = scriptedPrompt(options.answers ?? []);
  const timeouts: number[] = [];
  const keychainTimeouts: (number | null)[] = [];
  const now = (): Date =>
    typeof options.now === 'function' ? options.now() : (options.now ?? testNow);
  const networkFor = (caFile: string | null) => ({
    proxies: proxiesOf(env),
    owners: ownerRulesOf(env),
    trust: { caFile, nodeExtraCaCerts: null, sslCertFile: null, sslCertDir: null },
    signal,
    trace: terminal.trace,
  });
  const context: Outside = {
    terminal,
    prompt: interactive ? prompt : createPrompt(terminal, signal),
    env,
    signal,
    now,
    bounded: (bound, work) =>
      options.late === bound.late.code ? Promise.reject(bound.late) : bounded(signal, bound, work),
    http: async ({ timeout, caFile }) => {
      timeouts.push(timeout);
      return withDiscoveryAt(
        options.discovery ?? 'http://127.0.0.1:9',
        withTokensDated(
          now,
          createHttp({
            timeout,
            userAgent: 'mfa-cli/test',
            progress: terminal.progress,
            ...(options.aside === undefined ? {} : { pause: options.aside }),
            ...networkFor(caFile),
          }),
        ),
      );
    },
    httpSource: async ({ caFile, signal: ending }) =>
      createHttpSource({
        ...networkFor(caFile),
        timeout: 30_000 * patience,
        userAgent: 'mfa-cli/test',
        progress: terminal.progress,
        signal: ending,
      }),
    apns: async ({ identity, origin, timeout, caFile }) =>
      openApns(identity, { origin, timeout: timeout * patience, now, ...networkFor(caFile) }),
    openBrowser: async (url) => {
      if (options.browser === undefined) return false;
      await options.browser(url);
      return true;
    },
    profiles: async (timeout = null) => {
      keychainTimeouts.push(timeout);
      return openProfileStore({
        ...{ directory, warn: terminal.warn, now, keychain: keychain.open, signal },
      });
    },
  };
  const out = readOut(argv);
  const exitCode = await run(line, context);
  await expectDocument(argv, stdout.text());
  await expectOut(argv, out);
  await expectPrinted(stdout.text(), stderr.text());
  expectNoSecret(
    [
      ...secretsIn(env),
      ...hidden,
      ...storedTokens(directory),
      ...[...keychain.held.values()].flatMap(tokensIn),
    ],
    stdout,
    stderr,
  );
  if (unasked() > 0) throw new Error(`${unasked()} answers were not asked for`);
  const [question] = unanswered;
  if (question !== undefined) throw new Error(`a question has no answer: ${question}`);
  const streams = { stdout: stdout.text(), stderr: stderr.text() };
  return { exitCode, ...streams, questions, timeouts, keychainTimeouts };
}

/** Checked for every command line of every test: what is printed to be typed can be typed. */
async function expectPrinted(stdout: string, stderr: string): Promise<void> {
  const faults = await faultsOfPrinted(`${textIn(stdout)}\n${stderr}`);
  if (faults.length > 0) throw new Error(`a printed command does not parse: ${faults.join('; ')}`);
}

/** Secrets of the environment. */
function secretsIn(env: Readonly<Record<string, string>>): string[] {
  const variables = [
    'MFA_CLI_P12_PASSWORD',
    'MFA_CLI_KEY_PASSWORD',
    'MFA_CLI_CLIENT_SECRET',
    'MFA_CLI_TOKEN',
    'MFA_CLI_P12_BASE64',
  ];
  return variables.map((name) => env[name] ?? '');
}

function storedTokens(directory: string): string[] {
  try {
    const text = readFileSync(join(directory, 'config.json'), 'utf8');
    return tokensIn(text);
  } catch {
    return [];
  }
}

function tokensIn(text: string): string[] {
  return [...text.matchAll(/"(?:accessToken|refreshToken)":\s*"([^"]+)"/g)].map(
    ([, token = '']) => token,
  );
}

/** Checked for every command line of every test. The word "secret" itself is the password of many fixtures. */
function expectNoSecret(secrets: readonly string[], ...streams: readonly Capture[]): void {
  for (const secret of secrets.filter((text) => text.length >= 5 && text !== 'secret')) {
    for (const stream of streams) {
      if (stream.text().includes(secret))
        throw new Error(`a stream shows a secret: ${stream.text()}`);
    }
  }
}

/** A stream that keeps what is written, and may pass for a terminal. */
class Capture extends Writable {
  readonly isTTY: boolean;
  readonly #chunks: Buffer[] = [];

  constructor(isTTY = false) {
    super();
    this.isTTY = isTTY;
  }

  /** The members of a terminal that a spinner uses. */
  cursorTo(): boolean {
    return true;
  }

  clearLine(): boolean {
    return true;
  }

  moveCursor(): boolean {
    return true;
  }

  override _write(chunk: Buffer | string, _encoding: BufferEncoding, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }

  text(): string {
    return Buffer.concat(this.#chunks).toString('utf8');
  }
}

/** Answers from a list, strictly: an unexpected question fails, and so does an unused answer. */
function scriptedPrompt(answers: readonly (string | boolean)[]): {
  prompt: Prompt;
  questions: string[];
  /** The answers that no stream may show. */
  hidden: string[];
  unasked(): number;
  /** The questions beyond the answers. */
  unanswered: readonly string[];
} {
  const left = [...answers];
  const questions: string[] = [];
  const hidden: string[] = [];
  const unanswered: string[] = [];
  const next = ({ message }: Question): string | boolean => {
    questions.push(message);
    const answer = left.shift();
    if (answer === undefined) {
      unanswered.push(message);
      throw new Error(`a question has no answer: ${message}`);
    }
    return answer;
  };
  const text = async (question: Question): Promise<string> => String(next(question));
  const valid = async (question: InputQuestion): Promise<string> => {
    const answer = await text(question);
    const verdict = question.validate?.(answer) ?? true;
    if (verdict === true) return answer;
    questions.push(verdict);
    return valid(question);
  };
  const prompt: Prompt = {
    password: async (question) => {
      const answer = String(next(question));
      hidden.push(answer);
      return new Secret(answer);
    },
    confirm: async (question) => {
      requireCaution(question);
      return isYes(next(question));
    },
    input: (question: InputQuestion) =>
      question.signal === undefined
        ? valid(question)
        : new Promise((_resolve, reject) => whenAborted(question.signal, reject)),
    select: text,
  };
  return { prompt, questions, hidden, unasked: () => left.length, unanswered };
}

/** A question that competes with something else, as the pasted address does with the browser, stays unanswered. */
function whenAborted(signal: AbortSignal | undefined, reject: (reason: unknown) => void): void {
  signal?.addEventListener('abort', () => reject(signal.reason), { once: true });
}

/** Return alone agrees to nothing but a sign-in, which the browser asks about again. */
function requireCaution({ message, initial = false }: Parameters<Prompt['confirm']>[0]): void {
  if (initial && !/\bSign in\b.*\?$/.test(message))
    throw new Error(`Return alone agrees to: ${message}`);
}

/** A story says yes in words. */
const isYes = (answer: string | boolean): boolean => answer === true || answer === 'yes';
