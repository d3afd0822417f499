import type { Context } from '../context.ts';
import { CliError, type ErrorCode } from '../errors/cli-error.ts';
import type { Pace } from '../text/pace.ts';

/** Unless `--timeout` says otherwise: the limits on what a file holds allow some three seconds on two cores. */
const defaultSeconds = 10;

/** What a stranger may have made, and how many bytes it has. */
interface Read {
  readonly name: string;
  readonly bytes: { readonly length: number };
}

/**
 * Reads what a stranger may have made, within the time of `--timeout`.
 * @throws {CliError} of the code when the time is over; usage, interrupted, those of `read`
 */
export function readWithin<T>(
  { name, bytes }: Read,
  code: ErrorCode,
  context: Context,
  read: (pace: Pace) => Promise<T>,
): Promise<T> {
  const seconds = context.timeout ?? defaultSeconds;
  const late = new CliError(code, `${name} takes longer than ${seconds} s to read`, {
    facts: { late: true },
  });
  return context.bounded({ milliseconds: seconds * 1000, late, bytes: bytes.length }, read);
}
