import { basename, join, resolve } from 'node:path';
import { isoDay } from '../../../checks/validity.ts';
import type { Context } from '../../../context.ts';
import { type OpenedP12, openLocatedP12 } from '../../../delivery/open-p12.ts';
import type { GivenPassword } from '../../../delivery/passwords.ts';
import { CliError, unlessInterrupted } from '../../../errors/cli-error.ts';
import { isThere } from '../../../files/directory.ts';
import { requireOneStdin } from '../../../files/read.ts';
import { writePrivateFile } from '../../../files/write.ts';
import { publicKeyFingerprint } from '../../../pkcs12/key.ts';
import { runProgram } from '../../../programs/run-program.ts';
import { isoDate } from '../../../report/fields.ts';
import { passwordCommandIn } from '../../../settings/given-file.ts';
import { parseSeconds } from '../../../settings/settings.ts';
import { variable } from '../../../settings/variable.ts';
import { makeP12, newP12Password, openKey } from '../make-p12.ts';
import { makeKeyAndRequest, newKeyPassword, requestSubject } from '../make-request.ts';
import type { Answer } from './answers.ts';
import { filesOf, type Renewal, type RenewOptions, type Round } from './state.ts';

/** Where the .p12's password is. @throws {CliError} usage */
export function p12Password(options: RenewOptions) {
  const file = options.newPasswordFile;
  return { file, command: passwordCommandIn(options, '--new-password-file', file) };
}

/** Where the key's password is: in its own file, else where the .p12's is, unless the variable holds it. @throws {CliError} usage */
function keyPassword({ options, context }: Renewal): GivenPassword {
  const { keyPasswordFile: file } = options;
  if (file !== undefined) return { file, called: '--key-password-file' };
  return variable(context.env, 'MFA_CLI_KEY_PASSWORD') === undefined ? p12Password(options) : { file };
}

/**
 * Makes key and request. The state names them before they are written, the key is written last, and what lies in the
 * directory stays: whoever is killed here finds either no key, and makes both anew, or both.
 * @throws {CliError} usage, prompt-unavailable, file-unwritable, interrupted
 */
export async function requestRound(renewal: Renewal): Promise<Round> {
  const { options, directory, state, keep, context } = renewal;
  const { open } = renewal.standing;
  const requestedAt = context.now().toISOString();
  if (open !== null && isThere(filesOf(directory, open).key)) return keep({ ...open, requestedAt });
  const { bundleId, teamId } = state;
  const subject = requestSubject(bundleId, teamId, options.email);
  const option = '--key-password-file FILE, set MFA_CLI_KEY_PASSWORD, or give --no-encrypt';
  const password = options.encrypt
    ? await newKeyPassword({ ...keyPassword(renewal), option }, context)
    : null;
  const { privateKey, key, csr } = await makeKeyAndRequest(subject, password, context);
  const begun = await keep({
    begunAt: requestedAt,
    name: open?.name ?? freeName(renewal),
    publicKey: publicKeyFingerprint(privateKey),
    requestedAt: null,
    issuing: null,
    packed: null,
    verifiedAt: null,
    sets: [],
  });
  const files = filesOf(directory, begun);
  await writePrivateFile(files.request, csr, true, context.signal);
  await writePrivateFile(files.key, key, false, context.signal);
  context.terminal.note(`Wrote ${files.key} (private key, ${password === null ? 'not ' : ''}encrypted)`);
  context.terminal.note(`Wrote ${files.request} (certificate request)`);
  return keep({ ...begun, requestedAt });
}

/** `com.example.app-2026-11-24`, with a number where that is taken. */
function freeName({ directory, state: { bundleId, rounds }, context }: Renewal): string {
  return numbered(`${bundleId}-${isoDay(context.now())}`, (name) => {
    const paths = [...Object.values(filesOf(directory, { name })), join(directory, `${name}.p12`)];
    return rounds.some((round) => round.name === name) || paths.some(isThere);
  });
}

/** The name, or the first of `name-2`, `name-3` … that is not taken. */
function numbered(base: string, isTaken: (name: string) => boolean): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!isTaken(name)) return name;
  }
}

/** The path of a new file of that ending. */
function freePath({ directory }: Renewal, { name }: Round, ending: string): string {
  const pathOf = (free: string) => join(directory, `${free}${ending}`);
  return pathOf(numbered(name, (free) => isThere(pathOf(free))));
}

const defaultSeconds = 600;

/** Bytes on stdout: those of any certificate file. */
const mostOutput = 1024 * 1024;

/** By which an issuer says that there is no certificate yet; `EX_TEMPFAIL` of sysexits. */
const notYet = 75;

/** Why the issuer gave nothing: it has no certificate yet, or may have issued one before and is not asked again unasked. */
export type Waiting = 'not-yet' | 'asked-before';

/** The file of what the issuer gave, or why it gave nothing. */
type Issued = { readonly round: Round } & (
  | { readonly file: string }
  | { readonly file: null; readonly waiting: Waiting }
);

