import type { Environment } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import { Secret } from '../text/secret.ts';
import { variable } from './variable.ts';

/** Options of the commands that open a .p12: `--p12 FILE`, or the argument of `inspect` and `convert`. */
export interface P12Options {
  readonly p12?: string;
  readonly file?: string;
  readonly passwordFile?: string;
  readonly passwordCommand?: string;
  readonly passwordArg?: readonly string[];
  /** `convert` reads a second password. */
  readonly newPasswordFile?: string;
}

/** Options of the commands that take an APNs auth key in place of a .p12. */
export interface TokenKeyOptions {
  readonly p8?: string;
  readonly keyId?: string;
  readonly teamId?: string;
}

/** Where the .p12 is: a path (`-` is stdin), or the variable that holds it in base64. */
export type P12Location = { readonly path: string } | { readonly variable: string; readonly base64: string };
/** A program that prints a password, and its arguments. */
export type PasswordCommand = readonly [program: string, ...args: string[]];

/** What is said of the .p12, by option or argument, else by the environment. */
export interface GivenP12 {
  /** Null where nothing says it. @throws {CliError} usage: it is said twice, or with an empty name */
  location(): P12Location | null;
  /** With the password, which goes before `password`. */
  readonly passwordFile: string | null;
  /** A program that prints it, which also goes before `password`. @throws {CliError} usage */
  passwordCommand(): PasswordCommand | null;
  /** The option that names it, where it is another than `--password-file`. */
  readonly passwordOption?: string;
  readonly password: Secret | null;
  /** The other files of the command line: only one of all can be stdin. */
  readonly otherFiles: readonly (string | undefined)[];
}

/** What the command line and the environment say of the .p12, for whoever needs no profile. */
export function givenP12(options: P12Options, env: Environment): GivenP12 {
  const { passwordFile, newPasswordFile } = options;
  const { MFA_CLI_P12_PASSWORD: password, MFA_CLI_CLIENT_SECRET_FILE: clientSecretFile } = env;
  return {
    location: () => locationIn(options, env),
    passwordFile: passwordFile ?? null,
    passwordCommand: () => passwordCommandIn(options, '--password-file', passwordFile),
    // An empty one is also a password.
    password: password === undefined ? null : new Secret(password, 'MFA_CLI_P12_PASSWORD'),
    otherFiles: [passwordFile, newPasswordFile, clientSecretFile],
  };
}

/**
 * The program that was given, if any.
 * @param option that names a file with the same password, and the file
 * @throws {CliError} usage: a password is said twice, or a program's arguments without the program
 */
export function passwordCommandIn(
  { passwordCommand, passwordArg = [] }: Pick<P12Options, 'passwordCommand' | 'passwordArg'>,
  option: string,
  file: string | undefined,
): PasswordCommand | null {
  if (passwordCommand !== undefined && file !== undefined)
    throw new CliError('usage', `--password-command and ${option} both say the password`);
  if (passwordCommand === undefined && passwordArg.length > 0)
    throw new CliError('usage', 'Arguments were given, and no program that prints the password', {
      facts: { option: '--password-command PROGRAM' },
    });
  return passwordCommand === undefined ? null : [passwordCommand, ...passwordArg];
}

function locationIn({ p12, file }: P12Options, env: Environment): P12Location | null {
  if (p12 !== undefined && file !== undefined) throw new CliError('usage', 'Two .p12 files were given');
  const option = p12 ?? file;
  if (option === '') throw new CliError('usage', 'The name of the .p12 file is empty');
  if (option !== undefined) return { path: option };
  const path = variable(env, 'MFA_CLI_P12');
  const base64 = variable(env, 'MFA_CLI_P12_BASE64');
  const both = 'MFA_CLI_P12 and MFA_CLI_P12_BASE64 are both set, and only one .p12 can be used';
  if (path !== undefined && base64 !== undefined) throw new CliError('usage', both);
  if (path !== undefined) return { path };
  return base64 === undefined ? null : { variable: 'MFA_CLI_P12_BASE64', base64 };
}

/** What is said of an APNs auth key in place of a .p12, by options, else by the environment; null: the .p12 is meant. @throws {CliError} usage */
export function givenTokenKey(
  { p8, p12, file, passwordFile, ...given }: TokenKeyOptions & P12Options,
  env: Environment,
) {
  const wantsP12 = [p12, file, passwordFile].some((option) => option !== undefined);
  const facts = { option: '--p8 FILE', variable: 'MFA_CLI_P8' };
  if (p8 !== undefined && wantsP12)
    throw new CliError('usage', 'A .p8 takes the place of a .p12 and its password: give one of the two', {
      facts: { option: '--p8 FILE or --p12 FILE' },
    });
  const path = p8 ?? (wantsP12 ? undefined : variable(env, 'MFA_CLI_P8'));
  const ids = [given.keyId, given.teamId].some((option) => option !== undefined);
  if (path === undefined && ids)
    throw new CliError('usage', '--key-id and --team-id are those of a .p8, and none was given', { facts });
  if (path === undefined) return null;
  const other = ['MFA_CLI_P12', 'MFA_CLI_P12_BASE64'].find((name) => variable(env, name) !== undefined);
  if (p8 === undefined && other !== undefined)
    throw new CliError('usage', `MFA_CLI_P8 and ${other} are both set, and only one of them can be used`);
  return {
    path,
    keyId: given.keyId ?? variable(env, 'MFA_CLI_KEY_ID'),
    teamId: given.teamId ?? variable(env, 'MFA_CLI_TEAM_ID'),
  };
}
