import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { practiceAuthority } from '../../../checks/issuer.ts';
import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { removeFile, requireFreeNames } from '../../../files/directory.ts';
import { requireOwnDirectory } from '../../../files/own-file.ts';
import { writePrivateFile } from '../../../files/write.ts';
import { formatName } from '../../../pkcs12/certificate.ts';
import { keyBits } from '../../../pkcs12/certificate-request.ts';
import { encodePracticeCertificate } from '../../../pkcs12/practice.ts';
import { inParts } from '../../../report/fields.ts';
import { formatSteps, wrote } from '../../../report/findings.ts';
import { variable } from '../../../settings/values.ts';
import type { Style } from '../../../terminal/style.ts';
import { Secret } from '../../../text/secret.ts';
import type { CommandModule } from '../../command.ts';
import { makeP12, newP12Password } from './make-p12.ts';
import {
  makeKeyAndRequest,
  makeOutputDirectory,
  newKeyPassword,
  quoted,
  type RequestNames,
  requestSubject,
  requireNames,
  stepsAtApple,
} from './make-request.ts';
import type { RequestOptions } from './options.ts';

export interface RequestReport {
  readonly bundleId: string;
  readonly teamId: string;
  readonly key: {
    readonly file: string;
    readonly type: 'RSA';
    readonly bits: number;
    readonly encrypted: boolean;
  };
  /** Null with `--practice`, which makes nothing that Apple would accept. */
  readonly request: { readonly file: string; readonly subject: string } | null;
  /**
   * With `--practice`: a certificate from an authority that neither Apple nor a real
   * tenant trusts, and its .p12.
   */
  readonly practice?: {
    readonly certificate: string;
    readonly p12: string;
    /**
     * Of the .p12, and of the key unless that has its own, if this command generated it;
     * null if it was given.
     */
    readonly password: string | null;
  };
  /** The next steps, at Apple and here, a sentence each. */
  readonly next: readonly string[];
}

export async function request(options: RequestOptions, context: Context): Promise<RequestReport> {
  const { encrypt, newPasswordFile, practice = false } = options;
  if (!encrypt && newPasswordFile !== undefined && !practice)
    throw new CliError('usage', '--no-encrypt and --new-password-file cannot be used together');
  const place = { message: 'Directory for the key and the request:', option: '--out DIR' };
  const names = await requireNames(options, { given: options.out, ...place }, context);
  return practice ? makePractice(options, names, context) : makeRequest(options, names, context);
}

const passwordOption = '--new-password-file FILE, set MFA_CLI_KEY_PASSWORD, or give --no-encrypt';

async function makeRequest(
  { encrypt, newPasswordFile: file }: RequestOptions,
  { bundleId, teamId, directory }: RequestNames,
  context: Context,
): Promise<RequestReport> {
  const subject = requestSubject(bundleId, teamId);
  const fileOf = (ending: string) => join(directory, `${bundleId}.${ending}`);
  const keyFile = fileOf('key.pem');
  const requestFile = fileOf('certSigningRequest');
  requireTargets(directory, [keyFile, requestFile]);
  const password = encrypt ? await newKeyPassword({ file, option: passwordOption }, context) : null;
  const made = await makeKeyAndRequest(subject, password, context);
  makeOutputDirectory(directory);
  await writePrivateFile(keyFile, made.key, false, context.signal);
  try {
    await writePrivateFile(requestFile, made.csr, false, context.signal);
  } catch (error) {
    // A key without its request is useless.
    removeFile(keyFile);
    throw error;
  }
  const certificate = join(directory, 'aps.cer');
  const p12 = fileOf('p12');
  const inputs = `--cert ${quoted(certificate)} --key ${quoted(keyFile)}`;
  return {
    bundleId,
    teamId,
    key: { file: keyFile, type: 'RSA', bits: keyBits, encrypted: encrypt },
    request: { file: requestFile, subject: formatName(subject) },
    next: [
      ...stepsAtApple(bundleId, requestFile, certificate),
      `Run \`mfa-cli apns pack ${inputs} --out ${quoted(p12)}\`.`,
      `Run \`mfa-cli apns set ${quoted(p12)}\`.`,
    ],
  };
}

