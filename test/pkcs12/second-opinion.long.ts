import { createPrivateKey, createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import forge from 'node-forge';
import asn1 from 'node-forge/lib/asn1.js';
import util from 'node-forge/lib/util.js';
import { expect, test } from 'vitest';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/text/secret.ts';

const folder = new URL('../fixtures/p12/', import.meta.url);
const table: Record<string, { readonly password: string }> = JSON.parse(
  readFileSync(new URL('expected.json', folder), 'utf8'),
);

/** Files with so many iterations that node-forge takes seconds to minutes. */
const slow: readonly string[] = ['52-gnutls-empty.p12', '71-1MB-friendlyname.p12'];

/**
 * Files that would keep node-forge busy for many seconds, or for hours. To it they differ from
 * others in the number of iterations alone.
 */
const leftOut = [
  '18-iter-100k.p12',
  '18-iter-300k.p12',
  '18-iter-600k.p12',
  '18-legacy-iter-600k.p12',
  '18-iter-5M.p12',
  '18-thirty-times-600k.p12',
  '51-nss-default.p12',
  '52-gnutls-3des.p12',
  '60-mac-iter-0x80000000-4byte.p12',
  '60-mac-iter-2e31.p12',
  '60-mac-iter-2e31m1.p12',
  '65-pbes2-iter-2e31m1.p12',
];

/** What node-forge cannot open, and docs/decisions/one-reader.md counts. */
const readerAlone = [
  '05-rc2-128.p12',
  '07-2des.p12',
  '11-camellia256.p12',
  '17-mac-sha224.p12',
  '17-mac-sha3-224.p12',
  '17-mac-sha3-256.p12',
  '17-mac-sha3-384.p12',
  '17-mac-sha3-512.p12',
  '17-mac-sha512-224.p12',
  '17-mac-sha512-256.p12',
  '19-pbmac1-sha3-224.p12',
  '19-pbmac1-sha3-256.p12',
  '19-pbmac1-sha3-384.p12',
  '19-pbmac1-sha3-512.p12',
  '19-pbmac1-sha512-224.p12',
  '19-pbmac1-sha512-256.p12',
  '19-pbmac1.p12',
  '22-pw-cjk.p12',
  '22-pw-latin1.p12',
  '62-scrypt-key.p12',
  '62-secret-bag.p12',
  '63-nopw-mac-empty-key-null.p12',
  '63-nopw-mac-null-key-empty.p12',
  '64-pbes2-utf8-mac-bmp.p12',
];

/** What the reader refuses on purpose: an iteration count of zero. */
const forgeAlone = ['65-pbes2-iter-0.p12'];

interface Opinion {
  /** Public halves of the private keys, as hex of their SubjectPublicKeyInfo, sorted. */
  readonly keys: readonly string[];
  /** Hex of the DER, sorted, each once. */
  readonly certificates: readonly string[];
}

const each = (values: readonly string[]): readonly string[] => [...new Set(values)].sort();
const publicHalf = (key: ReturnType<typeof createPrivateKey>): string =>
  createPublicKey(key).export({ type: 'spki', format: 'der' }).toString('hex');

/** What node-forge finds in a fixture; null where it cannot open it. */
function opinionOfForge(bytes: Buffer, password: string): Opinion | null {
  try {
    const buffer = util.createBuffer(bytes.toString('latin1'));
    const structure = asn1.fromDer(buffer, { parseAllBytes: false, decodeBitStrings: true });
    const pfx = forge.pkcs12.pkcs12FromAsn1(structure, false, password);
    const bags = pfx.safeContents.flatMap(({ safeBags }) => safeBags);
    const derOf = (types: readonly (string | undefined)[], part: 'key' | 'cert') =>
      bags
        .filter(({ type }) => types.includes(type))
        .map((bag) => {
          const value =
            part === 'key' && bag.key
              ? forge.pki.wrapRsaPrivateKey(forge.pki.privateKeyToAsn1(bag.key))
              : part === 'cert' && bag.cert
                ? forge.pki.certificateToAsn1(bag.cert)
                : bag.asn1;
          return Buffer.from(forge.asn1.toDer(value).getBytes(), 'latin1');
        });
    const { keyBag, pkcs8ShroudedKeyBag, certBag } = forge.pki.oids;
    return {
      keys: each(
        derOf([keyBag, pkcs8ShroudedKeyBag], 'key').map((key) =>
          publicHalf(createPrivateKey({ key, format: 'der', type: 'pkcs8' })),
        ),
      ),
      certificates: each(derOf([certBag], 'cert').map((der) => der.toString('hex'))),
    };
  } catch {
    return null;
  }
}

/** What the reader finds in a fixture; null where it refuses it. */
async function opinionOfReader(name: string, bytes: Uint8Array, password: string) {
  const identity = await readPushIdentity({ name, bytes }, new Secret(password)).catch(() => null);
  if (identity === null) return null;
  const { privateKey, certificate, chain, container } = identity;
  const certificates = certificate === null ? chain : [certificate, ...chain];
  return {
    keyCount: container.keys,
    key: privateKey === null ? null : publicHalf(privateKey),
    certificates: each(certificates.map(({ der }) => Buffer.from(der).toString('hex'))),
  };
}

/** Who opens a fixture. Where both do, they must say the same. */
async function compareOpinions(
  name: string,
): Promise<'both' | 'reader' | 'node-forge' | 'neither'> {
  const bytes = readFileSync(new URL(name, folder));
  const password = table[name]?.password ?? expect.fail(`${name} is not listed`);
  const [ours, theirs] = [
    await opinionOfReader(name, bytes, password),
    opinionOfForge(bytes, password),
  ];
  if (ours === null) return theirs === null ? 'neither' : 'node-forge';
  if (theirs === null) return 'reader';
  expect(theirs.keys).toHaveLength(ours.keyCount);
  if (ours.key === null) expect(theirs.keys).toEqual([]);
  else expect(theirs.keys).toContain(ours.key);
  expect(ours.certificates).toEqual(theirs.certificates);
  return 'both';
}

const files = Object.keys(table).filter((name) => !leftOut.includes(name));
test.each(files)('node-forge and the reader agree about %s', async (name) => {
  const opened = await compareOpinions(name);
  if (readerAlone.includes(name)) expect(opened).toBe('reader');
  else if (forgeAlone.includes(name)) expect(opened).toBe('node-forge');
  else if (slow.includes(name)) expect(opened).toBe('both');
  else expect(['both', 'neither']).toContain(opened);
});
