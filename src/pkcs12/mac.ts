import { createHmac, timingSafeEqual } from 'node:crypto';
import { type Asn1, children, integer, octets, oid } from './asn1.ts';
import { type Derivation, pbkdf2Id, readPbkdf2 } from './derivation.ts';
import { type Digest, digestBy, digests } from './pkcs12-kdf.ts';
import type { Lock, Scheme } from './protections.ts';

const pbmac1 = '1.2.840.113549.1.5.14';

/**
 * Reads MacData, the integrity check of a PFX (RFC 7292 §4); the count defaults to 1. Its name is `sha256`, or `pbmac1-sha256`
 * where the key comes from PBKDF2 (RFC 9579). @throws {Malformed}
 */
export function readMac(node: Asn1): Scheme {
  const [digestInfo, saltNode, count] = children(node);
  const [algorithm, expectedNode] = children(digestInfo);
  const [identifier, parameters] = children(algorithm);
  const [id, salt, expected] = [oid(identifier), octets(saltNode), octets(expectedNode)];
  if (id === pbmac1) return readPbmac1(parameters, expected);
  const iterations = count === undefined ? 1 : integer(count);
  const digest = digestBy('id', id);
  if (digest === null) return { name: id, iterations, lock: null };
  const length = digests[digest].output;
  const derivation = { kdf: 'pkcs12', digest, purpose: 3, salt, iterations, length } as const;
  return { name: digest, iterations, lock: macLock(derivation, digest, expected) };
}

/** A key longer than the longest digest would ask for more work than the count says. */
const longestKey = 64;

/** PBMAC1 (RFC 9579 §3, RFC 8018 §A.5): MacData's own salt and count are ignored. */
function readPbmac1(parameters: Asn1 | undefined, expected: Uint8Array): Scheme {
  const [kdfNode, schemeNode] = children(parameters);
  const [kdfId, kdfParameters] = children(kdfNode);
  const hmac = oid(children(schemeNode)[0]);
  const kdf = oid(kdfId);
  if (kdf !== pbkdf2Id) return { name: `pbmac1 with ${kdf}`, iterations: null, lock: null };
  const { salt, iterations, keyLength: length, prf } = readPbkdf2(kdfParameters);
  const [digest, prfDigest] = [digestBy('hmac', hmac), digestBy('hmac', prf)];
  const name = `pbmac1-${digest ?? hmac}`;
  if (digest === null) return { name, iterations, lock: null };
  if (prfDigest === null) return { name: `${name} with ${prf}`, iterations, lock: null };
  if (length === null || length < 1 || length > longestKey)
    return { name: `${name} with a key of ${length ?? 'unstated'} bytes`, iterations, lock: null };
  const derivation = { kdf: 'pbkdf2', digest: prfDigest, salt, iterations, length } as const;
  return { name, iterations, lock: macLock(derivation, digest, expected) };
}

/** Compared in constant time. */
function macLock(derivation: Derivation, digest: Digest, expected: Uint8Array): Lock {
  return {
    derivations: [derivation],
    async open([key], content) {
      if (key === undefined) return null;
      const computed = createHmac(digest, key).update(content).digest();
      const fits = computed.length === expected.length && timingSafeEqual(computed, expected);
      return fits ? new Uint8Array() : null;
    },
  };
}
