import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { CliError } from '../../errors/cli-error.ts';
import { removeFile, requireFreeNames } from '../../files/directory.ts';
import { writePrivateFile } from '../../files/write.ts';
import { formatName } from '../../pkcs12/certificate.ts';
import { keyBits } from '../../pkcs12/certificate-request.ts';
import type { Style } from '../../terminal/style.ts';
import type { CommandModule } from '../command.ts';
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
  /** What is to be done at Apple's, and then here; a sentence each. */
  readonly next: readonly string[];
}

export async function request(options: RequestOptions, context: Context): Promise<RequestReport> {
  const { email, encrypt, newPasswordFile, force = false } = options;
  if (!encrypt && newPasswordFile !== undefined)
    throw new CliError('usage', '--no-encrypt and --new-password-file exclude each other');
  const place = { message: 'Directory for the key and the request:', option: '--out DIR' };
  const names = await requireNames(options, { given: options.out, ...place }, context);
  const { bundleId, teamId, directory } = names;
  const subject = requestSubject(bundleId, teamId, email);
  const keyFile = join(directory, `${bundleId}.key.pem`);
  const requestFile = join(directory, `${bundleId}.certSigningRequest`);
  if (!force) requireFreeNames([keyFile, requestFile]);
  const option = '--new-password-file FILE or --no-encrypt';
  const password = encrypt ? await newKeyPassword({ file: newPasswordFile, option }, context) : null;

  const { key, csr } = await makeKeyAndRequest(subject, password, context);
  makeOutputDirectory(directory);
  await writePrivateFile(keyFile, key, force, context.signal);
  try {
    await writePrivateFile(requestFile, csr, force, context.signal);
  } catch (error) {
    // A key that no request goes with is of no use; one that another key was replaced by may be.
    if (!force) removeFile(keyFile);
    throw error;
  }
  const [certificate, p12] = [join(directory, 'aps.cer'), join(directory, `${bundleId}.p12`)];
  return {
    bundleId,
    teamId,
    key: { file: keyFile, type: 'RSA', bits: keyBits, encrypted: password !== null },
    request: { file: requestFile, subject: formatName(subject) },
    next: [
      ...stepsAtApple(bundleId, requestFile, certificate),
      `Run \`mfa-cli apns pack --cert ${quoted(certificate)} --key ${quoted(keyFile)} --out ${quoted(p12)}\`.`,
      `Run \`mfa-cli apns set --p12 ${quoted(p12)}\`.`,
    ],
  };
}

function format({ key, request, next }: RequestReport, style: Style): string {
  const protection = key.encrypted ? 'encrypted' : 'not encrypted';
  const written = [
    `${style.green('✓')} Wrote ${key.file} (private key, ${key.type} ${key.bits}, ${protection})`,
    `${style.green('✓')} Wrote ${request.file} (certificate request for ${request.subject})`,
  ];
  const steps = next.map((step, index) => `  ${index + 1}. ${step}`);
  return [...written, '', style.bold('Next'), ...steps, ''].join('\n');
}

export const command: CommandModule<RequestOptions, RequestReport> = { work: request, format };
