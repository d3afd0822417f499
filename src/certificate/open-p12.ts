import type { Context } from '../context.ts';
import { CliError, hasCode } from '../errors/cli-error.ts';
import type { ReadFacts } from '../errors/file.ts';
import { entriesIn } from '../files/directory.ts';
import {
  type FileJudge,
  nameOf,
  pathOf,
  readWhole,
  requireOneStdin,
  tooLarge,
} from '../files/read.ts';
import { appearance } from '../pkcs12/appearance.ts';
import type { P12File, PushIdentity } from '../pkcs12/model.ts';
import { type Pfx, readPfx } from '../pkcs12/pfx.ts';
import { readPushIdentity } from '../pkcs12/push-identity.ts';
import {
  type GivenP12,
  type GivenPath,
  lacksPassword,
  type P12Location,
} from '../settings/certificate.ts';
import { lacking } from '../settings/missing-settings.ts';
import { orThrow } from '../settings/settings.ts';
import { namingSource } from '../settings/values.ts';
import type { Pace } from '../text/pace.ts';
import type { Secret } from '../text/secret.ts';
import { openProtected, type PasswordProtected, readPassword } from './passwords.ts';

export interface OpenedP12 {
  readonly file: P12File;
  readonly identity: PushIdentity;
  readonly password: Secret | null;
}

/**
 * Opens the given .p12 with the given password, or asks a person for it unless the file
 * opens without one. A person who chose the wrong kind of file from a list chooses again.
 * @param objectionTo why the command cannot use such a file, as a sentence
 * @throws {CliError} of exit 2 and 3
 */
export async function openP12(
  given: GivenP12,
  context: Context,
  objectionTo: (identity: PushIdentity) => string | undefined = () => undefined,
): Promise<OpenedP12> {
  const isGiven = orThrow(given.location) !== null;
  for (;;) {
    try {
      const file = await readGivenP12(given, context);
      const opened = await openProtected(await protectedP12(file, given, context), context);
      const objection = isGiven ? undefined : objectionTo(opened.identity);
      if (objection === undefined) return opened;
      context.terminal.show(objection, 'error');
    } catch (error) {
      if (isGiven || !isWrongFile(error)) throw error;
      context.terminal.show(`${error.message}.`, 'error');
    }
  }
}

function isWrongFile(error: unknown): error is CliError {
  if (hasCode(error, 'pkcs12-not-recognized')) return true;
  const isUnread = hasCode(error, 'file-not-found', 'file-unreadable', 'file-too-large');
  return isUnread && error.facts.input === 'p12';
}

/** A .p12 whose structure is read. */
interface ReadP12 {
  readonly file: P12File;
  readonly pfx: Pfx;
  /** Null: its password is not known. */
  readonly opened: OpenedP12 | null;
}

/**
 * Reads the structure of the given .p12, and opens it with the given password or one that
 * a person types.
 * @throws {CliError} of exit 2 and 3
 */
export async function openP12IfPossible(given: GivenP12, context: Context): Promise<ReadP12> {
  const file = await readGivenP12(given, context);
  const pfx = readPfx(file);
  const needed = await protectedP12(file, given, context);
  const opened = await openProtected<OpenedP12 | null>({ ...needed, unopened: null }, context);
  return { file, pfx, opened };
}

/** A .p12 to open with its password; with a result `unopened` it may stay closed. */
async function protectedP12(
  file: P12File,
  given: GivenP12,
  context: Context,
): Promise<PasswordProtected<OpenedP12>> {
  const { passwordFile, passwordOption: option } = given;
  const source = {
    file: passwordFile,
    called: option ?? '--password-file',
    command: orThrow(given.passwordCommand),
  };
  const password = (await readPassword(source, context)) ?? given.password;
  return {
    name: file.name,
    facts:
      option === undefined
        ? { secret: 'password' }
        : { option: `${option} FILE or set MFA_CLI_P12_PASSWORD` },
    given: password,
    wrong: ['pkcs12-password-incorrect', 'pkcs12-password-required'],
    needsPassword: 'pkcs12-password-required',
    open(secret) {
      const progress = context.terminal.progress(`Opening ${file.name}`);
      return openWith(secret, file, context).finally(() => progress.stop());
    },
  };
}

/** Opens a .p12 without asking a person. @throws {CliError} of exit 3, interrupted */
export async function openLocatedP12(
  location: P12Location,
  password: Secret | null,
  context: Context,
): Promise<OpenedP12> {
  return openWith(password, await readP12(location, [], context), context);
}

async function openWith(
  password: Secret | null,
  file: P12File,
  context: Context,
): Promise<OpenedP12> {
  const identity = await readWithin(file, 'pkcs12-unsupported', context, (pace) =>
    readPushIdentity(file, password, pace),
  );
  return { file, password, identity };
}

/** The size limit of a .p12, in bytes. */
const p12Limit = 1024 * 1024;
const p12Facts = { input: 'p12' } as const;

/** A choice among the names of files. */
const otherFile = 'another file …';