/** @throws {CliError} usage */
export function requireIssuerOptions(options: RenewOptions): void {
  const { issuer, issuerArg = [], issuerTimeout, issueAgain = false, cert } = options;
  if (issuer !== undefined && cert !== undefined)
    throw new CliError('usage', '--issuer and --cert both say where the certificate comes from');
  if (issuer === undefined && (issuerArg.length > 0 || issuerTimeout !== undefined || issueAgain))
    throw new CliError('usage', 'It is said how an issuer is run, and no issuer is named', {
      facts: { option: '--issuer PROGRAM' },
    });
  secondsOf(options);
}

function secondsOf({ issuerTimeout }: RenewOptions): number {
  return parseSeconds(issuerTimeout, '--issuer-timeout SECONDS', defaultSeconds);
}

/** Whether the issuer is to be run for a request, which it may have answered before. */
export function mayAsk({ issuing }: Round, { issuer, issueAgain = false }: RenewOptions): boolean {
  return issuer !== undefined && (issuing === null || issueAgain);
}

/**
 * Runs the issuer, and gives the file of its certificate. The state says so before it starts: one that was killed, or ended
 * without a word, may have issued a certificate.
 * @throws {CliError} issuer-failed, file-unwritable, interrupted
 */
export async function askIssuer(round: Round, renewal: Renewal): Promise<Issued> {
  const { options, directory, state, keep, context } = renewal;
  if (!mayAsk(round, options)) return { round, file: null, waiting: 'asked-before' };
  const { issuer = '', issuerArg = [] } = options;
  const file = freePath(renewal, round, '.cer');
  const begun = await keep({ ...round, issuing: context.now().toISOString() });
  const run = {
    command: [issuer, ...issuerArg] as const,
    variables: {
      MFA_CLI_CSR: resolve(filesOf(directory, round).request),
      MFA_CLI_BUNDLE_ID: state.bundleId,
      MFA_CLI_TEAM_ID: state.teamId,
      MFA_CLI_CERTIFICATE: resolve(file),
    },
    limit: mostOutput,
    milliseconds: secondsOf(options) * 1000,
    argumentOption: '--issuer-arg',
  };
  const { code, started, how, stdout } = await runProgram(run, context);
  if (code === notYet)
    return { round: await keep({ ...begun, issuing: null }), file: null, waiting: 'not-yet' };
  if (!started) await keep({ ...begun, issuing: null });
  const failed = (what: string) =>
    new CliError('issuer-failed', `The issuer ${what}`, { facts: { started } });
  if (how !== null) throw failed(how);
  if (isThere(file)) return { round: begun, file };
  if (stdout.length === 0) throw failed('ended without an error, and gave no certificate');
  await writePrivateFile(file, stdout, false, context.signal);
  return { round: begun, file };
}

export type Opened = Pick<OpenedP12, 'identity' | 'password'>;

/**
 * Packs Apple's answer and the key into a .p12 of its own, and gives it opened. One that a killed run left, which holds the
 * same, is taken; whatever else is there stays.
 * @throws {CliError} of exit 2 and 3
 */
export async function packRound(
  round: Round,
  { file, certificate }: Answer,
  renewal: Renewal,
): Promise<{ round: Round; opened: Opened }> {
  const { options, directory, keep, context } = renewal;
  const { newPasswordFile, encryption = 'modern' } = options;
  const ofKey = keyPassword(renewal);
  requireOneStdin([options.cert, ofKey.file ?? undefined, newPasswordFile]);
  const privateKey = await openKey(filesOf(directory, round).key, ofKey, context);
  const password = await newP12Password(p12Password(options), context);
  const { der, commonName: friendlyName, fingerprint } = certificate;
  const content = { privateKey, certificate: der, chain: [], friendlyName };
  const first = join(directory, `${round.name}.p12`);
  const left = await leftBehind(first, fingerprint, password, context);
  const path = left === null ? freePath(renewal, round, '.p12') : first;
  const identity = left ?? (await makeP12(content, { name: path, password, encryption }, context));
  if (left === null) await writePrivateFile(path, identity.container.pfx, false, context.signal);
  context.terminal.note(`Packed ${file} and its key into ${path}`);
  const notAfter = isoDate(certificate.notAfter);
  const packed = { file: basename(path), fingerprint, notAfter, at: context.now().toISOString() };
  return { round: await keep({ ...round, packed, verifiedAt: null }), opened: { identity, password } };
}

/** The content of a .p12 that was written and not noted; null where it is something else, or nothing. */
async function leftBehind(
  path: string,
  fingerprint: string,
  password: NonNullable<OpenedP12['password']>,
  context: Context,
): Promise<OpenedP12['identity'] | null> {
  if (!isThere(path)) return null;
  const opened = await openLocatedP12({ path }, password, context).catch(unlessInterrupted(() => null));
  const { identity = null } = opened ?? {};
  return identity?.paired && identity.certificate?.fingerprint === fingerprint ? identity : null;
}
