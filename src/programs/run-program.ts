import type { ChildProcess } from 'node:child_process';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { cutLineBreak, secretLimit } from '../files/read.ts';
import { Secret } from '../text/secret.ts';
import type { Variables } from './environment.ts';
import { type Command, endTree, isStartable, launch } from './launch.ts';

interface ProgramRun {
  readonly command: Command;
  /** The text of its stdin; without it, stdin is empty. */
  readonly input?: string;
  readonly variables?: Readonly<Record<string, string>>;
  /**
   * Most bytes of stdout; a program that prints more is killed. Null: its stdout goes to
   * stderr.
   */
  readonly limit: number | null;
  readonly milliseconds: number;
}

export interface ProgramContext {
  readonly env: Variables;
  readonly signal: AbortSignal;
  /** Names of other variables with secrets, which the program does not get. */
  readonly secretVariables?: readonly string[];
}

export interface ProgramEnd {
  /** Null: it was killed, or never started. */
  readonly code: number | null;
  readonly stdout: Uint8Array;
  readonly started: boolean;
  /**
   * The rest of a sentence, without a period; null: exit code 0. Contains neither the
   * program's output nor its arguments.
   */
  readonly how: string | null;
}

/**
 * Runs a program to its end, without a shell. Its stderr is that of mfa-cli. It inherits
 * neither variables of mfa-cli nor those that hold secrets, nor the password of a proxy.
 * When time is up, or on a signal, it is killed with every program that it started.
 * @throws {CliError} interrupted
 */
export async function runProgram(run: ProgramRun, context: ProgramContext): Promise<ProgramEnd> {
  const { command, input, variables = {}, limit, milliseconds } = run;
  const { env, secretVariables: withheld = [], signal } = context;
  signal.throwIfAborted();
  const failed = (started: boolean, how: string): ProgramEnd => ({
    code: null,
    stdout: none,
    started,
    how,
  });
  // Without the cause: a trace would show the arguments.
  const refused = (error: unknown): ProgramEnd =>
    failed(false, `cannot be run: ${reasonOf(systemCode(error) ?? '', command[0])}`);
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
      return failed(
        true,
        `ended, but a program that it started still held its output after ${seconds}`,
      );
    if (late !== null) return failed(true, `did not end within ${seconds}`);
    if (bytes === null) return failed(true, `prints more than ${(limit ?? 0) / 1024} KiB`);
    if (code === null) return failed(true, `was killed by ${killedBy}`);
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

function reasonOf(code: string, program: string): string {
  if (code !== 'ENOENT') return reasons[code] ?? 'the system refused to start it';
  return `the program "${shown(program)}", or the interpreter that its first line names, does not exist`;
}

/**
 * A program to its first blank: behind it, somebody may have written an argument that is
 * a secret.
 */
function shown(program: string): string {
  return program.replace(/\s.*/s, ' …');
}

/** A program that an option names. */
export interface NamedProgram {
  readonly program: string;
  /** `--hook` */
  readonly option: string;
  /** The option of its arguments: `--hook-arg`. */
  readonly argument: string;
}

/** Requires programs that can be started. @throws {CliError} usage */
export function requirePrograms(programs: readonly NamedProgram[], env: Variables): void {
  for (const { program, option, argument } of programs) {
    if (isStartable(program, env)) continue;
    const fix = /\s/.test(program) ? { fix: `Give each argument with ${argument}.` } : {};
    const message =
      `${option} must be an executable file or the name of a program in PATH, ` +
      `not "${shown(program)}"`;
    throw new CliError('usage', message, { facts: fix });
  }
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  E2BIG: 'its arguments are too long',
  UNQUOTABLE: 'it is a .cmd or .bat file, whose arguments cannot contain %, " or a line break',
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
 * @throws {CliError} file-unreadable: it cannot be run, fails, prints more than 64 KiB,
 *   or takes longer than `--timeout`; interrupted
 */
export async function runForSecret(
  command: Command,
  called: string,
  context: ProgramContext & { readonly pipeTimeout: number },
): Promise<Secret> {
  const run = { command, limit: secretLimit, milliseconds: context.pipeTimeout };
  const { how, stdout } = await runProgram(run, context);
  if (how !== null) throw new CliError('file-unreadable', `${called} ${how}`);
  return new Secret(cutLineBreak(stdout), called);
}
