import type { Context } from '../../context.ts';
import { locateP12, readP12 } from '../../delivery/locate-p12.ts';
import { resolveNewPassword } from '../../delivery/new-password.ts';
import { type OpenedP12, openP12 } from '../../delivery/open-p12.ts';
import { CliError } from '../../errors/cli-error.ts';
import { requireOneStdin } from '../../files/read.ts';
import { refuseBinaryOnTerminal, writePrivateFile } from '../../files/write.ts';
import { encodePkcs12 } from '../../pkcs12/encode.ts';
import type { P12File } from '../../pkcs12/model.ts';
import { pairOf } from '../../pkcs12/pair.ts';
import { encodePem } from '../../pkcs12/pem.ts';
import { readPfx } from '../../pkcs12/pfx.ts';
import { givenP12, type P12Options } from '../../settings/given-p12.ts';
import { addExamples, addP12Options } from '../../settings/options.ts';
import { encodeForTenant } from '../../tenant/certificates.ts';
import type { Style } from '../../terminal/style.ts';
import type { Secret } from '../../text/secret.ts';
import type { CommandModule, Declaration } from '../command.ts';

export interface ConvertOptions extends P12Options {
  readonly out?: string;
  readonly format?: 'base64' | 'pem' | 'p12';
  readonly encryption?: 'modern' | 'legacy';
  readonly force?: boolean;
}

export const declaration: Declaration = {
  words: ['apns', 'convert'],
  summary: 'turn a .p12 into base64, PEM or a newly encrypted .p12',
  options(command) {
    command.argument('[file]', 'the .p12 file, - is stdin');
    addP12Options(command)
      .option('--out <file>', 'file to write, with mode 0600; default: stdout')
      .addOption(
        command
          .createOption('--format <format>', 'what to make; default: base64')
          .choices(['base64', 'pem', 'p12']),
      )
      .addOption(
        command.createOption('--encryption <scheme>', 'of the new .p12').choices(['modern', 'legacy']),
      )
      .option('--new-password-file <file>', "file with the new .p12's password; default: the old one")
      .option('--force', 'replace an existing file');
    addExamples(
      command,
      'mfa-cli apns convert cert.p12',
      'mfa-cli apns convert cert.p12 --encryption legacy --out for-old-servers.p12',
      'mfa-cli apns convert cert.p12 --format pem --out cert.pem',
    );
  },
};

export interface ConvertReport {
  readonly file: string;
  readonly format: 'base64' | 'pem' | 'p12';
  /** The file that was written; null: the content is here. */
  readonly out: string | null;
  /** Text, for `p12` the base64 of its bytes; null where it went into a file. */
  readonly content: string | null;
}

export async function convert(options: ConvertOptions, context: Context): Promise<ConvertReport> {
  requireOneStdin([options.p12 ?? options.file, options.passwordFile, options.newPasswordFile]);
  const format = resolveFormat(options);
  const out = options.out === undefined || options.out === '-' ? null : options.out;
  if (format === 'p12' && out === null) refuseBinaryOnTerminal(context);
  const { file, content } = await convertedContent(format, options, context);
  if (out !== null) {
    await writePrivateFile(out, content, options.force === true, context.signal);
  }
  const text = typeof content === 'string' ? content : Buffer.from(content).toString('base64');
  return { file: file.name, format, out, content: out === null ? text : null };
}

/** An encryption or a new password is for a .p12 only, and asks for one. @throws {CliError} usage */
function resolveFormat({ format, encryption, newPasswordFile }: ConvertOptions): ConvertReport['format'] {
  const wantsP12 = encryption !== undefined || newPasswordFile !== undefined;
  if (wantsP12 && format !== undefined && format !== 'p12') {
    throw new CliError('usage', `An encryption and a new password are for the format p12, not ${format}`);
  }
  return format ?? (wantsP12 ? 'p12' : 'base64');
}

async function convertedContent(
  format: ConvertReport['format'],
  options: ConvertOptions,
  context: Context,
): Promise<{ file: P12File; content: string | Uint8Array }> {
  const given = givenP12(options, context.env);
  if (format === 'base64') {
    const file = await readP12(await locateP12(given, context), context);
    return { file, content: encodeForTenant(readPfx(file).bytes) };
  }
  const opened = await openP12(given, context);
  const { file, identity } = opened;
  if (format === 'pem') {
    return { file, content: encodePem(identity) };
  }
  const pair = pairOf(identity);
  if (pair === null) {
    throw new CliError('pkcs12-unsupported', `${file.name} holds no private key with its certificate`, {
      facts: { missing: 'private key' },
    });
  }
  const password = await newPassword(opened, options, context);
  const content = await encodePkcs12(
    {
      privateKey: pair.privateKey,
      certificate: pair.certificate.der,
      chain: identity.chain.map(({ der }) => der),
      friendlyName: identity.friendlyName,
    },
    password,
    options.encryption ?? 'modern',
  );
  return { file, content };
}

/** The password of the new file: its own, else the old one, unless that is empty. */
async function newPassword(
  opened: OpenedP12,
  { newPasswordFile: file }: ConvertOptions,
  context: Context,
): Promise<Secret> {
  if (file === undefined && opened.password !== null && opened.password.reveal() !== '')
    return opened.password;
  return resolveNewPassword({ what: 'new file', file, option: '--new-password-file FILE' }, context);
}

function format({ format, out, content }: ConvertReport, style: Style): string | Uint8Array {
  if (content === null) return `${style.green('✓')} Wrote ${out}\n`;
  return format === 'p12' ? Buffer.from(content, 'base64') : Buffer.from(`${content.trimEnd()}\n`);
}

export const command: CommandModule<ConvertOptions, ConvertReport> = { work: convert, format };
