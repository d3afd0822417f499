import type { Environment } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { Secret } from '../text/secret.ts';
import { variable } from './variable.ts';

/** Options of the commands that open a .p12: `--p12 FILE`, or the argument of `inspect` and `convert`. */
export interface P12Options {
  readonly p12?: string;
  readonly file?: string;
  readonly passwordFile?: string;
  /** `convert` reads a second password. */
  readonly newPasswordFile?: string;
}

/** Where the .p12 is: a path (`-` is stdin), or the variable that holds it in base64. */
export type P12Location = { readonly path: string } | { readonly variable: string; readonly base64: string };

/** What is said of the .p12, by option or argument, else by the environment. */
export interface GivenP12 {
  /** Null where nothing says it. @throws {CliError} usage: it is said twice, or with an empty name */
  location(): P12Location | null;
  /** With the password, which goes before `password`. */
  readonly passwordFile: string | null;
  /** The option that names it, where it is another than `--password-file`. */
  readonly passwordOption?: string;
  readonly password: Secret | null;
  /** The other files of the command line: only one of all can be stdin. */
  readonly otherFiles: readonly (string | undefined)[];
}

export function givenP12(options: P12Options, env: Environment): GivenP12 {
  const { passwordFile, newPasswordFile } = options;
  const { MFA_CLI_P12_PASSWORD: password, MFA_CLI_CLIENT_SECRET_FILE: clientSecretFile } = env;
  return {
    location: () => locationIn(options, env),
    passwordFile: passwordFile ?? null,
    // An empty one is a password, too.
    password: password === undefined ? null : new Secret(password, 'MFA_CLI_P12_PASSWORD'),
    otherFiles: [passwordFile, newPasswordFile, clientSecretFile],
  };
}

function locationIn({ p12, file }: P12Options, env: Environment): P12Location | null {
  if (p12 !== undefined && file !== undefined) throw new CliError('usage', 'Two .p12 files were given');
  const option = p12 ?? file;
  if (option === '') throw new CliError('usage', 'The name of the .p12 file is empty');
  if (option !== undefined) return { path: option };
  const path = variable(env, 'MFA_CLI_P12');
  const base64 = variable(env, 'MFA_CLI_P12_BASE64');
  if (path !== undefined && base64 !== undefined) {
    throw new CliError(
      'usage',
      'MFA_CLI_P12 and MFA_CLI_P12_BASE64 are both set, and only one .p12 can be used',
    );
  }
  if (path !== undefined) return { path };
  return base64 === undefined ? null : { variable: 'MFA_CLI_P12_BASE64', base64 };
}
