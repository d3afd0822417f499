import { join } from 'node:path';
import type { Context } from '../../../context.ts';
import { CliError, unlessInterrupted } from '../../../errors/cli-error.ts';
import { entriesIn, statsOf } from '../../../files/directory.ts';
import { nameOf } from '../../../files/read.ts';
import { certifiedKeyFingerprint } from '../../../pkcs12/key.ts';
import type { Certificate } from '../../../pkcs12/model.ts';
import { onOneLine } from '../../../text/printable.ts';
import { readCertificates } from '../make-p12.ts';

const mostFiles = 200;

const mostEntries = 100_000;

export interface Answer {
  readonly file: string;
  readonly certificate: Certificate;
}

/** Why a file is not Apple's answer to this renewal: the end of a sentence. */
const reasons = {
  'another-key': () => "does not belong to this renewal's key",
  'another-app': (bundleId: string) => `is for an app other than ${bundleId}`,
  earlier: () => 'is the certificate of an earlier renewal',
  unreadable: () => 'holds no readable certificate',
};

/** A file that is not Apple's answer to this renewal. */
export interface Stranger {
  readonly file: string;
  readonly why: keyof typeof reasons;
}

interface Sought {
  readonly bundleId: string;
  /** SHA-256 of the certified SubjectPublicKeyInfo. */
  readonly publicKey: string;
  /** The keys of earlier renewals, whose certificates may be in the directory. */
  readonly earlier: readonly string[];
}

export interface Found {
  /** The answer with the latest `notAfter`, or null. */
  readonly answer: Answer | null;
  readonly strangers: readonly Stranger[];
}

/** Looks for Apple's answer in a directory, under any file name. @throws {CliError} file-unreadable, interrupted */
export async function findAnswer(directory: string, sought: Sought, context: Context): Promise<Found> {
  const look = async (name: string): Promise<Answer | Stranger | null> => {
    const file = join(directory, name);
    const certificates = await readCertificates(file, context).catch(unlessInterrupted(() => null));
    // A .pem may hold anything.
    if (certificates === null) return /\.pem$/i.test(name) ? null : { file, why: 'unreadable' };
    // The checks report on any certificate for the key, whatever its kind.
    const leaves = certificates.filter(
      (each) => isLeaf(each) || certifiedKeyFingerprint(each) === sought.publicKey,
    );
    return leaves.length === 0 ? null : judge(file, leaves, sought);
  };
  const all = await Promise.all(certificateFiles(directory, context).map(look));
  const answers = all.filter((each) => each !== null && 'certificate' in each);
  const strangers = all.filter((each) => each !== null && 'why' in each);
  const [answer = null] = answers.sort(
    ({ certificate: a }, { certificate: b }) =>
      Number(isLeaf(b)) - Number(isLeaf(a)) || b.notAfter.getTime() - a.notAfter.getTime(),
  );
  return { answer, strangers };
}

/** Judges the certificate of a file that was named. @throws {CliError} as reading it */
export async function readAnswer(file: string, sought: Sought, context: Context): Promise<Found> {
  const judged = judge(file, await readCertificates(file, context), sought) ?? { file, why: 'earlier' };
  return 'certificate' in judged ? { answer: judged, strangers: [] } : { answer: null, strangers: [judged] };
}

/** A sentence without a period. */
export function strangerWords({ file, why }: Stranger, bundleId: string): string {
  return `${onOneLine(nameOf(file))} ${reasons[why](bundleId)}`;
}

/** The newest files if there are too many: Apple's answer was saved recently. Skips broken links. */
function certificateFiles(directory: string, { terminal }: Context): readonly string[] {
  let names: readonly string[];
  try {
    names = entriesIn(directory, mostEntries).map(({ name }) => name);
  } catch (cause) {
    throw new CliError('file-unreadable', `${directory} cannot be read`, { cause });
  }
  const files = names
    .filter((name) => /\.(cer|crt|der|pem)$/i.test(name) && !/\.key\.pem$/i.test(name))
    .map((name) => ({ name, stats: statsOf(join(directory, name)) }))
    .filter(({ stats }) => stats?.isFile() === true)
    .sort((a, b) => (b.stats?.mtimeMs ?? 0) - (a.stats?.mtimeMs ?? 0));
  if (files.length > mostFiles)
    terminal.warn(
      `${directory} holds ${files.length} certificate files; only the newest ${mostFiles} are read`,
    );
  return files
    .slice(0, mostFiles)
    .map(({ name }) => name)
    .sort();
}

/** CA certificates are often saved next to those that they issued, and deserve no warning. */
function isLeaf({ kind, bundleId }: Certificate): boolean {
  return kind !== 'other' || bundleId !== null;
}

/** Null for a certificate of an earlier renewal. */
function judge(file: string, certificates: readonly Certificate[], sought: Sought): Answer | Stranger | null {
  const certificate = certificates.find((each) => certifiedKeyFingerprint(each) === sought.publicKey);
  if (certificate !== undefined) {
    const { bundleId } = certificate;
    const isOurApp = bundleId === null || bundleId === sought.bundleId;
    return isOurApp ? { file, certificate } : { file, why: 'another-app' };
  }
  const isEarlier = certificates.some((each) => sought.earlier.includes(certifiedKeyFingerprint(each) ?? ''));
  if (isEarlier) return null;
  const isOtherApp = certificates.every(({ bundleId }) => bundleId !== null && bundleId !== sought.bundleId);
  return { file, why: isOtherApp ? 'another-app' : 'another-key' };
}
