import type { ChildProcess } from 'node:child_process';
import type { Context } from '../context.ts';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { cutLineBreak, secretLimit } from '../files/read.ts';
import { Secret } from '../text/secret.ts';
import { type Command, endTree, launch } from './launch.ts';

interface ProgramRun {
  readonly command: Command;
  /** What it reads on stdin; without it, nothing. */
  readonly input?: string;
  /** Variables of ours that it gets beside what it inherits. */
  readonly variables?: Readonly<Record<string, string>>;
  /** Bytes of stdout that are kept; one that prints more is ended. Null: its stdout is our stderr. */
  readonly limit: number | null;
  readonly milliseconds: number;
}

export type LaunchingContext = Pick<Context, 'env' | 'signal'> & Partial<Pick<Context, 'secretVariables'>>;

/** How a program ended. */
export interface ProgramEnd {
  /** Null: it did not end by itself. */
  readonly code: number | null;
  readonly stdout: Uint8Array;
  /** Whether it ran at all. */
  readonly started: boolean;
  /** The rest of a sentence, without a period; null: with exit code 0. It has nothing that it printed, nor its arguments. */
  readonly how: string | null;
}

/**
 * Runs a program to its end, without a shell. It says what it has to say on stderr, and gets neither our own variables nor
 * those that secrets are taken from, nor the password of a proxy. It ends with all that it has started when time is up, and
 * on a signal. @throws {CliError} interrupted
 */
export async function runProgram(run: ProgramRun, context: LaunchingContext): Promise<ProgramEnd> {
  const { command, input, variables = {}, limit, milliseconds } = run;
  const { env, secretVariables: withheld = [], signal } = context;
  signal.throwIfAborted();
  const failed = (started: boolean, how: string): ProgramEnd => ({ code: null, stdout: none, started, how });
  // The cause would put the arguments into a trace.
  const refused = (error: unknown): ProgramEnd =>
    failed(false, `cannot be run: ${reasons[systemCode(error) ?? ''] ?? 'the system refuses it'}`);
  let child: ChildProcess;
  try {
    const stdin = input === undefined ? 'ignore' : 'pipe';
    child = launch(command, {
      env,
      withheld,
      variables,
      stdio: [stdin, limit === null ? 2 : 'pipe', 'inherit'],
    });
  } catch (error) {
    return refused(error);
  }
  // It need not read all of it.
  child.stdin?.on('error', () => {}).end(input);
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endTree(child);
  }, milliseconds);
  const onInterrupt = (): void => endTree(child);
  signal.addEventListener('abort', onInterrupt);
  try {
    const { bytes, code, killedBy } = await outputOf(child, limit);
    signal.throwIfAborted();
    const seconds = `${milliseconds / 1000} s`;
    if (late && child.exitCode === 0)
      return failed(true, `ended, but a program that it started still held its output after ${seconds}`);
    if (late) return failed(true, `did not end within ${seconds}`);
    if (bytes === null) return failed(true, `prints more than ${(limit ?? 0) / 1024} KiB`);
    if (code === null) return failed(true, `was ended by ${killedBy}`);
    const how = code === 0 ? null : `ended with exit code ${code}`;
    return { code, stdout: bytes, started: true, how };
  } catch (error) {
    signal.throwIfAborted();
    return refused(error);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onInterrupt);
    child.stdin?.destroy();
  }
}

const none = new Uint8Array();

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'permission denied',
  E2BIG: 'its arguments are too long',
  UNQUOTABLE: 'it is a .cmd or .bat file, which cannot be given %, " or a line break',
};

interface Output {
  /** Null in place of more than is kept. */
  readonly bytes: Uint8Array | null;
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
}

/** Where stdout is not kept, the end of the program is the end, whatever goes on in its background. */
function outputOf(child: ChildProcess, limit: number | null): Promise<Output> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const most = limit ?? 0;
    child.stdout?.on('data', (chunk: Uint8Array) => {
      length += chunk.length;
      if (length <= most) chunks.push(chunk);
      else endTree(child);
    });
    child.once('error', reject);
    child.once(limit === null ? 'exit' : 'close', (code, killedBy) =>
      resolve({ bytes: length > most ? null : Buffer.concat(chunks), code, killedBy }),
    );
  });
}

/**
 * What a program prints on stdout, without one line break at its end.
 * @param called what messages call it
 * @throws {CliError} file-unreadable: it cannot be run, fails, prints more than 64 KiB, or takes longer than `--timeout`;
 * interrupted
 */
export async function runForSecret(
  command: Command,
  called: string,
  context: LaunchingContext & Pick<Context, 'patience'>,
): Promise<Secret> {
  const run = { command, limit: secretLimit, milliseconds: context.patience };
  const { how, stdout } = await runProgram(run, context);
  if (how !== null) throw new CliError('file-unreadable', `${called} ${how}`);
  return new Secret(cutLineBreak(stdout), called);
}
