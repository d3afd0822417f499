import { type CipherInfo, createDecipheriv, getCipherInfo } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import util from 'node-forge/lib/util.js';
import { orNull } from '../errors/cli-error.ts';
import { type Asn1, children, integer, Malformed, octets, oid, toBinary, toBytes } from './asn1.ts';
import { type Derivation, pbkdf2Id, readPbkdf2, scryptMemory } from './derivation.ts';
import { digestBy } from './pkcs12-kdf.ts';
import type { Lock, Scheme } from './protections.ts';

/** Decrypts a ciphertext; null: the padding shows a wrong key or wrong bytes. */
export type Decrypt = (
  key: Uint8Array,
  iv: Uint8Array,
  ciphertext: Uint8Array,
) => Promise<Uint8Array | null>;

/** A cipher by its name in Node. */
const nodeCipher =
  (algorithm: string): Decrypt =>
  async (key, iv, ciphertext) =>
    orNull(() => {
      const decipher = createDecipheriv(algorithm, key, iv);
      return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
    });

const blockBytes = 8;
/**
 * The bytes that node-forge decrypts at a time, a few milliseconds, before other events
 * run. Each piece has its own cipher: a single one keeps its whole input and copies it
 * for every block, which takes a minute for a megabyte.
 */
const pieceBytes = 2048;

/**
 * RC2-CBC (RFC 2268) by node-forge, as Node's OpenSSL no longer has it. `bits` is the
 * effective key length.
 */
export const rc2Cipher =
  (bits: number): Decrypt =>
  async (key, iv, ciphertext) => {
    if (ciphertext.length % blockBytes !== 0) return null;
    const { default: rc2 } = await import('node-forge/lib/rc2.js');
    const decipher = rc2.createDecryptionCipher(toBinary(key), bits);
    const plain: Uint8Array[] = [];
    let before = iv;
    for (let at = 0; at < ciphertext.length; at += pieceBytes) {
      if (at > 0) await setImmediate();
      const piece = ciphertext.subarray(at, at + pieceBytes);
      decipher.start(toBinary(before));
      decipher.update(util.createBuffer(toBinary(piece)));
      plain.push(toBytes(decipher.output.getBytes()));
      before = piece.subarray(-blockBytes);
    }
    return withoutPadding(Buffer.concat(plain));
  };

/**
 * RFC 8018 §6.1.1. node-forge checks only the last byte, and so accepts more wrong keys.
 */
function withoutPadding(bytes: Uint8Array): Uint8Array | null {
  const count = bytes.at(-1) ?? 0;
  if (count < 1 || count > blockBytes || bytes.subarray(-count).some((byte) => byte !== count))
    return null;
  return bytes.subarray(0, -count);
}

const sequenceByte = 0x30;

/**
 * Wrong keys show in the padding and in the first byte: the plaintext is a SEQUENCE, or
 * empty, as NSS writes it.
 */
function cipherLock(
  derivations: readonly Derivation[],
  decrypt: (
    keys: readonly Uint8Array[],
    ciphertext: Uint8Array,
  ) => Promise<Uint8Array | null> | null,
): Lock {
  return {
    derivations,
    async open(keys, ciphertext) {
      const plain = await decrypt(keys, ciphertext);
      return plain === null || (plain.length > 0 && plain[0] !== sequenceByte) ? null : plain;
    },
  };
}

/**
 * The schemes of RFC 7292 §C and, for their names and counts, the older ones of RFC 8018
 * §A.3.
 */
const pbes1: Readonly<
  Record<string, { name: string; keyLength: number; decrypt: Decrypt | null }>
> = {
  '1.2.840.113549.1.12.1.1': { name: 'PBE-SHA1-RC4-128', keyLength: 16, decrypt: null },
  '1.2.840.113549.1.12.1.2': { name: 'PBE-SHA1-RC4-40', keyLength: 5, decrypt: null },
  '1.2.840.113549.1.12.1.3': {
    name: 'PBE-SHA1-3DES',
    keyLength: 24,
    decrypt: nodeCipher('des-ede3-cbc'),
  },
  '1.2.840.113549.1.12.1.4': {
    name: 'PBE-SHA1-2DES',
    keyLength: 16,
    decrypt: nodeCipher('des-ede-cbc'),
  },
  '1.2.840.113549.1.12.1.5': { name: 'PBE-SHA1-RC2-128', keyLength: 16, decrypt: rc2Cipher(128) },
  '1.2.840.113549.1.12.1.6': { name: 'PBE-SHA1-RC2-40', keyLength: 5, decrypt: rc2Cipher(40) },
  '1.2.840.113549.1.5.1': { name: 'PBE-MD2-DES', keyLength: 8, decrypt: null },
  '1.2.840.113549.1.5.3': { name: 'PBE-MD5-DES', keyLength: 8, decrypt: null },
  '1.2.840.113549.1.5.4': { name: 'PBE-MD2-RC2-64', keyLength: 8, decrypt: null },
  '1.2.840.113549.1.5.6': { name: 'PBE-MD5-RC2-64', keyLength: 8, decrypt: null },
  '1.2.840.113549.1.5.10': { name: 'PBE-SHA1-DES', keyLength: 8, decrypt: null },
  '1.2.840.113549.1.5.11': { name: 'PBE-SHA1-RC2-64', keyLength: 8, decrypt: null },
};