/**
 * Reads the .p12 that the options name, else the one that a person chooses.
 * @throws {CliError} as readP12
 */
async function readGivenP12(given: GivenP12, context: Context): Promise<P12File> {
  const location = orThrow(given.location) ?? { path: await askForP12(given, context) };
  return readP12(location, given.otherFiles, context);
}

/**
 * Reads a .p12 of at most 1 MiB from a file, stdin or a variable.
 * @param otherFiles other inputs of the command line: only one input can be stdin
 * @throws {CliError} usage, file-not-found, file-unreadable, file-too-large,
 * pkcs12-not-recognized (invalid base64), interrupted
 */
async function readP12(
  location: P12Location,
  otherFiles: GivenP12['otherFiles'],
  context: Context,
): Promise<P12File> {
  if ('path' in location)
    return readGivenFile(location, { limit: p12Limit, facts: p12Facts, otherFiles }, context);
  requireOneStdin(otherFiles);
  const { variable: name, base64 } = location;
  const compact = base64.replace(/\s+/g, '');
  // A single letter after whole bytes is not base64.
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact) || compact.replace(/={1,2}$/, '').length % 4 === 1) {
    const looks = appearance(Buffer.from(base64));
    throw new CliError('pkcs12-not-recognized', `${name} does not hold base64: it ${looks}`, {
      facts: { encoding: 'base64' },
    });
  }
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.length > p12Limit) throw tooLarge(name, p12Limit, p12Facts);
  return { name, bytes, encoding: 'base64' };
}

/** The limits of a file, and the facts for its errors. */
interface FileTerms {
  /** The size limit, in bytes. */
  readonly limit: number;
  /** For the error if it cannot be read. */
  readonly facts?: ReadFacts;
  /** Other inputs of the command line: only one input can be stdin. */
  readonly otherFiles?: GivenP12['otherFiles'];
}

/**
 * Reads a file whole; an error names the variable that it comes from.
 * @throws {CliError} usage, and as readWhole
 */
export async function readGivenFile(
  { path, variable, shown = path }: GivenPath,
  { limit, facts = {}, otherFiles = [] }: FileTerms,
  context: Context & FileJudge,
): Promise<P12File> {
  requireOneStdin([path, ...otherFiles]);
  const words = { facts, shown };
  const bytes = await readWhole(path, limit, context, words).catch((error: unknown) => {
    throw variable === undefined ? error : namingSource({ variable }, error);
  });
  return { name: nameOf(shown), path: pathOf(path) === null ? null : shown, bytes };
}

function emptyVariable(): CliError {
  const variable = 'MFA_CLI_P12_BASE64';
  const message = `${variable} is empty: the pipeline's secret may be missing`;
  return new CliError('usage', message, { facts: { variable } });
}

/** Maximum entries of this directory to search for .p12 files. */
const maxEntries = 100_000;

/**
 * Lets a person choose among the .p12 and .pfx files of this directory.
 * @throws {CliError} usage without a terminal, interrupted
 */
async function askForP12(given: GivenP12, { terminal, prompt, env }: Context): Promise<string> {
  const unavailable = 'No .p12 file was given';
  const facts = { option: '--p12 FILE', variable: 'MFA_CLI_P12 or MFA_CLI_P12_BASE64' };
  if (!terminal.interactive && env.MFA_CLI_P12_BASE64 === '') throw emptyVariable();
  if (!terminal.interactive && lacksPassword(given))
    throw lacking(['p12', 'password'], 'its password');
  if (!terminal.interactive) throw new CliError('usage', unavailable, { facts });
  const names = entriesIn('.', maxEntries)
    .map(({ name }) => name)
    .filter((name) => /\.(p12|pfx)$/i.test(name))
    .sort();
  if (names.length > 0) {
    const choices = [...names, otherFile].map((name) => ({ name, value: name }));
    const chosen = await prompt.select({ message: 'Which .p12?', choices, unavailable, facts });
    if (chosen !== otherFile) return chosen;
  }
  return prompt.input({
    message: 'Path of the .p12:',
    validate: (answer) => answer !== '' || 'A path is needed',
    unavailable,
    facts,
  });
}

/** The error if a file takes too long. */
type CodeOfReading =
  | 'pkcs12-unsupported'
  | 'certificate-not-recognized'
  | 'key-not-recognized'
  | 'project-not-recognized'
  | 'app-unreadable';

/**
 * The time limit of a file, in seconds: within the limits on its work it takes some three
 * on two cores.
 */
const longestReading = 60;

/**
 * Reads an untrusted file within a time limit.
 * @throws {CliError} of the code when time is up; usage, interrupted, those of `read`
 */
export function readWithin<T>(
  { name, bytes }: { readonly name: string; readonly bytes: { readonly length: number } },
  code: CodeOfReading,
  context: Context,
  read: (pace: Pace) => Promise<T>,
): Promise<T> {
  const late = new CliError(code, `${name} takes longer than ${longestReading} s to read`);
  return context.bounded({ milliseconds: longestReading * 1000, late, bytes: bytes.length }, read);
}
