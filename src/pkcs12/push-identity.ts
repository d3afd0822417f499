import { createPublicKey, hash, type KeyObject } from 'node:crypto';
import { CliError } from '../errors/cli-error.ts';
import { type Pace, unbounded } from '../text/pace.ts';
import type { Secret } from '../text/secret.ts';
import { Malformed } from './asn1.ts';
import { publicKeyIdentity, type ReadCertificate, readCertificate } from './certificate.ts';
import { readPrivateKeyInfo } from './key.ts';
import type { CertificateKind, P12File, PushIdentity } from './model.ts';
import { type CertificateBag, type KeyBag, openPfx } from './open.ts';
import { notRead } from './pfx.ts';
import { inPieces } from './turns.ts';

/**
 * Opens a .p12 and finds its push identity: the certificate that belongs to a private key of the file, in whatever order.
 * A password of null means none: absent and empty are each also tried as the other.
 * @throws {CliError} pkcs12-not-recognised, pkcs12-corrupt, pkcs12-password-incorrect, pkcs12-password-required, pkcs12-unsupported, interrupted
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
    return await read(file.bytes, password, pace);
  } catch (error) {
    if (!signal?.aborted) throw notRead(file, error, password);
    if (signal.reason instanceof CliError) throw signal.reason;
    throw new CliError('interrupted', `Reading ${file.name} was interrupted`);
  }
}

interface Key {
  readonly privateKey: KeyObject;
  readonly publicKey: string;
  readonly friendlyName: string | null;
}

type Leaf = ReadCertificate & { readonly friendlyName: string | null };

async function read(bytes: Uint8Array, password: Secret | null, pace: Pace): Promise<PushIdentity> {
  const { pfx, ...opened } = await openPfx(bytes, password, pace);
  const bags = distinct(opened.certificates, ({ der }) => hash('sha256', der));
  const contents = await inPieces([...opened.keys, ...bags], readBag, pace);
  const keys = distinct(
    contents.filter((content) => 'privateKey' in content),
    ({ publicKey }) => publicKey,
  );
  const certificates = contents.filter((content) => 'certificate' in content);

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

function readBag(bag: KeyBag | CertificateBag): Key | Leaf {
  return 'pkcs8' in bag ? readKey(bag) : readLeaf(bag);
}

function readKey({ pkcs8, friendlyName }: KeyBag): Key {
  const privateKey = readPrivateKeyInfo(pkcs8);
  try {
    return { privateKey, publicKey: publicKeyIdentity(createPublicKey(privateKey)), friendlyName };
  } catch (cause) {
    throw new Malformed('no public key', { cause });
  }
}

function readLeaf({ der, friendlyName }: CertificateBag): Leaf {
  return { ...readCertificate(der), friendlyName };
}

/** Of several certificates for one key, the one that lasts longest. */
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