export const pbes2 = '1.2.840.113549.1.5.13';
const scrypt = '1.3.6.1.4.1.11591.4.11';

/**
 * The encryption schemes of PBES2 (RFC 8018 §B.2), by Node's names; the parameters of
 * each are its IV.
 */
const pbes2Ciphers: Readonly<Record<string, string>> = {
  '1.2.840.113549.3.7': 'des-ede3-cbc',
  '2.16.840.1.101.3.4.1.2': 'aes-128-cbc',
  '2.16.840.1.101.3.4.1.22': 'aes-192-cbc',
  '2.16.840.1.101.3.4.1.42': 'aes-256-cbc',
  '1.2.392.200011.61.1.1.1.2': 'camellia-128-cbc',
  '1.2.392.200011.61.1.1.1.3': 'camellia-192-cbc',
  '1.2.392.200011.61.1.1.1.4': 'camellia-256-cbc',
};

/**
 * Reads an AlgorithmIdentifier of password-based encryption (RFC 8018 §6, RFC 7292 §C).
 * @throws {Malformed}
 */
export function readEncryption(algorithm: Asn1 | undefined): Scheme {
  const [identifier, parameters] = children(algorithm);
  const id = oid(identifier);
  if (id === pbes2) return readPbes2(parameters);
  const scheme = pbes1[id];
  if (scheme === undefined) return { name: id, iterations: null, lock: null };
  const [saltNode, count] = children(parameters);
  const { name, decrypt } = scheme;
  const iterations = integer(count);
  if (decrypt === null) return { name, iterations, lock: null };
  const chain = { kdf: 'pkcs12', digest: 'sha1', salt: octets(saltNode), iterations } as const;
  const derivations: Derivation[] = [
    { ...chain, purpose: 1, length: scheme.keyLength },
    { ...chain, purpose: 2, length: 8 },
  ];
  const lock = cipherLock(derivations, ([key, iv], bytes) =>
    key && iv ? decrypt(key, iv, bytes) : null,
  );
  return { name, iterations, lock };
}

/** PBES2 (RFC 8018 §6.2) with PBKDF2 or scrypt (RFC 7914 §7). */
function readPbes2(parameters: Asn1 | undefined): Scheme {
  const [kdfNode, schemeNode] = children(parameters);
  const [schemeId, ivNode] = children(schemeNode);
  const id = oid(schemeId);
  const cipher = pbes2Ciphers[id];
  const name = `PBES2-${cipher === 'des-ede3-cbc' ? '3DES-CBC' : (cipher?.toUpperCase() ?? id)}`;
  // BoringSSL, which Bun uses, has no Camellia.
  const { keyLength = null, ivLength } = (cipher && getCipherInfo(cipher)) || noCipher;
  const { derivation, unsupported, ...counts } = readKdf(kdfNode, keyLength);
  if (cipher === undefined || keyLength === null) return { name, ...counts, lock: null };
  if (derivation === null) return { name: `${name} with ${unsupported}`, ...counts, lock: null };
  const iv = octets(ivNode);
  if (iv.length !== ivLength) throw new Malformed('an IV of the wrong length');
  const decrypt = nodeCipher(cipher);
  const lock = cipherLock([derivation], ([key], bytes) => (key ? decrypt(key, iv, bytes) : null));
  return { name, ...counts, lock };
}

const noCipher: Partial<CipherInfo> = {};

interface Kdf {
  readonly derivation: Derivation | null;
  readonly iterations: number | null;
  readonly unsupported: string;
}

function readKdf(node: Asn1 | undefined, keyLength: number | null): Kdf {
  const [identifier, parameters] = children(node);
  const id = oid(identifier);
  if (id === scrypt) return readScrypt(parameters, keyLength);
  if (id !== pbkdf2Id) return { derivation: null, iterations: null, unsupported: id };
  const { salt, iterations, keyLength: stated, prf } = readPbkdf2(parameters);
  const counts = { iterations, unsupported: prf };
  const digest = digestBy('hmac', prf);
  if (keyLength === null || digest === null) return { derivation: null, ...counts };
  if (stated !== null && stated !== keyLength) throw new Malformed('a key of the wrong length');
  return { derivation: { kdf: 'pbkdf2', digest, salt, iterations, length: keyLength }, ...counts };
}

/**
 * The memory limit: several derivations run in parallel within 300 MB for a file;
 * OpenSSL's own take 16 MiB.
 */
const scryptMemoryLimit = 40 * 2 ** 20;

function readScrypt(parameters: Asn1 | undefined, keyLength: number | null): Kdf {
  const [salt, ...numbers] = children(parameters);
  const [N = 0, r = 0, p = 0] = numbers.map(integer);
  const counts = { iterations: null, unsupported: `scrypt, N=${N}, r=${r}, p=${p}` };
  // N below 2^(128r/8): RFC 7914 §6.
  const valid = N > 1 && r > 0 && p > 0 && Number.isInteger(Math.log2(N)) && Math.log2(N) < 16 * r;
  if (keyLength === null || !valid || scryptMemory({ N, r, p }) > scryptMemoryLimit)
    return { ...counts, derivation: null };
  return {
    ...counts,
    derivation: { kdf: 'scrypt', salt: octets(salt), N, r, p, length: keyLength },
  };
}
