import type { Environment } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { variable } from './variable.ts';

/** `--timeout` or `MFA_CLI_TIMEOUT` in seconds, or null. @throws {CliError} usage */
export function givenTimeout({ timeout }: { readonly timeout?: unknown }, env: Environment): number | null {
  const text = timeout ?? variable(env, 'MFA_CLI_TIMEOUT');
  if (typeof text !== 'string') return null;
  const seconds = Number(text);
  if (!/^\d+(\.\d+)?$/.test(text) || seconds <= 0 || seconds > 86_400) {
    throw new CliError('usage', `"${text}" is not a valid time-out: it takes seconds, up to 86400`, {
      facts: { option: '--timeout SECONDS', variable: 'MFA_CLI_TIMEOUT' },
    });
  }
  return seconds;
}
