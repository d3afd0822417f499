import { ECDH, generateKeyPairSync, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { type Asn1, bitString, children, make, parse, toDer } from '../../src/pkcs12/asn1.ts';
import { deriveKeys, encodings } from '../../src/pkcs12/derivation.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/text/secret.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { isThorough } from '../support/patience.ts';
import { processorTime } from '../support/processor-time.ts';
import {
  bag,
  certificate,
  certificateBag,
  content,
  dataPart,
  encryptedPart,
  encryptWith3Des,
  keyBag,
  pbes2,
  pfx,
  rsaKey,
  scryptScheme,
  sequenceOf,
  shroudedKeyBag,
  tripleDes,
} from './build.ts';

const password = new Secret('secret');

async function outcome(bytes: Uint8Array, given: Secret | null = password): Promise<string> {
  try {
    const { container } = await readPushIdentity({ name: 'made.p12', bytes }, given);
    return `opened: ${container.keys} and ${container.certificates}`;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

const noise = (length: number) => randomBytes(length);
const part = (iterations: number) => encryptedPart(tripleDes(iterations), noise(64));
const aesPart = (iterations: number) =>
  encryptedPart(pbes2('1.2.840.113549.2.11', iterations), noise(16));
const key = (iterations: number) => shroudedKeyBag(tripleDes(iterations), noise(64));
const mac = (iterations: number) => ({ key: noise(20), salt: noise(8), iterations });
const incorrect =
  'pkcs12-password-incorrect: The password does not open made.p12, or the file is damaged';

/** A part, or a list of bags, that is encrypted for real. */
const encrypted = async (bags: readonly Asn1[], iterations = 1) => {
  const { algorithm, ciphertext } = await encryptWith3Des(
    toDer(sequenceOf(bags)),
    password,
    iterations,
  );
  return encryptedPart(algorithm, ciphertext);
};
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const ids = {
  rsa: '1.2.840.113549.1.1.1',
  ec: '1.2.840.10045.2.1',
  prime256v1: '1.2.840.10045.3.1.7',
};
const leaf = certificate({ subject: [['2.5.4.3', 'leaf']] });
/** A key bag that nothing can be read of: who tries says that the file is damaged. */
const rsaWithNothing = make.sequence(make.oid(ids.rsa), make.null());
const unreadable = bag(
  1,
  make.sequence(make.integer(0), rsaWithNothing, make.octetString(Buffer.from('noise'))),
);

const nested = (depth: number): Asn1 =>
  depth === 0 ? sequenceOf([]) : sequenceOf([bag(6, nested(depth - 1))]);
const untyped = make.sequence(make.oid('1.2.840.113549.1.9.22.2'), make.explicit(0, make.null()));
const longId = make.sequence({ ...make.null(), type: 6, value: '\x01'.repeat(1_000_000) });
const rc4 = make.sequence(
  make.oid('1.2.840.113549.1.12.1.1'),
  make.sequence(make.octetString(noise(8)), make.integer(1)),
);
const full = [...times(64, keyBag(rsaKey)), ...times(256, certificateBag(leaf))];

/** A key on a curve that is written out: SubjectPublicKeyInfo and PrivateKeyInfo of it, put together anew. */
const written = { namedCurve: 'prime256v1', paramEncoding: 'explicit' } as const;
const { privateKey, publicKey } = generateKeyPairSync('ec', written);
const [algorithm, pointNode] = children(parse(publicKey.export({ type: 'spki', format: 'der' })));
const [, parameters] = children(algorithm);
const point = bitString(pointNode);
const compressed = ECDH.convertKey(
  point,
  'prime256v1',
  undefined,
  undefined,
  'compressed',
) as Buffer;
const named = make.oid(ids.prime256v1);
const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
const withCompressedBase = (): Asn1 => {
  const [version, field, curve, base, ...rest] = children(parameters);
  const bytes = Buffer.from(String(base?.value), 'latin1');
  const short = ECDH.convertKey(bytes, 'prime256v1', undefined, undefined, 'compressed') as Buffer;
  return sequenceOf([version, field, curve, make.octetString(short), ...rest] as Asn1[]);
};

const spki = (curve: Asn1 | undefined, bytes: Uint8Array) =>
  make.sequence(make.sequence(make.oid(ids.ec), curve as Asn1), make.bitString(bytes));
const certified = (key: Asn1) => pfx([dataPart([certificateBag(withKey(leaf, key))])]);
const keyed = (beside: Asn1, bytes: Uint8Array, inside?: Asn1) => {
  const fields = [make.integer(1), make.octetString(secret)];
  if (inside !== undefined) fields.push(make.explicit(0, inside));
  const key = toDer(make.sequence(...fields, make.explicit(1, make.bitString(bytes))));
  const curve = make.sequence(make.oid(ids.ec), beside);
  return pfx([dataPart([bag(1, make.sequence(make.integer(0), curve, make.octetString(key)))])]);
};
const explicit = parameters as Asn1;

type Made = Uint8Array | Promise<Uint8Array>;
/** The counts are judged before anything is derived: these take next to no time. */
const counted: Readonly<Record<string, () => Made>> = {
  'a MAC above the limit': () => pfx([part(1)], mac(2_000_001)),
  'a part above the limit': () => pfx([part(2_000_001)], mac(1)),
  'a key above the limit': () => pfx([dataPart([key(2_000_001)])], mac(1)),
  'a key above the limit, in a bag in a bag': () =>
    pfx([dataPart([bag(6, sequenceOf([key(2_000_001)]))])]),
  'a MAC of no iterations': () => pfx([part(1)], mac(0)),
  'a part of no iterations': () => pfx([part(0)], mac(1)),
  'all together': () => pfx([aesPart(2_000_000), aesPart(1_500_000), aesPart(1)], mac(1_500_000)),
  'a key and its IV': () => pfx([part(2_000_000), dataPart([key(1)])], mac(1_999_998)),
  'unknown content beside it': () => pfx([content('1.2.3', make.null()), part(2_000_001)]),
};
const judged: Readonly<Record<string, () => Made>> = {
  'counts above the limit that an outer decryption brings to light': async () =>
    pfx([await encrypted([key(2_000_001)], 1000)]),
  'counts of none that an outer decryption brings to light': async () =>
    pfx([await encrypted([key(0)], 1000)]),
  'counts that are added to those that were derived already': async () =>
    pfx([await encrypted([key(1_300_000), key(1_300_000)], 100_000)]),
  // PBKDF2 does again for a longer key what counts as well.
  'three parts under HMAC-SHA-512/224': () =>
    pfx(times(3, encryptedPart(pbes2('1.2.840.113549.2.12', 1_500_000), noise(16)))),
  'a key of nothing among bags': () => pfx([dataPart([make.null()])]),
  'a certificate of noise': () => pfx([dataPart([certificateBag(noise(99))])]),
  'a key of noise': () => pfx([dataPart([unreadable])]),
  'half a million empty values for bags': () => pfx([dataPart(times(500_000, make.null()))]),
  'a quarter of a million values in a bag': () =>
    pfx([dataPart([bag(5, sequenceOf(times(250_000, make.null())))])]),
  'a certificate of another type, which is left out': () => pfx([dataPart([bag(3, untyped)])]),
  'bags in bags, sixty deep': () => pfx([dataPart([bag(6, nested(60))])]),
  'bags in bags, a hundred deep': () => pfx([dataPart([bag(6, nested(100))])]),
  'an object identifier of a megabyte': () => pfx([longId]),
  '65 private keys': () => pfx([32, 33].map((count) => dataPart(times(count, unreadable)))),
  '9,000 private keys': async () => pfx([await encrypted(times(9_000, unreadable))]),
  '257 certificates': () => pfx([dataPart(times(257, certificateBag(Buffer.from('noise'))))]),
  '321 parts': () => pfx(times(321, part(1))),
  '64 keys and 256 certificates': async () => pfx([await encrypted(full)]),
  'a curve that is written out': () => certified(spki(explicit, point)),
  'a curve that is written out, in a private key': () => keyed(explicit, point),
  'the same curve, compressed': () => certified(spki(explicit, compressed)),
  'the same curve with a compressed base point': () => certified(spki(withCompressedBase(), point)),
  'the same curve, compressed in a private key': () => keyed(explicit, compressed),
  'the same curve in the key itself': () => keyed(named, compressed, explicit),
  'a compressed key on a named curve': () => certified(spki(named, compressed)),
  'a compressed private key on a named curve': () => keyed(named, compressed),
};
/** They are unsupported once the MAC is right, and not before. */
const unknown: Readonly<Record<string, Asn1>> = {
  'a content type': content('1.2.3', make.null()),
  'an algorithm': encryptedPart(rc4, noise(8)),
  'scrypt for a gigabyte': encryptedPart(scryptScheme(2 ** 20, 8, 1), noise(16)),
};

test('what comes of a hostile file', async () => {
  const told: string[] = [];
  const tell = async (
    name: string,
    bytes: Uint8Array,
    most = 3000,
    given: Secret | null = password,
  ) => {
    let result = '';
    const time = await processorTime(async () => {
      result = await outcome(bytes, given);
    });
    expect([name, time < most]).toEqual([name, true]);
    told.push(`${name}: ${result}\n`);
  };
  for (const [name, make] of Object.entries(counted)) await tell(name, await make(), 200);
  for (const [name, make] of Object.entries(judged)) await tell(name, await make());
  const twice = pfx([part(1_400_000)], mac(2_000_000));
  await tell(
    'each encoding of the password that the MAC is tried with counts',
    twice,
    3000,
    new Secret(''),
  );
  const [encoded] = encodings(password);
  const salt = noise(8);
  const derivation = {
    kdf: 'pkcs12',
    digest: 'sha1',
    purpose: 3,
    salt,
    iterations: 3,
    length: 20,
  } as const;
  const [right = noise(20)] = await deriveKeys([{ derivation, encoded }]);
  for (const [name, unknownPart] of Object.entries(unknown)) {
    await tell(`${name} that nobody knows`, pfx([unknownPart]));
    await tell(
      `${name} under the right MAC`,
      pfx([unknownPart], { key: right, salt, iterations: 3 }),
    );
    await tell(
      `${name} under another MAC`,
      pfx([unknownPart], { key: noise(20), salt, iterations: 3 }),
    );
  }
  await expect(told.join('')).toMatchFileSnapshot('../golden/hostile.txt');
});

test.runIf(isThorough)('two blocks of HMAC-SHA-1 cost less than one of SHA-512', async () => {
  const parts = times(3, encryptedPart(pbes2('1.2.840.113549.2.7', 1_500_000), noise(16)));
  expect(await outcome(pfx(parts))).toBe(incorrect);
});

describe('at the limits a file takes no more than its hashes', () => {
  const cases: readonly (readonly [string, Uint8Array])[] = [
    ['with a MAC', pfx([part(1_000_000), dataPart([key(1_000_000)])], mac(2_000_000))],
    ['without a MAC', pfx([part(1_000_000), dataPart([key(1_000_000)]), part(666_666)])],
    ['in many parts', pfx(Array.from({ length: 50 }, () => part(53_333)))],
    ['in PBES2', pfx([aesPart(2_000_000), aesPart(2_000_000)], mac(1_000_000))],
  ];
  test.runIf(isThorough).each(cases)('%s', async (_, bytes) => {
    // As much as the same hashes take in the same minute, whatever else the machine does, and a quarter.
    const [encoded] = encodings(password);
    const derivation = {
      kdf: 'pkcs12',
      digest: 'sha1',
      purpose: 3,
      salt: noise(8),
      length: 20,
    } as const;
    const tenth = await processorTime(() =>
      deriveKeys([{ derivation: { ...derivation, iterations: 800_000 }, encoded }]),
    );
    const time = await processorTime(async () => expect(await outcome(bytes)).toBe(incorrect));
    expect(time).toBeLessThan(12.5 * tenth + 1000);
  });
});

test('no part is decrypted in an encoding of the password that the MAC does not speak for', async () => {
  const parts = Array.from({ length: 4 }, () =>
    encryptedPart(pbes2('1.2.840.113549.2.11', 1_000_000), noise(16)),
  );
  const time = await processorTime(async () =>
    expect(await outcome(pfx(parts, mac(1)), new Secret(''))).toBe(
      'pkcs12-password-required: made.p12 does not open without a password',
    ),
  );
  expect(time).toBeLessThan(500);
});

/** Of each file; `npm run fuzz` tries more. */
const rounds = isThorough ? 100 : 30;
describe('bit flips and cuts of good files give an identity or one of the known errors', () => {
  const codes = /^(opened: |pkcs12-(corrupt|not-recognized|password-incorrect|unsupported): )/;
  test.each([
    '01-default-aes256',
    '02-legacy-rc2-3des',
    '14-both-none',
    '15-nomac',
    '66-ber-indefinite',
  ])('%s', async (name) => {
    const good = p12Bytes(name);
    const random = linear(good.length);
    for (let round = 0; round < rounds; round++) {
      const bytes = Uint8Array.from(good);
      const at = random(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
      const cut = round % 5 === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
      const time = await processorTime(async () => expect(await outcome(cut)).toMatch(codes));
      expect(time).toBeLessThan(3000);
    }
  });
});

/** The same numbers on every run (Lehmer). */
function linear(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}

/** The certificate with another key in it, which its signature does not fit. */
function withKey(der: Uint8Array, key: Asn1): Uint8Array {
  const [body, ...rest] = children(parse(der));
  return toDer(sequenceOf([sequenceOf(children(body).with(6, key)), ...rest]));
}
