import { type OpenedP12, openP12, openP12IfPossible } from '../../../certificate/open-p12.ts';
import { resolveNewPassword } from '../../../certificate/passwords.ts';
import type { Context } from '../../../context.ts';
import { CliError } from '../../../errors/cli-error.ts';
import { writePrivateFile } from '../../../files/write.ts';
import { encodeBase64 } from '../../../pkcs12/base64.ts';
import { encodePkcs12 } from '../../../pkcs12/encode.ts';
import { type P12File, pairOf } from '../../../pkcs12/model.ts';
import { encodePem } from '../../../pkcs12/pem.ts';
import { wrote } from '../../../report/findings.ts';
import { givenP12 } from '../../../settings/certificate.ts';
import type { Style } from '../../../terminal/style.ts';
import type { Secret } from '../../../text/secret.ts';
import type { CommandModule } from '../../command.ts';
import { refuseBinaryOnTerminal } from './make-p12.ts';
import type { ConvertOptions } from './options.ts';

export interface ConvertReport {
  readonly file: string;
  readonly format: 'base64' | 'pem' | 'p12';
  /** The written file; null if `content` has the content. */
  readonly out: string | null;
  /** Text, or the base64 of the bytes for `p12`; null if it went into a file. */
  readonly content: string | null;
  /** Whether a password, or none, opened the file; false: only its structure was read. */
  readonly opened: boolean;
}

export async function convert(options: ConvertOptions, context: Context): Promise<ConvertReport> {
  const format = resolveFormat(options);
  const out = options.out === undefined || options.out === '-' ? null : options.out;
  if (format === 'p12' && out === null) refuseBinaryOnTerminal(context);
  const { file, content, opened } = await convertedContent(format, options, context);
  if (!opened && out === null) context.terminal.note(`${file.name}: ${notOpened}.`);
  if (out !== null) await writePrivateFile(out, content, options.force === true, context.signal);
  const text = typeof content === 'string' ? content : encodeBase64(content);
  return { file: file.name, format, out, content: out === null ? text : null, opened };
}

/**
 * An encryption or a new password implies the format p12, and excludes others.
 * @throws {CliError} usage
 */
function resolveFormat({
  format,
  encryption,
  newPasswordFile,
}: ConvertOptions): ConvertReport['format'] {
  const wantsP12 = encryption !== undefined || newPasswordFile !== undefined;
  if (wantsP12 && format !== undefined && format !== 'p12')
    throw new CliError(
      'usage',
      `--encryption and --new-password-file are for the format p12, not ${format}`,
    );
  return format ?? (wantsP12 ? 'p12' : 'base64');
}

interface Converted {
  readonly file: P12File;
  readonly content: string | Uint8Array;
  readonly opened: boolean;
}

const notOpened = 'only the structure was checked, since no password was given';

async function convertedContent(
  format: ConvertReport['format'],
  options: ConvertOptions,
  context: Context,
): Promise<Converted> {
  const given = givenP12(options, context.env, options.newPasswordFile);
  if (format === 'base64') {
    const { file, pfx, opened } = await openP12IfPossible(given, context);
    return { file, content: encodeBase64(pfx.bytes), opened: opened !== null };
  }
  const source = await openP12(given, context);
  const { file, identity } = source;
  if (format === 'pem') {
    if (identity.privateKey !== null) await sayClear(options, context);
    return { file, content: encodePem(identity), opened: true };
  }
  const pair = pairOf(identity);
  if (pair === null)
    throw new CliError(
      'pkcs12-unsupported',
      `${file.name} holds no private key with its certificate`,
      {
        facts: { missing: 'private key' },
      },
    );
  const { privateKey, certificate } = pair;
  const chain = identity.chain.map(({ der }) => der);
  const made = {
    privateKey,
    certificate: certificate.der,
    chain,
    friendlyName: identity.friendlyName,
  };
  const password = await newPassword(source, options, context);
  const content = await encodePkcs12(made, password, options.encryption ?? 'modern');
  return { file, content, opened: true };
}

async function sayClear(
  { out = '-' }: ConvertOptions,
  { terminal, prompt }: Context,
): Promise<void> {
  terminal.warn(
    'The private key is not encrypted: anyone who reads it can send pushes as your app',
  );
  if (out !== '-' || terminal.streams.stdout.isTTY !== true) return;
  const shown = await prompt.confirm({
    message: 'Show the private key on this terminal?',
    unavailable: 'Showing the private key must be confirmed in a terminal',
    facts: { option: '--out FILE' },
  });
  if (!shown) throw new CliError('interrupted', 'Nothing was shown');
}

/** The password of the new file: its own, else the old one, unless that is empty. */
async function newPassword(
  opened: OpenedP12,
  { newPasswordFile: file }: ConvertOptions,
  context: Context,
): Promise<Secret> {
  if (file === undefined && opened.password !== null && opened.password.reveal() !== '')
    return opened.password;
  return resolveNewPassword(
    { what: 'new file', file, option: '--new-password-file FILE' },
    context,
  );
}

const forms = {
  base64: 'the .p12 in base64',
  pem: 'certificates and private key in PEM',
  p12: '.p12',
} as const;

function format(report: ConvertReport, style: Style): string | Uint8Array {
  const { format, out, content, opened } = report;
  if (content === null) {
    const words = wrote(out ?? '', forms[format]);
    return `${style.mark('ok', opened ? words : `${words}; ${notOpened}`)}\n`;
  }
  return format === 'p12' ? Buffer.from(content, 'base64') : Buffer.from(`${content.trimEnd()}\n`);
}

export const command: CommandModule<ConvertOptions, ConvertReport, string | Uint8Array> = {
  work: convert,
  format,
};
