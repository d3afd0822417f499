import { join } from 'node:path';
import type { Context } from '../../../context.ts';
import { CliError, unlessInterrupted } from '../../../errors/cli-error.ts';
import { entriesIn, statsOf } from '../../../files/directory.ts';
import { certifiedKeyFingerprint } from '../../../pkcs12/key.ts';
import type { Certificate } from '../../../pkcs12/model.ts';
import { readCertificates } from '../make-p12.ts';

const mostEntries = 100_000;

/** Apple's answer to a request. */
export interface Answer {
  readonly file: string;
  readonly certificate: Certificate;
}

/**
 * The certificate for the renewal's key in a directory, under any file name: of those for the app, the one that expires last;
 * null if none is for the key.
 * @param publicKey SHA-256 of the certified SubjectPublicKeyInfo
 * @throws {CliError} file-unreadable, interrupted
 */
export async function findAnswer(
  directory: string,
  { publicKey, bundleId }: { readonly publicKey: string; readonly bundleId: string },
  context: Context,
): Promise<Answer | null> {
  const files = certificateFiles(directory);
  const read = (file: string) => readAnswer(file, publicKey, context).catch(unlessInterrupted(() => null));
  const answers = (await Promise.all(files.map(read))).filter((answer) => answer !== null);
  if (answers.length === 0 && files.length > 0)
    context.terminal.note(`No certificate in ${directory} belongs to this renewal's key`);
  const [latest = null] = answers.sort(
    ({ certificate: a }, { certificate: b }) =>
      Number(b.bundleId === bundleId) - Number(a.bundleId === bundleId) ||
      b.notAfter.getTime() - a.notAfter.getTime(),
  );
  return latest;
}

/** The certificate for the renewal's key in a file; null if it has none. @throws {CliError} as readCertificates */
export async function readAnswer(file: string, publicKey: string, context: Context): Promise<Answer | null> {
  const certificates = await readCertificates(file, context);
  const certificate = certificates.find((each) => certifiedKeyFingerprint(each) === publicKey);
  return certificate === undefined ? null : { file, certificate };
}

function certificateFiles(directory: string): readonly string[] {
  try {
    return entriesIn(directory, mostEntries)
      .map(({ name }) => name)
      .filter((name) => /\.(cer|crt|der|pem)$/i.test(name) && !/\.key\.pem$/i.test(name))
      .map((name) => join(directory, name))
      .filter((file) => statsOf(file)?.isFile() === true);
  } catch (cause) {
    throw new CliError('file-unreadable', `${directory} cannot be read`, { cause });
  }
}
