import type { Environment } from '../context.ts';
import type { GlobalOptions } from './global-options.ts';
import { table } from './table.ts';
import { invalidValue, variable } from './values.ts';

/** `--timeout` or `MFA_CLI_TIMEOUT` in seconds, or null. @throws {CliError} usage */
export function resolveTimeout(
  { timeout }: Pick<GlobalOptions, 'timeout'>,
  env: Environment,
): number | null {
  const text = timeout ?? variable(env, table.timeout.variable);
  if (text === undefined) return null;
  const seconds = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && seconds > 0 && seconds <= 86_400) return seconds;
  const source =
    timeout === undefined ? { variable: table.timeout.variable } : { option: '--timeout' };
  throw invalidValue(text, source, 'a number of seconds above 0, up to 86400');
}
