import type { Context } from '../context.ts';
import { CliError, type ErrorCode } from '../errors.ts';
import type { Pace } from '../pace.ts';
import type { P12File } from '../pkcs12/model.ts';

/** Unless `--timeout` says otherwise: the limits on what a file holds allow some three seconds on two cores. */
const defaultSeconds = 10;

/**
 * Reads a file that a stranger may have made, within the time of `--timeout`.
 * @throws {CliError} of the code when the time is over; usage, interrupted, those of `read`
 */
export function readWithin<T>(
  { name, bytes }: P12File,
  code: ErrorCode,
  context: Context,
  read: (pace: Pace) => Promise<T>,
): Promise<T> {
  const seconds = context.timeout ?? defaultSeconds;
  const late = new CliError(code, `${name} takes longer than ${seconds} s to read`, {
    facts: { late: 'true' },
  });
  return context.bounded({ milliseconds: seconds * 1000, late, bytes: bytes.length }, read);
}
