import { basename, join, resolve } from 'node:path';
import type { OpenedP12 } from '../../../certificate/open-p12.ts';
import type { GivenPassword } from '../../../certificate/passwords.ts';
import { isoDay } from '../../../checks/validity.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { isThere } from '../../../files/directory.ts';
import { requireOneStdin } from '../../../files/read.ts';
import { writePrivateFile } from '../../../files/write.ts';
import { publicKeyFingerprint } from '../../../pkcs12/key.ts';
import type { Certificate } from '../../../pkcs12/model.ts';
import { runProgram } from '../../../programs/run-program.ts';
import { isoDate } from '../../../report/fields.ts';
import { wrote } from '../../../report/findings.ts';
import { passwordCommandIn } from '../../../settings/certificate.ts';
import { variable } from '../../../settings/values.ts';
import { makeP12, newP12Password, openKey } from '../p12/make-p12.ts';
import { makeKeyAndRequest, newKeyPassword, requestSubject } from '../p12/make-request.ts';
import { type RenewOptions, renewOptions } from './options.ts';
import type { Renewal } from './renewal.ts';
import { filesOf, type Round } from './state.ts';

export function p12Password(options: RenewOptions) {
  const file = options.newPasswordFile;
  return { file, command: passwordCommandIn(options, '--new-password-file', file) };
}

/**
 * The source of the key's password: its file, `MFA_CLI_KEY_PASSWORD`, else as for the
 * .p12.
 * @throws {CliError} usage
 */
function keyPassword({ options, context }: Renewal): GivenPassword {
  const { keyPasswordFile: file } = options;
  if (file !== undefined) return { file, called: '--key-password-file' };
  return variable(context.env, 'MFA_CLI_KEY_PASSWORD') === undefined
    ? p12Password(options)
    : { file };
}

/**
 * Makes the key and the request. The state names both first, and the key is written last:
 * an interrupted run leaves either no key, and the next run makes both again, or both
 * files. Other files in the directory stay.
 * @throws {CliError} usage, prompt-unavailable, file-unwritable, interrupted
 */
export async function requestRound(renewal: Renewal): Promise<Round> {
  const { options, directory, state, keep, context } = renewal;
  const { open } = renewal.standing;
  const requestedAt = context.now().toISOString();
  if (open !== null && isThere(filesOf(directory, open).key)) return keep({ ...open, requestedAt });
  const { bundleId, teamId } = state;
  const subject = requestSubject(bundleId, teamId);
  const option = '--key-password-file FILE, set MFA_CLI_KEY_PASSWORD, or give --no-encrypt';
  const password = options.encrypt
    ? await newKeyPassword({ ...keyPassword(renewal), option }, context)
    : null;
  const { privateKey, key, csr } = await makeKeyAndRequest(subject, password, context);
  const newRound = await keep({
    begunAt: requestedAt,
    name: open?.name ?? freeName(renewal),
    publicKey: publicKeyFingerprint(privateKey),
    requestedAt: null,
    issuing: null,
    packed: null,
    verifiedAt: null,
  });
  const files = filesOf(directory, newRound);
  await writePrivateFile(files.request, csr, true, context.signal);
  await writePrivateFile(files.key, key, false, context.signal);
  context.terminal.note(
    wrote(files.key, `private key, ${password === null ? 'not ' : ''}encrypted`),
    'ok',
  );
  context.terminal.note(wrote(files.request, 'certificate signing request'), 'ok');
  return keep({ ...newRound, requestedAt });
}

function freeName({ directory, state: { bundleId, rounds }, context }: Renewal): string {
  return numbered(`${bundleId}-${isoDay(context.now())}`, (name) => {
    const paths = [...Object.values(filesOf(directory, { name })), join(directory, `${name}.p12`)];
    return rounds.some((round) => round.name === name) || paths.some(isThere);
  });
}

/** The name, or the first free one of `name-2`, `name-3` … */
function numbered(base: string, isTaken: (name: string) => boolean): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? base : `${base}-${number}`;
    if (!isTaken(name)) return name;
  }
}

function freePath({ directory }: Renewal, { name }: Round, ending: string): string {
  const pathOf = (free: string) => join(directory, `${free}${ending}`);
  return pathOf(numbered(name, (free) => isThere(pathOf(free))));
}

/** The limit of a certificate on stdout, in bytes. */
const maxOutput = 1024 * 1024;

/** The issuer's exit code for "no certificate yet": `EX_TEMPFAIL` of sysexits. */
const notYet = 75;