/**
 * Its files have names of their own, so that it touches nothing of a real request, and
 * its password may be shown.
 */
async function makePractice(
  options: RequestOptions,
  { bundleId, teamId, directory }: RequestNames,
  context: Context,
): Promise<RequestReport> {
  const { encrypt } = options;
  const { now, signal } = context;
  const subject = requestSubject(bundleId, teamId);
  const fileOf = (ending: string) => join(directory, `${bundleId}.practice.${ending}`);
  const keyFile = fileOf('key.pem');
  const certificateFile = fileOf('cer');
  const p12 = fileOf('p12');
  requireTargets(directory, [keyFile, certificateFile, p12]);
  const { password, made } = await practicePassword(options, context);
  const keyPassword = encrypt ? await practiceKeyPassword(password, context) : null;
  const { privateKey, key } = await makeKeyAndRequest(subject, keyPassword, context);
  const certified = { bundleId, teamId, privateKey };
  const certificate = encodePracticeCertificate(practiceAuthority, certified, now());
  const content = { privateKey, certificate, chain: [], friendlyName: `Practice: ${bundleId}` };
  const { container } = await makeP12(
    content,
    { name: p12, password, encryption: 'modern' },
    context,
  );
  makeOutputDirectory(directory);
  await writePrivateFile(keyFile, key, false, signal);
  await writePrivateFile(certificateFile, certificate, false, signal);
  await writePrivateFile(p12, container.pfx, false, signal);
  return {
    bundleId,
    teamId,
    key: { file: keyFile, type: 'RSA', bits: keyBits, encrypted: encrypt },
    request: null,
    practice: { certificate: certificateFile, p12, password: made },
    next: [
      'Run `mfa-cli emulator --auto-approve` in another terminal, ' +
        'and paste the line that it prints into this one.',
      `Run \`mfa-cli apns set ${quoted(p12)} --no-verify\`. ` +
        'A real tenant does not accept this certificate.',
    ],
  };
}

/**
 * Checks all files before the first is written: a key is never replaced.
 * @throws {CliError} file-exists, file-unreadable
 */
function requireTargets(directory: string, files: readonly string[]): void {
  requireOwnDirectory(directory);
  requireFreeNames(files, '--out DIR');
}

/**
 * The password of the .p12, as for `apns pack`. Without a terminal it is generated and
 * shown: it protects nothing.
 */
async function practicePassword({ newPasswordFile: file }: RequestOptions, context: Context) {
  const isGiven = file !== undefined || context.env.MFA_CLI_P12_PASSWORD !== undefined;
  if (isGiven || context.terminal.interactive)
    return { password: await newP12Password({ file }, context), made: null };
  const made = randomBytes(12).toString('base64url');
  return { password: new Secret(made), made };
}

/** The password of the key: its own variable, else that of the .p12. */
async function practiceKeyPassword(ofP12: Secret, context: Context): Promise<Secret> {
  if (variable(context.env, 'MFA_CLI_KEY_PASSWORD') === undefined) return ofP12;
  return newKeyPassword({ file: null, option: passwordOption }, context);
}

function format({ key, request, practice, next }: RequestReport, style: Style): string {
  const protection = key.encrypted ? 'encrypted' : 'not encrypted';
  const password = practice?.password == null ? '' : `, password ${practice.password}`;
  const written = [
    [key.file, `private key, ${key.type} ${key.bits}, ${protection}`],
    ...(request === null
      ? []
      : [[request.file, `certificate signing request for ${request.subject}`]]),
    ...(practice === undefined ? [] : [[practice.certificate, 'practice certificate']]),
    ...(practice === undefined ? [] : [[practice.p12, `for practice${password}`]]),
  ].map(([file = '', what = '']) => `${style.mark('ok', wrote(file, what))}\n`);
  return inParts(written.join(''), formatSteps(next, style));
}

export const command: CommandModule<RequestOptions, RequestReport> = { work: request, format };
