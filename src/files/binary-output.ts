import type { Context } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';

/** Call before making anything that goes to stdout as is: nobody can read it there. @throws {CliError} usage */
export function refuseBinaryOnTerminal({ terminal: { streams, flags } }: Pick<Context, 'terminal'>): void {
  if (streams.stdout.isTTY !== true || flags.json) return;
  throw new CliError('usage', 'A .p12 is binary and would garble the terminal', {
    facts: { option: '--out FILE' },
  });
}
