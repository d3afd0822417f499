import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { readSecret } from '../../files/read.ts';
import { runForSecret } from '../../programs/run-program.ts';
import { Secret } from '../../text/secret.ts';
import { pathFromHere, type SecretPlace } from './file/fleet.ts';

/**
 * The secret from the variable, the file or the program that a fleet file names.
 * @param what its name in messages: `the client secret of tenant "acme"`
 * @param mayBeEmpty for a password; an empty token or client secret means that its store
 *   did not fill it
 * @throws {CliError} usage (an unset variable, or an empty one), file-unreadable (a
 *   program that fails), those of reading a file, interrupted; none contains what was
 *   read
 */
export async function resolveSecret(
  source: SecretPlace & { readonly written?: string },
  what: string,
  context: Context,
  { mayBeEmpty = false } = {},
): Promise<Secret> {
  const secret = await readPlace(source, what, context);
  if (mayBeEmpty || secret.revealBytes().length > 0) return secret;
  const where = 'env' in source ? { variable: source.env } : {};
  throw new CliError('usage', `${secret.source} is empty: it must hold ${what}`, { facts: where });
}

async function readPlace(
  source: SecretPlace & { readonly written?: string },
  what: string,
  context: Context,
): Promise<Secret> {
  if ('file' in source) {
    const { file, written = file } = source;
    return readSecret(file, `The file of ${what}`, context, pathFromHere(file, written));
  }
  if ('command' in source) return runForSecret(source.command, `The command of ${what}`, context);
  return new Secret(context.env[source.env] ?? unset(source.env, what), source.env);
}

/** @throws {CliError} usage, always */
export function unset(name: string, what: string): never {
  throw new CliError('usage', `${name} is not set: it must hold ${what}`, {
    facts: { variable: name },
  });
}
