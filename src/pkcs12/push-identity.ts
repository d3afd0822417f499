import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import { type Pace, unbounded } from '../text/pace.ts';
import type { Secret } from '../text/secret.ts';
import { wellFormed } from './asn1.ts';
import { publicKeyIdentity, type ReadCertificate, readCertificate } from './certificate.ts';
import { readPrivateKeyInfo } from './key.ts';
import { inPieces } from './limits.ts';
import type { CertificateKind, P12File, PushIdentity } from './model.ts';
import { type CertificateBag, type KeyBag, openPfx } from './open.ts';
import { notRead } from './pfx.ts';

/**
 * Opens a .p12 and finds its push identity: the certificate that belongs to a private key
 * of the file, in any order. A password of null means none: absent and empty are each
 * also tried as the other.
 * @throws {CliError} pkcs12-not-recognized, pkcs12-corrupt, pkcs12-password-incorrect,
 * pkcs12-password-required,
 *   pkcs12-unsupported, interrupted
 * @see RFC 7292
 */
export async function readPushIdentity(
  file: P12File,
  password: Secret | null,
  options: Partial<Pace> = {},
): Promise<PushIdentity> {
  const pace = { ...unbounded, ...options };
  const { signal } = pace;
  try {
    return { path: file.path ?? null, ...(await read(file.bytes, password, pace)) };
  } catch (error) {
    if (!signal?.aborted) throw notRead(file, error, password);
    if (signal.reason instanceof CliError) throw signal.reason;
    throw new CliError('interrupted', `Reading ${file.name} was interrupted`);
  }
}

interface Key extends Pick<KeyBag, 'friendlyName'> {
  readonly privateKey: KeyObject;
  readonly publicKey: string;
}
type Leaf = ReadCertificate & Pick<CertificateBag, 'friendlyName'>;

async function read(
  bytes: Uint8Array,
  password: Secret | null,
  pace: Pace,
): Promise<Omit<PushIdentity, 'path'>> {
  const { pfx, ...opened } = await openPfx(bytes, password, pace);
  const bags = distinct(opened.certificates, ({ der }) => hash('sha256', der));
  const contents = await inPieces([...opened.keys, ...bags], readBag, pace);
  const keys = distinct(
    contents.filter((content) => 'privateKey' in content),
    ({ publicKey }) => publicKey,
  );
  const certificates = contents.filter((content) => 'certificate' in content);

  const pairs = keys.flatMap((key) => {
    const leaf = latest(certificates.filter(({ publicKey }) => publicKey === key.publicKey));
    return leaf === undefined ? [] : [{ key, leaf }];
  });
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
      mac:
        pfx.mac === null ? null : { algorithm: pfx.mac.name, iterations: pfx.mac.iterations ?? 0 },
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

function readBag(bag: KeyBag | CertificateBag): Key | Leaf {
  return 'pkcs8' in bag
    ? readKey(bag)
    : { ...readCertificate(bag.der), friendlyName: bag.friendlyName };
}

function readKey({ pkcs8, friendlyName }: KeyBag): Key {
  const privateKey = readPrivateKeyInfo(pkcs8);
  const publicKey = wellFormed('no public key', () =>
    publicKeyIdentity(createPublicKey(privateKey)),
  );
  return { privateKey, publicKey, friendlyName };
}

/**
 * Of several certificates for one key, the one with the latest expiry; of equal ones the
 * first.
 */
function latest(certificates: readonly Leaf[]): Leaf | undefined {
  const end = ({ certificate }: Leaf): number => certificate.notAfter.getTime();
  return certificates.toSorted((one, other) => end(other) - end(one))[0];
}

const noPushKinds: readonly CertificateKind[] = ['distribution', 'development', 'other'];

function isPush({ certificate }: Leaf): boolean {
  return !noPushKinds.includes(certificate.kind);
}

function likeliestLeaf(certificates: readonly Leaf[]): Leaf | undefined {
  return (
    certificates.find(isPush) ??
    certificates.find(({ isAuthority }) => !isAuthority) ??
    certificates[0]
  );
}
