import type { Stopping } from '../checks/finding.ts';
import { defaultWarnDays } from '../checks/validity.ts';
import type { Environment } from '../context.ts';
import { CliError } from '../errors/cli-error.ts';
import type { ApnsEnvironment } from '../pkcs12/model.ts';
import { Secret } from '../text/secret.ts';
import type {
  ApnsOptions,
  JudgingOptions,
  P12Options,
  PasswordCommandOptions,
  TokenKeyOptions,
} from './options.ts';
import { type OrError, orError, orThrow } from './settings.ts';
import { variable } from './values.ts';

/** A path, and the variable that it comes from. */
export interface GivenPath {
  readonly path: string;
  /** The path for messages and commands, if it is another. */
  readonly shown?: string;
  readonly variable?: string;
}

/** The location of the .p12: a path (`-` is stdin), or the variable with its base64. */
export type P12Location = GivenPath | { readonly variable: string; readonly base64: string };
/** A program that prints a password, and its arguments. */
export type PasswordCommand = readonly [program: string, ...args: string[]];

/** The .p12 from the options and arguments, else from the environment. */
export interface GivenP12 {
  /** Null if none was given. */
  readonly location: OrError<P12Location | null>;
  /** The file with the password; takes precedence over `password`. */
  readonly passwordFile: string | null;
  /** The program that prints the password; takes precedence over `password`. */
  readonly passwordCommand: OrError<PasswordCommand | null>;
  readonly passwordOption?: string;
  readonly password: Secret | null;
  /** The other files of the command line, of which only one can be stdin. */
  readonly otherFiles: readonly (string | undefined)[];
}

/** Whether no source of the password was given. @throws {CliError} usage */
export function lacksPassword({ passwordFile, passwordCommand, password }: GivenP12): boolean {
  return passwordFile === null && orThrow(passwordCommand) === null && password === null;
}

/**
 * Reads the .p12's location and password, without a profile.
 * @param newPasswordFile the file of another password, which cannot be stdin as well
 */
export function givenP12(
  options: P12Options,
  env: Environment,
  newPasswordFile?: string,
): GivenP12 {
  const { passwordFile } = options;
  const { MFA_CLI_P12_PASSWORD: password, MFA_CLI_CLIENT_SECRET_FILE: clientSecretFile } = env;
  return {
    location: orError(() => locationIn(options, env)),
    passwordFile: passwordFile ?? null,
    passwordCommand: orError(() => passwordCommandIn(options, '--password-file', passwordFile)),
    // An empty variable is an empty password.
    password: password === undefined ? null : new Secret(password, 'MFA_CLI_P12_PASSWORD'),
    otherFiles: [passwordFile, newPasswordFile, clientSecretFile],
  };
}

/**
 * The program that prints a password, or null.
 * @param option the option for a file with the same password
 * @throws {CliError} usage: two sources for one password, or arguments without a program
 */
export function passwordCommandIn(
  { passwordCommand, passwordArg = [] }: PasswordCommandOptions,
  option: string,
  file: string | undefined,
): PasswordCommand | null {
  if (passwordCommand !== undefined && file !== undefined)
    throw new CliError('usage', `--password-command and ${option} cannot be used together`);
  if (passwordCommand === undefined && passwordArg.length > 0)
    throw new CliError('usage', '--password-arg needs --password-command', {
      facts: { option: '--password-command PROGRAM' },
    });
  return passwordCommand === undefined ? null : [passwordCommand, ...passwordArg];
}

function locationIn(
  { p12, file }: Pick<P12Options, 'p12' | 'file'>,
  env: Environment,
): P12Location | null {
  if (p12 !== undefined && file !== undefined)
    throw new CliError('usage', `Two .p12 files were given: ${file} and ${p12}`, {
      facts: { fix: 'Give one.' },
    });
  const option = p12 ?? file;
  if (option !== undefined) return { path: option };
  const path = variable(env, 'MFA_CLI_P12');
  const base64 = variable(env, 'MFA_CLI_P12_BASE64');
  const both = 'MFA_CLI_P12 and MFA_CLI_P12_BASE64 cannot be used together';
  if (path !== undefined && base64 !== undefined) throw new CliError('usage', both);
  if (path !== undefined) return { path, variable: 'MFA_CLI_P12' };
  return base64 === undefined ? null : { variable: 'MFA_CLI_P12_BASE64', base64 };
}

/** An APNs auth key, with its IDs as far as they are given. */
export interface GivenTokenKey extends GivenPath {
  readonly keyId: string | undefined;
  readonly teamId: string | undefined;
}

/**
 * The APNs auth key from the options, else from the environment; null: use the .p12.
 * @throws {CliError} usage
 */
export function givenTokenKey(
  { p8, p12, file, passwordFile, ...given }: TokenKeyOptions & P12Options,
  env: Environment,
): GivenTokenKey | null {
  const wantsP12 = [p12, file, passwordFile].some((option) => option !== undefined);
  const facts = { option: '--p8 FILE', variable: 'MFA_CLI_P8' };
  if (p8 !== undefined && wantsP12)
    throw new CliError('usage', 'A .p8 and a .p12 cannot be used together', {
      facts: { option: '--p8 FILE or --p12 FILE' },
    });
  const path = p8 ?? (wantsP12 ? undefined : variable(env, 'MFA_CLI_P8'));
  const ids = [given.keyId, given.teamId].some((option) => option !== undefined);
  if (path === undefined && ids)
    throw new CliError('usage', '--key-id and --team-id need a .p8', { facts });
  if (path === undefined) return null;
  const other = ['MFA_CLI_P12', 'MFA_CLI_P12_BASE64'].find(
    (name) => variable(env, name) !== undefined,
  );
  if (p8 === undefined && other !== undefined)
    throw new CliError('usage', `MFA_CLI_P8 and ${other} cannot be used together`);
  const keyId = given.keyId ?? variable(env, 'MFA_CLI_KEY_ID');
  const teamId = given.teamId ?? variable(env, 'MFA_CLI_TEAM_ID');
  if (p8 !== undefined) return { path, keyId, teamId };
  return { path, variable: 'MFA_CLI_P8', keyId, teamId };
}

/** The APNs that is asked, and the app it is asked about. */
export interface GivenApns {
  /** Null: that of the certificate. */
  readonly topic: string | null;
  /** Null: one that the certificate serves. */
  readonly environment: ApnsEnvironment | null;
  /** The host in place of Apple's; null: Apple's. */
  readonly host: string | null;
}

/** Reads the settings of the connection to APNs, without a profile. */
export function givenApns(
  { topic, environment, apnsHost }: ApnsOptions,
  env: Environment,
): GivenApns {
  return {
    topic: topic?.trim() ?? null,
    environment: environment ?? null,
    host: apnsHost ?? variable(env, 'MFA_CLI_APNS_HOST') ?? null,
  };
}

/** How findings are judged. */
export interface Judging extends Stopping {
  /** The number of days left at which a certificate expires soon. */
  readonly warnDays: number;
}

export function judgingOf({ failOn = 'error', force = false, warnDays }: JudgingOptions): Judging {
  return { failOn, force, warnDays: warnDays ?? defaultWarnDays };
}
