import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { type Asn1, make, toDer } from '../../src/pkcs12/asn1.ts';
import { deriveKeys, encodings } from '../../src/pkcs12/derivation.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/text/secret.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { isThorough } from '../support/patience.ts';
import { processorTime } from '../support/processor-time.ts';
import {
  bag,
  certificateBag,
  content,
  dataPart,
  encryptedPart,
  encryptWith3Des,
  pbes2,
  pfx,
  scryptScheme,
  sequenceOf,
  shroudedKeyBag,
  tripleDes,
} from './build.ts';

const password = new Secret('secret');

async function outcome(bytes: Uint8Array, given: Secret | null = password): Promise<string> {
  try {
    await readPushIdentity({ name: 'made.p12', bytes }, given);
    return 'opened';
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

const noise = (length: number) => randomBytes(length);
const part = (iterations: number) => encryptedPart(tripleDes(iterations), noise(64));
const aesPart = (iterations: number) => encryptedPart(pbes2('1.2.840.113549.2.11', iterations), noise(16));
const key = (iterations: number) => shroudedKeyBag(tripleDes(iterations), noise(64));
const mac = (iterations: number) => ({ key: noise(20), salt: noise(8), iterations });
const incorrect =
  'pkcs12-password-incorrect: The password does not open made.p12, or the file is damaged: the two cannot be told apart';
const unsupported = (what: string) => `pkcs12-unsupported: made.p12 ${what}`;
const tooHigh = unsupported('has an iteration count of 2,000,001, above 2,000,000');
const tooMuch = (count: string) => unsupported(`needs ${count} hashes to open, above 8,000,000`);
const tooLow = unsupported('has an iteration count of 0, below 1');
const tooMany = unsupported('has 5,000,001 iterations in all, above 5,000,000');

describe('counts are judged before anything is derived', () => {
  test.each<[string, Uint8Array, string]>([
    ['a MAC above the limit', pfx([part(1)], mac(2_000_001)), tooHigh],
    ['a part above the limit', pfx([part(2_000_001)], mac(1)), tooHigh],
    ['a key above the limit', pfx([dataPart([key(2_000_001)])], mac(1)), tooHigh],
    ['a key in a bag in a bag', pfx([dataPart([bag(6, sequenceOf([key(2_000_001)]))])]), tooHigh],
    ['a MAC of none', pfx([part(1)], mac(0)), tooLow],
    ['a part of none', pfx([part(0)], mac(1)), tooLow],
    ['all together', pfx([aesPart(2_000_000), aesPart(1_500_000), aesPart(1)], mac(1_500_000)), tooMany],
    ['a key and its IV', pfx([part(2_000_000), dataPart([key(1)])], mac(1_999_998)), tooMuch('8,000,001')],
    ['unknown content beside it', pfx([content('1.2.3', make.null()), part(2_000_001)]), tooHigh],
  ])('%s', async (_, bytes, expected) => {
    const time = await processorTime(async () => expect(await outcome(bytes)).toBe(expected));
    expect(time).toBeLessThan(200);
  });

  const layered = async (inner: number, outer: number) =>
    pfx([part2(await encryptWith3Des(toDer(sequenceOf([key(inner)])), password, outer))]);
  const part2 = ({ algorithm, ciphertext }: { algorithm: Asn1; ciphertext: Uint8Array }) =>
    encryptedPart(algorithm, ciphertext);
  test('also those that an outer decryption brings to light', async () => {
    expect(await outcome(await layered(2_000_001, 1000))).toBe(tooHigh);
    expect(await outcome(await layered(0, 1000))).toBe(tooLow);
  });
  test('added to those that were derived already', async () => {
    const outer = await encryptWith3Des(
      toDer(sequenceOf([key(1_300_000), key(1_300_000)])),
      password,
      100_000,
    );
    expect(await outcome(pfx([part2(outer)]))).toBe(tooMuch('8,100,000'));
  });
  test('once for each encoding of the password that the MAC is tried with', async () => {
    const bytes = pfx([part(1_400_000)], mac(2_000_000));
    expect(await outcome(bytes, new Secret(''))).toBe(tooMuch('8,200,000'));
  });
});

describe('what PBKDF2 does again for a longer key counts too', () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ['HMAC-SHA-1, two blocks of which cost less than one of SHA-512', '1.2.840.113549.2.7', incorrect],
    ['HMAC-SHA-512/224', '1.2.840.113549.2.12', tooMuch('9,000,000')],
  ];
  test.each(isThorough ? cases : cases.slice(1))('%s', async (_name, prf, expected) => {
    const parts = [encryptedPart(pbes2(prf, 1_500_000), noise(16))];
    expect(await outcome(pfx([...parts, ...parts, ...parts]))).toBe(expected);
  });
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
    const derivation = { kdf: 'pkcs12', digest: 'sha1', purpose: 3, salt: noise(8), length: 20 } as const;
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

describe('the order of judgement', () => {
  const rc4 = make.sequence(
    make.oid('1.2.840.113549.1.12.1.1'),
    make.sequence(make.octetString(noise(8)), make.integer(1)),
  );
  const scrypt = scryptScheme(2 ** 20, 8, 1);
  const algorithm = (name: string) => unsupported(`is encrypted with an unsupported algorithm: ${name}`);

  test.each<[string, Asn1, string]>([
    [
      'a content type',
      content('1.2.3', make.null()),
      unsupported('has content of an unsupported type: 1.2.3'),
    ],
    ['an algorithm', encryptedPart(rc4, noise(8)), algorithm('PBE-SHA1-RC4-128')],
    [
      'scrypt for a gigabyte',
      encryptedPart(scrypt, noise(16)),
      algorithm('PBES2-AES-256-CBC with scrypt, N=1048576, r=8, p=1'),
    ],
  ])('%s is unsupported once the MAC is right, and not before', async (_, part, expected) => {
    const parts = [part];
    const [encoded] = encodings(password);
    const salt = noise(8);
    const [right = noise(20)] = await deriveKeys([
      {
        derivation: { kdf: 'pkcs12', digest: 'sha1', purpose: 3, salt, iterations: 3, length: 20 },
        encoded,
      },
    ]);
    expect(await outcome(pfx(parts, { key: right, salt, iterations: 3 }))).toBe(expected);
    expect(await outcome(pfx(parts, { key: noise(20), salt, iterations: 3 }))).toBe(incorrect);
    expect(await outcome(pfx(parts))).toBe(expected);
  });
});

describe('a malformed structure is corrupt, wherever it stands', () => {
  const damaged = 'pkcs12-corrupt: made.p12 is damaged or incomplete';
  const nested = (depth: number): Asn1 => {
    let node = sequenceOf([]);
    for (let level = 0; level < depth; level++) node = sequenceOf([bag(6, node)]);
    return node;
  };
  const rsa = make.sequence(make.oid('1.2.840.113549.1.1.1'), make.null());
  const untyped = make.sequence(make.oid('1.2.840.113549.1.9.22.2'), make.explicit(0, make.null()));
  const noKey = make.sequence(make.integer(0), rsa, make.octetString(noise(99)));
  test.each<[string, Uint8Array, string]>([
    ['no bag', pfx([dataPart([make.null()])]), damaged],
    ['a certificate of noise', pfx([dataPart([certificateBag(noise(99))])]), damaged],
    ['a key of noise', pfx([dataPart([bag(1, noKey)])]), damaged],
    [
      'half a million empty values for bags',
      pfx([dataPart(Array.from({ length: 500_000 }, () => make.null()))]),
      unsupported('has more than 200,000 ASN.1 values in one piece'),
    ],
    ['a certificate of another type, which is left out', pfx([dataPart([bag(3, untyped)])]), 'opened'],
    ['bags in bags, sixty deep', pfx([dataPart([bag(6, nested(60))])]), 'opened'],
    ['bags in bags, a hundred deep', pfx([dataPart([bag(6, nested(100))])]), damaged],
    [
      'an object identifier of a megabyte',
      pfx([make.sequence({ ...make.null(), type: 6, value: '\x01'.repeat(1_000_000) })]),
      damaged,
    ],
  ])('%s', async (_, bytes, expected) => {
    const time = await processorTime(async () => expect(await outcome(bytes, null)).toBe(expected));
    expect(time).toBeLessThan(3000);
  });
});

/** Of each file; `npm run fuzz` tries more. */
const rounds = isThorough ? 100 : 30;
describe('bit flips and cuts of good files give an identity or one of the known errors', () => {
  const codes = /^(opened|pkcs12-(corrupt|not-recognised|password-incorrect|unsupported): )/;
  test.each(['01-default-aes256', '02-legacy-rc2-3des', '14-both-none', '15-nomac', '66-ber-indefinite'])(
    '%s',
    async (name) => {
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
    },
  );
});

/** The same numbers on every run (Lehmer). */
function linear(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 48_271) % 2_147_483_647;
    return state % below;
  };
}
