import type { ChildProcess } from 'node:child_process';
import type { Context } from '../context.ts';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { cutLineBreak, secretLimit } from '../files/read.ts';
import { Secret } from '../text/secret.ts';
import { type Command, endTree, launch } from './launch.ts';

interface ProgramRun {
  readonly command: Command;
  /** The text of its stdin; without it, stdin is empty. */
  readonly input?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /** Most bytes of stdout; a program that prints more is killed. Null: its stdout goes to stderr. */
  readonly limit: number | null;
  readonly milliseconds: number;
  /** The option of one argument: `--hook-arg`. */
  readonly argumentOption?: string;
}

export type LaunchingContext = Pick<Context, 'env' | 'signal'> & Partial<Pick<Context, 'secretVariables'>>;

export interface ProgramEnd {
  /** Null: it was killed, or never started. */
  readonly code: number | null;
  readonly stdout: Uint8Array;
  readonly started: boolean;
  /** The rest of a sentence, without a period; null: exit code 0. Contains neither the program's output nor its arguments. */
  readonly how: string | null;
}

/**
 * Runs a program to its end, without a shell. Its stderr is that of mfa-cli. It inherits neither variables of mfa-cli nor those that hold
 * secrets, nor the password of a proxy. When time is up, or on a signal, it is killed with every program that it started.
 * @throws {CliError} interrupted
 */
export async function runProgram(run: ProgramRun, context: LaunchingContext): Promise<ProgramEnd> {
  const { command, input, variables = {}, limit, milliseconds, argumentOption } = run;
  const { env, secretVariables: withheld = [], signal } = context;
  signal.throwIfAborted();
  const failed = (started: boolean, how: string): ProgramEnd => ({ code: null, stdout: none, started, how });
  // Without the cause: a trace would show the arguments.
  const refused = (error: unknown): ProgramEnd =>
    failed(false, `cannot be run: ${reasonOf(systemCode(error) ?? '', command[0], argumentOption)}`);
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
  // A program may end without reading its input.
  child.stdin?.on('error', () => {}).end(input);
  let late: 'running' | 'held' | null = null;
  const timer = setTimeout(() => {
    late = child.exitCode === null && child.signalCode === null ? 'running' : 'held';
    endTree(child);
  }, milliseconds);
  const onInterrupt = (): void => endTree(child);
  signal.addEventListener('abort', onInterrupt);
  try {
    const { bytes, code, killedBy } = await outputOf(child, limit);
    signal.throwIfAborted();
    const seconds = `${milliseconds / 1000} s`;
    if (late === 'held')
      return failed(true, `ended, but a program that it started still held its output after ${seconds}`);
    if (late !== null) return failed(true, `did not end within ${seconds}`);
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

/** Shows a program to its first blank: behind it, somebody may have written an argument that is a secret. */
function reasonOf(code: string, program: string, argumentOption: string | undefined): string {
  if (code !== 'ENOENT') return reasons[code] ?? 'the system refused to start it';
  const [first = '', ...others] = program.split(/\s/);
  const shown = others.length === 0 ? first : `${first} …`;
  const separately = others.length > 0 && argumentOption ? `; give each argument with ${argumentOption}` : '';
  return `the program "${shown}", or the interpreter that its first line names, does not exist${separately}`;
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  E2BIG: 'its arguments are too long',
  UNQUOTABLE: 'it is a .cmd or .bat file, which cannot be given %, " or a line break',
};

interface Output {
  /** Null: more than the limit. */
  readonly bytes: Uint8Array | null;
  readonly code: number | null;
  readonly killedBy: NodeJS.Signals | null;
}

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
 * Runs a program and returns its stdout without a final line break.
 * @param called the program's name in messages
 * @throws {CliError} file-unreadable: it cannot be run, fails, prints more than 64 KiB, or takes longer than `--timeout`;
 * interrupted
 */
export async function runForSecret(
  command: Command,
  called: string,
  context: LaunchingContext & Pick<Context, 'patience'>,
  argumentOption?: string,
): Promise<Secret> {
  const milliseconds = context.patience;
  const run = { command, limit: secretLimit, milliseconds, ...(argumentOption && { argumentOption }) };
  const { how, stdout } = await runProgram(run, context);
  if (how !== null) throw new CliError('file-unreadable', `${called} ${how}`);
  return new Secret(cutLineBreak(stdout), called);
}
