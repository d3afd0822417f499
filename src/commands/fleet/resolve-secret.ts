import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { readSecret } from '../../files/read.ts';
import { runForSecret } from '../../programs/secret-command.ts';
import { Secret } from '../../text/secret.ts';
import type { SecretSource } from './file/fleet.ts';

interface SecretNeeds {
  /** A password may be empty; a token or a client secret that is comes from a store that did not fill it. */
  readonly mayBeEmpty?: boolean;
}

/**
 * The secret of a fleet file, from the variable, the file or the program that it names. Resolve it where it is used, and
 * keep it no longer.
 * @param what messages call it: `the client secret of tenant "acme"`
 * @throws {CliError} usage (an unset variable, or an empty one), file-unreadable (a program that fails), those of reading a file,
 * interrupted; none contains what was read
 */
export async function resolveSecret(
  source: SecretSource,
  what: string,
  context: Context,
  { mayBeEmpty = false }: SecretNeeds = {},
): Promise<Secret> {
  const secret = await secretFrom(source, what, context);
  if (mayBeEmpty || secret.revealBytes().length > 0) return secret;
  const where = 'env' in source ? { variable: source.env } : {};
  throw new CliError('usage', `${secret.source} is empty: it is to hold ${what}`, { facts: where });
}

async function secretFrom(source: SecretSource, what: string, context: Context): Promise<Secret> {
  if ('file' in source) return readSecret(source.file, `The file of ${what}`, context);
  if ('command' in source) return runForSecret(source.command, `The command of ${what}`, context);
  const { env: name } = source;
  const value = context.env[name];
  if (value !== undefined) return new Secret(value, name);
  throw new CliError('usage', `${name} is not set: it is to hold ${what}`, { facts: { variable: name } });
}
