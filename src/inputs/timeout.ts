import type { Environment } from '../context.ts';
import { CliError } from '../errors.ts';

/** `--timeout` or `MFA_CLI_TIMEOUT` in seconds. @throws {CliError} usage */
export function resolveTimeout(
  { timeout }: { readonly timeout?: unknown },
  env: Environment,
  defaultSeconds: number,
): number {
  const text = timeout ?? (env.MFA_CLI_TIMEOUT === '' ? undefined : env.MFA_CLI_TIMEOUT);
  if (typeof text !== 'string') return defaultSeconds;
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds <= 0 || seconds > 86_400) {
    throw new CliError('usage', `"${text}" is not a valid time-out: it takes seconds, up to 86400`, {
      facts: { option: '--timeout SECONDS', variable: 'MFA_CLI_TIMEOUT' },
    });
  }
  return seconds;
}
