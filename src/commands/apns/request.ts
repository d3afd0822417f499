import { type KeyObject, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { practiceAuthority } from '../../checks/issuer.ts';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { removeFile, requireFreeNames } from '../../files/directory.ts';
import { writePrivateFile } from '../../files/write.ts';
import { formatName } from '../../pkcs12/certificate.ts';
import { keyBits } from '../../pkcs12/certificate-request.ts';
import { encodePracticeCertificate } from '../../pkcs12/practice.ts';
import { inParts } from '../../report/fields.ts';
import { formatSteps, marked, wrote } from '../../report/findings.ts';
import { variable } from '../../settings/variable.ts';
import type { Style } from '../../terminal/style.ts';
import { Secret } from '../../text/secret.ts';
import type { CommandModule } from '../command.ts';
import { makeP12, newP12Password } from './make-p12.ts';
import {
  makeKeyAndRequest,
  makeOutputDirectory,
  newKeyPassword,
  quoted,
  type RequestOptions,
  requestSubject,
  requireNames,
  stepsAtApple,
} from './make-request.ts';

export interface RequestReport {
  readonly bundleId: string;
  readonly teamId: string;
  readonly key: {
    readonly file: string;
    readonly type: 'RSA';
    readonly bits: number;
    readonly encrypted: boolean;
  };
  readonly request: { readonly file: string; readonly subject: string };
  /** With `--practice`: a certificate from an authority that neither Apple nor a real tenant trusts, and its .p12. */
  readonly practice?: {
    readonly certificate: string;
    readonly p12: string;
    /** Of the .p12 and the key, if this command generated it; null if it was given. */
    readonly password: string | null;
  };
  /** The next steps, at Apple and here, a sentence each. */
  readonly next: readonly string[];
}

export async function request(options: RequestOptions, context: Context): Promise<RequestReport> {
  const { email, encrypt, newPasswordFile, practice = false, force = false } = options;
  if (!encrypt && newPasswordFile !== undefined && !practice)
    throw new CliError('usage', '--no-encrypt and --new-password-file cannot be used together');
  const place = { message: 'Directory for the key and the request:', option: '--out DIR' };
  const names = await requireNames(options, { given: options.out, ...place }, context);
  const { bundleId, teamId, directory } = names;
  const subject = requestSubject(bundleId, teamId, email);
  const fileOf = (ending: string) => join(directory, `${bundleId}.${ending}`);
  const [keyFile, requestFile] = [fileOf('key.pem'), fileOf('certSigningRequest')];
  const practiced = practice ? { certificate: fileOf('cer'), p12: fileOf('p12') } : null;
  if (!force) requireFreeNames([keyFile, requestFile, ...Object.values(practiced ?? {})]);
  const option = '--new-password-file FILE, set MFA_CLI_KEY_PASSWORD, or give --no-encrypt';
  const ofPractice = practice ? await practicePassword(options, context) : null;
  const password = !encrypt
    ? null
    : (ofPractice?.password ?? (await newKeyPassword({ file: newPasswordFile, option }, context)));

  const { privateKey, key, csr } = await makeKeyAndRequest(subject, password, context);
  makeOutputDirectory(directory);
  await writePrivateFile(keyFile, key, force, context.signal);
  try {
    await writePrivateFile(requestFile, csr, force, context.signal);
  } catch (error) {
    // A key without its request is useless. With --force it stays: it has replaced another key.
    if (!force) removeFile(keyFile);
    throw error;
  }
  const report = {
    bundleId,
    teamId,
    key: { file: keyFile, type: 'RSA' as const, bits: keyBits, encrypted: password !== null },
    request: { file: requestFile, subject: formatName(subject) },
  };
  const [certificate, p12] = [join(directory, 'aps.cer'), fileOf('p12')];
  if (practiced === null || ofPractice === null)
    return {
      ...report,
      next: [
        ...stepsAtApple(bundleId, requestFile, certificate),
        `Run \`mfa-cli apns pack --cert ${quoted(certificate)} --key ${quoted(keyFile)} --out ${quoted(p12)}\`.`,
        `Run \`mfa-cli apns set --p12 ${quoted(p12)}\`.`,
      ],
    };
  await writePractice(practiced, { ...names, privateKey, ...ofPractice }, force, context);
  return {
    ...report,
    practice: { ...practiced, password: ofPractice.made },
    next: [
      'Run `mfa-cli emulator --auto-approve` in another terminal, and paste the line that it prints into this one.',
      `Run \`mfa-cli apns set --no-verify --p12 ${quoted(p12)}\`. A real tenant does not accept this certificate.`,
    ],
  };
}

/** The password of the .p12, as for `apns pack`. Without a terminal it is generated and shown: it protects nothing. */
async function practicePassword({ newPasswordFile: file }: RequestOptions, context: Context) {
  const isGiven = file !== undefined || variable(context.env, 'MFA_CLI_P12_PASSWORD') !== undefined;
  if (isGiven || context.terminal.interactive)
    return { password: await newP12Password({ file }, context), made: null };
  const made = randomBytes(12).toString('base64url');
  return { password: new Secret(made), made };
}

async function writePractice(
  { certificate: certificateFile, p12 }: { readonly certificate: string; readonly p12: string },
  app: { bundleId: string; teamId: string; privateKey: KeyObject; password: Secret },
  force: boolean,
  context: Context,
): Promise<void> {
  const { bundleId, teamId, privateKey, password } = app;
  const certificate = encodePracticeCertificate(
    practiceAuthority,
    bundleId,
    teamId,
    privateKey,
    context.now(),
  );
  const content = { privateKey, certificate, chain: [], friendlyName: `Practice: ${bundleId}` };
  const { container } = await makeP12(content, { name: p12, password, encryption: 'modern' }, context);
  await writePrivateFile(certificateFile, certificate, force, context.signal);
  await writePrivateFile(p12, container.pfx, force, context.signal);
}

function format({ key, request, practice, next }: RequestReport, style: Style): string {
  const protection = key.encrypted ? 'encrypted' : 'not encrypted';
  const password = practice?.password == null ? '' : `, password ${practice.password}`;
  const written = [
    [key.file, `private key, ${key.type} ${key.bits}, ${protection}`],
    [request.file, `certificate signing request for ${request.subject}`],
    ...(practice === undefined ? [] : [[practice.certificate, 'practice certificate']]),
    ...(practice === undefined ? [] : [[practice.p12, `for practice${password}`]]),
  ].map(([file = '', what = '']) => `${marked('ok', wrote(file, what), style)}\n`);
  return inParts(written.join(''), formatSteps(next, style));
}

export const command: CommandModule<RequestOptions, RequestReport> = { work: request, format };
