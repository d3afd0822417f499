import { createPrivateKey, createPublicKey, hash, type KeyObject } from 'node:crypto';
import { CliError } from '../errors.ts';
import type { Secret } from '../secret.ts';
import { children, Malformed, oid, parse } from './asn1.ts';
import { publicKeyIdentity, type ReadCertificate, readCertificate } from './certificate.ts';
import type { CertificateKind, P12File, PushIdentity } from './model.ts';
import { type CertificateBag, type KeyBag, openPfx } from './open.ts';
import { corrupt, readPfx } from './pfx.ts';
import { inTurns } from './turns.ts';

/**
 * Opens a .p12 and tells its push identity: the certificate that belongs to a private key of the file, wherever it stands.
 * A password of null is none: absent and empty are tried as each other.
 * @throws {CliError} pkcs12-not-recognised, pkcs12-corrupt, pkcs12-password-incorrect, pkcs12-password-required, pkcs12-unsupported, interrupted
 * @see RFC 7292
 */
export async function readPushIdentity(
  file: P12File,
  password: Secret | null,
  options: { signal?: AbortSignal } = {},
): Promise<PushIdentity> {
  try {
    return await read(file, password, options.signal);
  } catch (error) {
    if (options.signal?.aborted)
      throw new CliError('interrupted', `The reading of ${file.name} was interrupted`);
    throw error instanceof Malformed ? corrupt(file, error) : error;
  }
}

interface Key {
  readonly privateKey: KeyObject;
  readonly publicKey: string;
  readonly friendlyName: string | null;
}

type Leaf = ReadCertificate & { readonly friendlyName: string | null };

async function read(
  file: P12File,
  password: Secret | null,
  signal: AbortSignal | undefined,
): Promise<PushIdentity> {
  const pfx = readPfx(file);
  const opened = await openPfx(pfx, file.name, password, signal);
  const keys = distinct(
    await inTurns(opened.keys, (bag) => readKey(bag, file.name), signal),
    ({ publicKey }) => publicKey,
  );
  const bags = distinct(opened.certificates, ({ der }) => hash('sha256', der));
  const certificates = await inTurns(bags, readLeaf, signal);

  const pairs = keys.flatMap((key) =>
    latest(
      certificates.filter(({ publicKey }) => publicKey === key.publicKey),
      key,
    ),
  );
  const pair = pairs.find(({ leaf }) => isPush(leaf)) ?? pairs[0];
  const leaf = pair?.leaf ?? likeliestLeaf(certificates);
  const key = pair?.key ?? keys[0];
  return {
    certificate: leaf?.certificate ?? null,
    privateKey: key?.privateKey ?? null,
    paired: pair !== undefined,
    chain: certificates.filter((other) => other !== leaf).map(({ certificate }) => certificate),
    identities: pairs.length,
    friendlyName: key?.friendlyName ?? leaf?.friendlyName ?? null,
    container: {
      pfx: pfx.bytes,
      trailingBytes: pfx.trailingBytes,
      mac: pfx.mac === null ? null : { algorithm: pfx.mac.name, iterations: pfx.mac.iterations ?? 0 },
      encryption: opened.encryption,
      keys: keys.length,
      certificates: certificates.length,
      privateKeyInClear: opened.keys.some(({ inClear }) => inClear),
      iterations: opened.iterations,
      passwordEmpty: opened.passwordEmpty,
    },
  };
}

function distinct<T>(list: readonly T[], identify: (item: T) => string): T[] {
  const seen = new Set<string>();
  return list.filter((item) => seen.size < seen.add(identify(item)).size);
}

/** Keys whose reading costs no more than their length. A DSA or DH key would be raised to a power of any size. */
export const keyAlgorithms: readonly string[] = [
  '1.2.840.113549.1.1.1',
  '1.2.840.113549.1.1.10',
  '1.2.840.10045.2.1',
  '1.3.101.110',
  '1.3.101.111',
  '1.3.101.112',
  '1.3.101.113',
];

/** Reads a PrivateKeyInfo (RFC 5958 §2). */
function readKey({ pkcs8, friendlyName }: KeyBag, fileName: string): Key {
  const [, algorithm] = children(parse(pkcs8));
  const id = oid(children(algorithm)[0]);
  if (!keyAlgorithms.includes(id))
    throw new CliError('pkcs12-unsupported', `${fileName} has a private key of an unsupported type: ${id}`);
  try {
    const privateKey = createPrivateKey({ key: Buffer.from(pkcs8), format: 'der', type: 'pkcs8' });
    return { privateKey, publicKey: publicKeyIdentity(createPublicKey(privateKey)), friendlyName };
  } catch (cause) {
    throw new Malformed('no private key', { cause });
  }
}

function readLeaf({ der, friendlyName }: CertificateBag): Leaf {
  return { ...readCertificate(der), friendlyName };
}

/** Of several certificates for one key the one that lasts longest. */
function latest(certificates: readonly Leaf[], key: Key): { readonly key: Key; readonly leaf: Leaf }[] {
  const [first, ...others] = certificates;
  if (first === undefined) return [];
  const leaf = others.reduce((last, other) => (lasts(other) > lasts(last) ? other : last), first);
  return [{ key, leaf }];
}

function lasts({ certificate }: Leaf): number {
  return certificate.notAfter.getTime();
}

const noPushKinds: readonly CertificateKind[] = ['distribution', 'development', 'other'];

function isPush({ certificate }: Leaf): boolean {
  return !noPushKinds.includes(certificate.kind);
}

function likeliestLeaf(certificates: readonly Leaf[]): Leaf | undefined {
  return certificates.find(isPush) ?? certificates.find(({ isAuthority }) => !isAuthority) ?? certificates[0];
}
