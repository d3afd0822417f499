import type { Context } from '../../context.ts';
import { openKey } from '../../delivery/open-key.ts';
import { readWithin } from '../../delivery/open-p12.ts';
import { CliError } from '../../errors/cli-error.ts';
import { nameOf, readWhole, requireOneStdin } from '../../files/read.ts';
import { orderChain, readCertificateFile } from '../../pkcs12/certificate-file.ts';
import type { Pkcs12Content } from '../../pkcs12/encode.ts';
import type { Certificate, P12File } from '../../pkcs12/model.ts';
import { requireValue } from '../../settings/require-value.ts';

export interface PackOptions {
  readonly cert?: string;
  readonly key?: string;
  readonly out?: string;
  readonly chain?: readonly string[];
  readonly encryption?: 'modern' | 'legacy';
  readonly keyPasswordFile?: string;
  readonly newPasswordFile?: string;
  readonly force?: boolean;
}

/** The largest certificate or key file that is looked at, in bytes. */
const fileLimit = 1024 * 1024;

/** Where things come from and go to; `-` is stdin and stdout. */
interface PackPaths {
  readonly cert: string;
  readonly key: string;
  readonly out: string;
}

/** The paths that were given, else a person is asked for them. @throws {CliError} usage, interrupted */
export async function requirePaths(options: PackOptions, context: Context): Promise<PackPaths> {
  const cert = await requireValue(
    options.cert,
    { message: 'Path of the certificate:', missing: 'No certificate was given', option: '--cert FILE' },
    context,
  );
  const key = await requireValue(
    options.key,
    { message: 'Path of the private key:', missing: 'No private key was given', option: '--key FILE' },
    context,
  );
  const out = await requireValue(
    options.out,
    { message: 'The .p12 to write:', missing: 'No .p12 to write was given', option: '--out FILE' },
    context,
  );
  return { cert, key, out };
}

/**
 * Reads the certificate, its chain and the key; whether they belong together is not judged. The .p12 has the name of the
 * certificate, as Keychain Access gives it.
 * @throws {CliError} certificate-not-recognised, usage, those of openKey and of reading a file
 */
export async function readContent(
  { cert, key }: PackPaths,
  { chain = [], keyPasswordFile, newPasswordFile }: PackOptions,
  context: Context,
): Promise<Pkcs12Content> {
  requireOneStdin([cert, key, ...chain, keyPasswordFile, newPasswordFile]);
  const [leaf] = await readCertificates(cert, context);
  const issuers = await readChain(leaf, chain, context);
  return {
    privateKey: await openKey(await readInput(key, context), keyPasswordFile, context),
    certificate: leaf.der,
    chain: issuers.map(({ der }) => der),
    friendlyName: leaf.commonName,
  };
}

async function readInput(path: string, context: Context): Promise<P12File> {
  return { name: nameOf(path), bytes: await readWhole(path, fileLimit, context) };
}

async function readCertificates(
  path: string,
  context: Context,
): Promise<readonly [Certificate, ...Certificate[]]> {
  const file = await readInput(path, context);
  return readWithin(file, 'certificate-not-recognised', context, (pace) => readCertificateFile(file, pace));
}

/** In the order of their issuing. @throws {CliError} usage, where one issued none of the others */
async function readChain(
  leaf: Certificate,
  paths: readonly string[],
  context: Context,
): Promise<readonly Certificate[]> {
  const candidates: Certificate[] = [];
  for (const path of paths) candidates.push(...(await readCertificates(path, context)));
  const chain = { name: 'The chain', bytes: Buffer.concat(candidates.map(({ der }) => der)) };
  const { ordered, unrelated } = await readWithin(
    chain,
    'certificate-not-recognised',
    context,
    ({ inOneGo }) => inOneGo(() => orderChain(leaf, candidates)),
  );
  const [stranger] = unrelated;
  if (stranger === undefined) return ordered;
  const name = stranger.commonName ?? stranger.subject;
  throw new CliError('usage', `"${name}" of the chain issued neither the certificate nor one of its issuers`);
}
