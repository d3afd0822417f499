import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { cutLineBreak, secretLimit } from '../files/read.ts';
import { Secret } from '../text/secret.ts';
import type { Command } from './launch.ts';
import { type LaunchingContext, runProgram } from './run-program.ts';

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
