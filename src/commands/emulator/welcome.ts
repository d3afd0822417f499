import { dirname, join } from 'node:path';
import type { Context } from '../../context.ts';
import { makeRunDirectory, removeRunDirectories } from '../../files/run-directory.ts';
import { writePrivateFile } from '../../files/write.ts';
import { formatFields } from '../../report/fields.ts';
import { wrote } from '../../report/findings.ts';
import { formatTable } from '../../report/table.ts';
import { createStyle } from '../../terminal/style.ts';
import { count } from '../../text/phrasing.ts';
import type { EmulatorOptions } from './options.ts';
import type { TenantsReport } from './several.ts';
import { shells, shellsNamed } from './shells.ts';

export interface EmulatorReport {
  readonly url: string;
  /** The variables to set. */
  readonly environment: Readonly<Record<string, string>>;
  /** The users. Their passwords work only in this emulator. */
  readonly accounts: Readonly<
    Record<'administrator' | 'user' | 'serviceUser', { user: string; password: string }>
  >;
}

/**
 * The first screen: the addresses to open, who can sign in, the files that were written,
 * what anybody else can do, and the line to paste into another terminal; in a pipe, one
 * for each kind of shell. The secrets of several tenants, and a line that does not fit,
 * are in files that go with the emulator.
 * @throws {CliError} file-unwritable, usage (no home directory), interrupted
 */
export async function welcome(
  report: EmulatorReport | TenantsReport,
  options: EmulatorOptions,
  written: readonly string[],
  context: Context,
): Promise<void> {
  const { terminal, env } = context;
  const { json, quiet } = terminal.flags;
  const isOne = 'accounts' in report;
  const urls = isOne ? [report.url] : report.tenants.map(({ url }) => url);
  const first = `${urls[0]}/`;
  const last = `${urls.at(-1)}/`;
  const heading = isOne
    ? 'A local tenant is running'
    : `${count(urls.length, 'local tenant')} are running`;
  const places = [
    ['Open', isOne ? first : `${first} to ${last}`],
    ['Stop', 'Ctrl-C'],
  ] as const;
  if (!quiet)
    await terminal.present(
      places,
      (shown, style) => `${style.bold(heading)}\n\n${formatFields(shown, style)}`,
    );
  const room = terminal.columns('stdout');
  const piped = !Number.isFinite(room);
  const own = json ? [] : shellsNamed(piped ? '' : (env.SHELL ?? ''));
  const fits =
    isOne && own.every(({ set }) => indent.length + set(report.environment).length <= room);
  const folder = json || fits ? null : await writeSecrets(report, context);
  if (isOne)
    await terminal.present(rowsOf(report), (rows, style) =>
      formatTable(['Sign in as', 'User', 'Password'], rows, style),
    );
  const secrets =
    folder === null || isOne
      ? []
      : [wrote(join(folder, accountsFile), 'who can sign in, with passwords')];
  const files = [...secrets, ...written];
  const risks = dangers(options);
  for (const words of files) terminal.note(words, 'ok');
  if (files.length > 0 && risks.length > 0) terminal.note('');
  for (const words of risks) terminal.warn(words);
  const names = Object.keys(report.environment);
  for (const [index, { title, ending, set, unset, read }] of own.entries()) {
    const line =
      folder === null ? set(report.environment) : read(join(folder, `environment.${ending}`));
    const gap = index + files.length + risks.length > 0 ? '\n' : '';
    if (!piped) terminal.note(`${gap}Paste into another terminal to use it there (${title}):\n`);
    // The title is a comment in every shell.
    terminal.print(Buffer.from(piped ? `# ${title}\n${line}\n` : `${indent}${line}\n`));
    // A file says it to the shell that reads it.
    if (folder !== null) continue;
    terminal.note(`${piped ? `To leave it (${title})` : '\nTo leave it'}: ${unset(names)}`);
  }
}

const indent = '  ';
const accountsFile = 'accounts.txt';

function rowsOf({ accounts }: Pick<EmulatorReport, 'accounts'>): readonly (readonly string[])[] {
  const { administrator, user, serviceUser } = accounts;
  const roles = { administrator, user, 'service user': serviceUser };
  return Object.entries(roles).map(([role, { user: name, password }]) => [role, name, password]);
}

/**
 * The directory of all emulators' secrets. A person is told to run a script there, so it
 * is where nobody else can put one.
 */
async function directoryOfSecrets(context: Context): Promise<string> {
  return join(dirname((await context.profiles()).path), 'emulator');
}

export async function removeLeftSecrets(context: Context): Promise<void> {
  // Without a home directory there are none.
  const directory = await directoryOfSecrets(context).catch(() => null);
  if (directory !== null) removeRunDirectories(directory);
}

/**
 * A folder with a script for each kind of shell and, of several tenants, the accounts; it
 * goes when the emulator ends.
 */
async function writeSecrets(
  report: EmulatorReport | TenantsReport,
  context: Context,
): Promise<string> {
  const { signal } = context;
  const folder = makeRunDirectory(await directoryOfSecrets(context), signal);
  if ('tenants' in report) {
    const rows = report.tenants.flatMap((tenant) =>
      rowsOf(tenant).map((row) => [tenant.url, ...row]),
    );
    const plain = await createStyle(false, Number.POSITIVE_INFINITY, false);
    const accounts = formatTable(['Tenant', 'Sign in as', 'User', 'Password'], rows, plain);
    await writePrivateFile(join(folder, accountsFile), accounts, false, signal);
  }
  const names = Object.keys(report.environment);
  for (const { ending, set, unset, say } of shells) {
    const words = `${whereTo(report)} To leave it: ${unset(names)}`;
    const script = `${set(report.environment)}\n${say(words)}\n`;
    await writePrivateFile(join(folder, `environment.${ending}`), script, false, signal);
  }
  return folder;
}

function whereTo(report: EmulatorReport | TenantsReport): string {
  return 'url' in report
    ? `mfa-cli here now talks to the local tenant ${report.url}.`
    : 'mfa-cli here now has the variables of local tenants.';
}

function dangers({ fixedPasswords, autoApprove }: EmulatorOptions): readonly string[] {
  const why = [
    ...(autoApprove === true ? ['every sign-in in the browser succeeds without a password'] : []),
    ...(fixedPasswords === true ? ['the passwords are publicly known'] : []),
  ].join(', and ');
  const reader =
    'anyone on this machine can read everything set here, including private keys and passwords';
  return why === '' ? [] : [`${why[0]?.toUpperCase()}${why.slice(1)}: ${reader}`];
}