/**
 * Why there is no certificate: the issuer has none yet, or was asked before and may have
 * issued one.
 */
export type Waiting = 'not-yet' | 'asked-before';

type Issued = { readonly round: Round } & (
  | { readonly file: string }
  | { readonly file: null; readonly waiting: Waiting }
);

/** @throws {CliError} usage */
export function requireIssuerOptions(options: RenewOptions): void {
  const { issuer, issuerArg = [], issuerTimeout, issueAgain = false, cert } = options;
  if (issuer !== undefined && cert !== undefined)
    throw new CliError('usage', '--issuer and --cert cannot be used together');
  if (issuer === undefined && (issuerArg.length > 0 || issuerTimeout !== undefined || issueAgain))
    throw new CliError('usage', '--issuer-arg, --issuer-timeout and --issue-again need --issuer', {
      facts: { option: '--issuer PROGRAM' },
    });
}

/**
 * Runs the issuer and returns the file of its certificate. The state notes the start
 * first: an issuer that was killed or failed may have issued a certificate.
 * @throws {CliError} issuer-failed, file-unwritable, interrupted
 */
export async function askIssuer(round: Round, renewal: Renewal): Promise<Issued> {
  const { options, directory, state, keep, context } = renewal;
  const { issuer = '', issuerArg = [], issueAgain = false } = options;
  if (round.issuing !== null && !issueAgain) return { round, file: null, waiting: 'asked-before' };
  const file = freePath(renewal, round, '.cer');
  const askedRound = await keep({ ...round, issuing: context.now().toISOString() });
  const run = {
    command: [issuer, ...issuerArg] as const,
    variables: {
      MFA_CLI_CSR: resolve(filesOf(directory, round).request),
      MFA_CLI_BUNDLE_ID: state.bundleId,
      MFA_CLI_TEAM_ID: state.teamId,
      MFA_CLI_CERTIFICATE: resolve(file),
    },
    limit: maxOutput,
    milliseconds: (options.issuerTimeout ?? renewOptions.issuerTimeout.default) * 1000,
  };
  const { code, started, how, stdout } = await runProgram(run, context);
  if (code === notYet)
    return { round: await keep({ ...askedRound, issuing: null }), file: null, waiting: 'not-yet' };
  if (!started) await keep({ ...askedRound, issuing: null });
  const failed = (what: string) =>
    new CliError('issuer-failed', `The issuer ${what}`, { facts: { started } });
  if (how !== null) throw failed(how);
  if (isThere(file)) return { round: askedRound, file };
  if (stdout.length === 0) throw failed('exited with 0, but wrote no certificate');
  await writePrivateFile(file, stdout, false, context.signal);
  context.terminal.note(wrote(file, 'certificate of the issuer'), 'ok');
  return { round: askedRound, file };
}

export interface Answer {
  readonly file: string;
  readonly certificate: Certificate;
}

export type Opened = Pick<OpenedP12, 'identity' | 'password'>;

/**
 * Packs Apple's answer and the key into a new .p12, and returns it opened. The state
 * names the file before it is written: an interrupted run leaves a name without a file,
 * and the next run packs again.
 * @throws {CliError} of exit 2 and 3
 */
export async function packRound(
  round: Round,
  { file, certificate }: Answer,
  renewal: Renewal,
): Promise<{ round: Round; opened: Opened }> {
  const { options, directory, keep, context } = renewal;
  const { newPasswordFile, encryption = renewOptions.encryption.default } = options;
  const ofKey = keyPassword(renewal);
  requireOneStdin([options.cert, ofKey.file ?? undefined, newPasswordFile]);
  const privateKey = await openKey(filesOf(directory, round).key, ofKey, context);
  const password = await newP12Password(p12Password(options), context);
  const { der, commonName: friendlyName, fingerprint } = certificate;
  const content = { privateKey, certificate: der, chain: [], friendlyName };
  const path = freePath(renewal, round, '.p12');
  const identity = await makeP12(content, { name: path, path, password, encryption }, context);
  const notAfter = isoDate(certificate.notAfter);
  const packed = { file: basename(path), fingerprint, notAfter, at: context.now().toISOString() };
  const recorded = await keep({ ...round, packed, verifiedAt: null });
  await writePrivateFile(path, identity.container.pfx, false, context.signal);
  context.terminal.note(wrote(path, `${file} and its private key`), 'ok');
  return { round: recorded, opened: { identity, password } };
}
