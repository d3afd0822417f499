import type { Context } from '../context.ts';
import { CliError } from '../errors.ts';
import type { P12File } from '../pkcs12/model.ts';
import { nameOf, readWhole, tooLarge } from './read.ts';
import { variable } from './settings.ts';

/** The largest .p12 that is looked at, in bytes. */
const p12Limit = 1024 * 1024;

/** Where a .p12 is named: `--p12 FILE`, or the argument of `inspect` and `convert`. */
export interface P12Source {
  readonly p12?: string;
  readonly file?: string;
}

/**
 * The .p12 from a file, stdin (`-`) or `MFA_CLI_P12_BASE64`, whole and at most 1 MiB.
 * @throws {CliError} usage, file-not-found, file-unreadable, file-too-large, pkcs12-not-recognised (base64 that is none), interrupted
 */
export async function readP12(source: P12Source, context: Context): Promise<P12File> {
  const { env } = context;
  const path = resolveP12Path(source, env);
  if (path === null) return decodeBase64(variable(env, 'MFA_CLI_P12_BASE64') ?? '');
  const bytes = await readWhole(path, p12Limit, context);
  return { name: nameOf(path), bytes };
}

/** The path, `-`, or null for `MFA_CLI_P12_BASE64`. @throws {CliError} usage */
export function resolveP12Path(source: P12Source, env: Context['env']): string | null {
  if (source.p12 !== undefined && source.file !== undefined)
    throw new CliError('usage', 'Two .p12 files were given');
  const option = source.p12 ?? source.file;
  if (option === '') throw new CliError('usage', 'The name of the .p12 file is empty');
  if (option !== undefined) return option;
  const path = variable(env, 'MFA_CLI_P12');
  const base64 = variable(env, 'MFA_CLI_P12_BASE64');
  if (path !== undefined && base64 !== undefined) {
    throw new CliError(
      'usage',
      'MFA_CLI_P12 and MFA_CLI_P12_BASE64 are both set, and only one .p12 can be used',
    );
  }
  if (path === undefined && base64 === undefined) {
    throw new CliError('usage', 'No .p12 file was given', {
      facts: { option: '--p12 FILE', variable: 'MFA_CLI_P12 or MFA_CLI_P12_BASE64' },
    });
  }
  return path ?? null;
}

function decodeBase64(text: string): P12File {
  const name = 'MFA_CLI_P12_BASE64';
  const compact = text.replace(/\s+/g, '');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(compact)) {
    throw new CliError('pkcs12-not-recognised', `${name} does not hold base64`);
  }
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.length > p12Limit) throw tooLarge(name, p12Limit);
  return { name, bytes };
}
