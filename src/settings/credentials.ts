import type { Context, Environment } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { readSecret } from '../files/read.ts';
import { Secret } from '../text/secret.ts';
import { variable } from './variable.ts';

/** The credentials that a pipeline was given, so that nobody has to have signed in; a token is used before a secret. */
export type Credentials = 'token' | 'client-secret';

export function credentialsIn(env: Environment): Credentials | null {
  const isSet = (name: string): boolean => variable(env, name) !== undefined;
  if (isSet('MFA_CLI_TOKEN')) return 'token';
  return isSet('MFA_CLI_CLIENT_SECRET') || isSet('MFA_CLI_CLIENT_SECRET_FILE') ? 'client-secret' : null;
}

/**
 * The variable of a pipeline's secret that its store did not fill: one that is set to nothing, or that of the client secret
 * where a variable names a client. Null where nothing looks like it.
 */
export function missingSecret(env: Environment): string | null {
  const secrets = ['MFA_CLI_CLIENT_SECRET', 'MFA_CLI_CLIENT_SECRET_FILE', 'MFA_CLI_TOKEN'];
  const empty = secrets.find((name) => env[name] === '');
  if (empty !== undefined) return empty;
  return variable(env, 'MFA_CLI_CLIENT_ID') === undefined ? null : 'MFA_CLI_CLIENT_SECRET';
}

/** The client secret, of a file where one is named. @throws {CliError} usage (an empty file) and those of reading a file */
export async function readClientSecret(context: Context): Promise<Secret | null> {
  const { env } = context;
  const value = variable(env, 'MFA_CLI_CLIENT_SECRET');
  if (value !== undefined) return new Secret(value, 'MFA_CLI_CLIENT_SECRET');
  const path = variable(env, 'MFA_CLI_CLIENT_SECRET_FILE');
  if (path === undefined) return null;
  const secret = await readSecret(path, 'The file of MFA_CLI_CLIENT_SECRET_FILE', context);
  if (secret.reveal() !== '') return secret;
  throw new CliError('usage', 'The file of MFA_CLI_CLIENT_SECRET_FILE is empty');
}

/** `MFA_CLI_TOKEN`, without the line break that secret stores add. @throws {CliError} usage, where it can be no token */
export function readToken(env: Environment): Secret | null {
  const token = variable(env, 'MFA_CLI_TOKEN')?.replace(/\r?\n$/, '');
  return token === undefined ? null : requireToken(new Secret(token, 'MFA_CLI_TOKEN'), 'MFA_CLI_TOKEN');
}

/** An access token that can be sent. @param source the beginning of a sentence @throws {CliError} usage */
export function requireToken(token: Secret, source: string): Secret {
  // What a header can carry; RFC 6750 §2.1 allows less, but a tenant's token may be anything.
  if (/^[\x21-\x7e]+$/.test(token.reveal())) return token;
  throw new CliError('usage', `${source} holds no access token`);
}
