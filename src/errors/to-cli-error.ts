import { isAbsolute } from 'node:path';
import { CliError, hasCode, orNull, restated, systemCode } from './cli-error.ts';

/**
 * Any error as the one that a user reads.
 * @param trace gets the stack of an error that nobody expected
 */
export function toCliError(
  error: unknown,
  { reason }: AbortSignal,
  trace: (text: string) => void,
): CliError {
  if (isOfLostDirectory(error))
    return new CliError('file-not-found', 'The working directory no longer exists', {
      cause: error,
    });
  if (error instanceof CliError) {
    if (error.code !== 'interrupted' || !hasCode(reason, 'interrupted')) return error;
    // Only the signal's reason names the signal.
    return restated(error, { facts: reason.facts });
  }
  if (reason instanceof CliError) return reason;
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error) trace(error.stack ?? message);
  return new CliError('internal-error', message, { cause: error });
}

/** Whether a relative path failed only because the working directory no longer exists. */
function isOfLostDirectory(error: unknown): boolean {
  const { cause } = error instanceof CliError ? error : { cause: error };
  if (systemCode(cause) !== 'ENOENT') return false;
  const { path, syscall } = cause as NodeJS.ErrnoException;
  if (syscall === 'uv_cwd') return true;
  return path !== undefined && !isAbsolute(path) && orNull(() => process.cwd()) === null;
}
