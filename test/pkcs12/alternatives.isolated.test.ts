import { createCipheriv } from 'node:crypto';
import { beforeEach, describe, expect, test, vi } from 'vitest';
import { type Asn1, make, toDer } from '../../src/pkcs12/asn1.ts';
import { deriveKeys, encodings } from '../../src/pkcs12/derivation.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/text/secret.ts';
import {
  certificate,
  certificateBag,
  encryptedPart,
  type MacOptions,
  pfx,
  rsaKey,
  sequenceOf,
  shroudedKeyBag,
} from './build.ts';

/** How many keys were derived at once, each as if it had one iteration. */
const derived = vi.hoisted(() => [] as number[]);
vi.mock('../../src/pkcs12/derivation.ts', async (original) => {
  const real = await original<typeof import('../../src/pkcs12/derivation.ts')>();
  const cheapKeys: typeof real.deriveKeys = (tasks, signal) => {
    if (tasks.length > 0) derived.push(tasks.length);
    const cheap = tasks.map(({ derivation, encoded }) => ({
      derivation: { ...derivation, iterations: 1 },
      encoded,
    }));
    return real.deriveKeys(cheap, signal);
  };
  return { ...real, deriveKeys: cheapKeys };
});
beforeEach(() => {
  derived.length = 0;
});

const salt = Buffer.from('saltsalt');
const chain = { kdf: 'pkcs12', digest: 'sha1', salt, iterations: 1 } as const;
/** The empty password has two encodings: two zero bytes, and none. */
const encoded = (place: number) => encodings(null)[place] ?? expect.unreachable();

async function mac(place: number): Promise<MacOptions> {
  const [key = salt] = await deriveKeys([
    { derivation: { ...chain, purpose: 3, length: 20 }, encoded: encoded(place) },
  ]);
  return { key, salt, iterations: 1 };
}

/** pbeWithSHAAnd2-KeyTripleDES-CBC, which takes two hashes an iteration. */
const twoKeys = (iterations: number) =>
  make.sequence(
    make.oid('1.2.840.113549.1.12.1.4'),
    make.sequence(make.octetString(salt), make.integer(iterations)),
  );

async function encrypt(plain: Uint8Array, place: number, iterations: number) {
  const [key = salt, iv = salt] = await deriveKeys([
    { derivation: { ...chain, purpose: 1, length: 16 }, encoded: encoded(place) },
    { derivation: { ...chain, purpose: 2, length: 8 }, encoded: encoded(place) },
  ]);
  const cipher = createCipheriv('des-ede-cbc', key, iv);
  return [twoKeys(iterations), Buffer.concat([cipher.update(plain), cipher.final()])] as const;
}
const part = async (place: number, bags: Asn1[], iterations = 1) =>
  encryptedPart(...(await encrypt(toDer(sequenceOf(bags)), place, iterations)));
const key = async (place: number) =>
  shroudedKeyBag(...(await encrypt(rsaKey.export({ type: 'pkcs8', format: 'der' }), place, 1)));
const leaf = certificateBag(certificate({ subject: [['2.5.4.3', 'leaf']] }));

/** What comes of opening it, and how many keys were derived in each round. */
async function open(bytes: Uint8Array, password: Secret | null = null) {
  derived.length = 0;
  const outcome = await readPushIdentity({ name: 'made.p12', bytes }, password).then(
    ({ container }) => `${container.keys} and ${container.certificates}`,
    ({ code }) => code,
  );
  return [outcome, derived];
}

describe('a file without a MAC', () => {
  test.each<[string, number, number, number[]]>([
    ['encoded in the first way', 0, 0, [2, 2]],
    ['encoded in the other way, which is tried first for what is in it', 1, 1, [2, 2, 2]],
    ['encoded in the first way, and in the other for what is in it', 0, 1, [2, 2, 2]],
    ['encoded in the other way, and in the first for what is in it', 1, 0, [2, 2, 2, 2]],
  ])('opens under an empty password, %s', async (_, outer, inner, rounds) => {
    expect(await open(pfx([await part(outer, [leaf, await key(inner)])]))).toEqual([
      '1 and 1',
      rounds,
    ]);
  });

  test('does not open in either way under another', async () => {
    expect(await open(pfx([await part(1, [leaf])]), new Secret('a'))).toEqual([
      'pkcs12-password-incorrect',
      [2],
    ]);
  });

  test('derives again only for what is shut', async () => {
    expect(await open(pfx([await part(0, [leaf]), await part(1, [await key(0)])]))).toEqual([
      '1 and 1',
      [4, 2, 2, 2],
    ]);
  });
});

describe('a file with a MAC', () => {
  test.each<[string, number, number, number[]]>([
    ['as the MAC', 0, 0, [2, 2]],
    ['as the MAC, in the other way', 1, 1, [2, 2]],
    ['not as the MAC', 0, 1, [2, 2, 2]],
    ['not as the MAC, in the other way', 1, 0, [2, 2, 2]],
  ])('opens under an empty password, its part encoded %s', async (_, ofMac, ofPart, rounds) => {
    expect(await open(pfx([await part(ofPart, [leaf])], await mac(ofMac)))).toEqual([
      '0 and 1',
      rounds,
    ]);
  });
});

describe('the other encoding', () => {
  const parts = async (iterations: number) => [
    await part(1, [leaf], 1_000_000),
    await part(1, [await key(1)], iterations),
  ];
  test('is worth the hashes that the first one has left', async () => {
    expect((await open(pfx(await parts(999_999))))[0]).toBe('1 and 1');
  });

  test('and no more', async () => {
    expect(await open(pfx(await parts(1_000_001)))).toEqual(['pkcs12-password-required', [4]]);
  });
});
