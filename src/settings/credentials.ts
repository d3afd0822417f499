import type { Context, Environment } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { destination, type Hint, mfaCli } from '../errors/hint.ts';
import { readSecret } from '../files/read.ts';
import { Secret } from '../text/secret.ts';
import { variable } from './values.ts';

/**
 * The credentials of a pipeline, which replace a sign-in. A token takes precedence over a
 * secret.
 */
export type Credentials = 'token' | 'client-secret';

export function credentialsIn(env: Environment): Credentials | null {
  const isSet = (name: string): boolean => variable(env, name) !== undefined;
  if (isSet('MFA_CLI_TOKEN')) return 'token';
  return isSet('MFA_CLI_CLIENT_SECRET') || isSet('MFA_CLI_CLIENT_SECRET_FILE')
    ? 'client-secret'
    : null;
}

/**
 * The usage error of a pipeline whose secret is set to nothing, or that has a client ID
 * alone; null if neither is so.
 */
export function missingSecret(env: Environment, cause?: unknown): CliError | null {
  const secrets = ['MFA_CLI_CLIENT_SECRET', 'MFA_CLI_CLIENT_SECRET_FILE', 'MFA_CLI_TOKEN'];
  const empty = secrets.find((name) => env[name] === '');
  if (empty === undefined && variable(env, 'MFA_CLI_CLIENT_ID') === undefined) return null;
  const lack =
    empty === undefined
      ? 'MFA_CLI_CLIENT_ID is set without MFA_CLI_CLIENT_SECRET'
      : `${empty} is empty: the pipeline's secret may be missing`;
  const facts = empty === undefined ? { fix: signInHint } : { variable: empty };
  return new CliError('usage', `${lack}, and there is no stored session`, { cause, facts });
}

const signInHint: Hint = {
  text: 'Set MFA_CLI_CLIENT_SECRET. In a terminal, run {command}.',
  command: mfaCli('login', ...destination),
};

/**
 * The client secret, from its variable or file.
 * @throws {CliError} usage (an empty file) and those of reading a file
 */
export async function readClientSecret(context: Context): Promise<Secret | null> {
  const { env } = context;
  const value = variable(env, 'MFA_CLI_CLIENT_SECRET');
  if (value !== undefined) return new Secret(value, 'MFA_CLI_CLIENT_SECRET');
  const path = variable(env, 'MFA_CLI_CLIENT_SECRET_FILE');
  if (path === undefined) return null;
  const secret = await readSecret(path, 'The file in MFA_CLI_CLIENT_SECRET_FILE', context);
  if (secret.reveal() !== '') return secret;
  throw new CliError('usage', 'The file in MFA_CLI_CLIENT_SECRET_FILE is empty');
}

/**
 * `MFA_CLI_TOKEN`, without the line break that secret stores add.
 * @throws {CliError} usage: not a token
 */
export function readToken(env: Environment): Secret | null {
  const token = variable(env, 'MFA_CLI_TOKEN')?.replace(/\r?\n$/, '');
  return token === undefined
    ? null
    : requireToken(new Secret(token, 'MFA_CLI_TOKEN'), 'MFA_CLI_TOKEN');
}

/**
 * The token, if a header can carry it.
 * @param source the subject of the error
 * @throws {CliError} usage
 */
export function requireToken(token: Secret, source: string): Secret {
  // RFC 6750 §2.1 allows fewer characters, but a tenant may issue any token.
  if (/^[\x21-\x7e]+$/.test(token.reveal())) return token;
  throw new CliError('usage', `${source} is not an access token`);
}
