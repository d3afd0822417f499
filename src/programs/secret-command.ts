import type { ChildProcess } from 'node:child_process';
import type { Context } from '../context.ts';
import { CliError, systemCode } from '../errors/cli-error.ts';
import { cutLineBreak, secretLimit } from '../files/read.ts';
import { Secret } from '../text/secret.ts';
import { type Command, endTree, launch } from './launch.ts';

type LaunchingContext = Pick<Context, 'env' | 'secretVariables' | 'signal' | 'patience'>;

/** How a program ended: its exit code, or what it was killed by. */
type Ending = readonly [code: number | null, signal: NodeJS.Signals | null];

/**
 * What a program prints on stdout, without one line break at its end. It is run without a shell, reads nothing, says what it
 * has to say on stderr, and gets neither our variables nor the password of a proxy.
 * @param called what messages call it; they contain nothing that it printed, nor its arguments
 * @throws {CliError} file-unreadable: it cannot be run, fails, prints more than 64 KiB, or takes longer than `--timeout`;
 * interrupted
 */
export async function runForSecret(
  command: Command,
  called: string,
  { env, secretVariables: withheld = [], signal, patience }: LaunchingContext,
): Promise<Secret> {
  signal.throwIfAborted();
  const failed = (how: string): CliError => new CliError('file-unreadable', `${called} ${how}`);
  // The cause would put the arguments into a trace.
  const refused = (error: unknown): CliError =>
    failed(`cannot be run: ${reasons[systemCode(error) ?? ''] ?? 'the system refuses it'}`);
  let child: ChildProcess;
  try {
    child = launch(command, { env, withheld, stdio: ['ignore', 'pipe', 'inherit'] });
  } catch (error) {
    throw refused(error);
  }
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    endTree(child);
  }, patience);
  const onInterrupt = (): void => endTree(child);
  signal.addEventListener('abort', onInterrupt);
  try {
    const { bytes, ending } = await outputOf(child).catch((error: unknown) => Promise.reject(refused(error)));
    signal.throwIfAborted();
    if (late)
      throw failed(
        child.exitCode === 0
          ? `ended, but a program that it started still held its output after ${patience / 1000} s`
          : `did not end within ${patience / 1000} s`,
      );
    if (bytes === null) throw failed(`prints more than ${secretLimit / 1024} KiB`);
    const [code, killedBy] = ending;
    if (code !== 0)
      throw failed(killedBy === null ? `ended with exit code ${code}` : `was ended by ${killedBy}`);
    return new Secret(cutLineBreak(bytes), called);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onInterrupt);
  }
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such program',
  EACCES: 'permission denied',
  E2BIG: 'its arguments are too long',
  UNQUOTABLE: 'it is a .cmd or .bat file, which cannot be given %, " or a line break',
};

/** All of stdout, and how the program ended; null in place of more than a secret may have, and then it is killed. */
function outputOf(child: ChildProcess): Promise<{ bytes: Uint8Array | null; ending: Ending }> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    child.stdout?.on('data', (chunk: Uint8Array) => {
      length += chunk.length;
      if (length <= secretLimit) chunks.push(chunk);
      else endTree(child);
    });
    child.once('error', reject);
    child.once('close', (...ending: Ending) =>
      resolve({ bytes: length > secretLimit ? null : Buffer.concat(chunks), ending }),
    );
  });
}
