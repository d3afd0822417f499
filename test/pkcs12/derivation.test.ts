import { hash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { describe, expect, test } from 'vitest';
import {
  type Derivation,
  deriveKeys,
  encodings,
  passwordBytes,
  scryptMemory,
} from '../../src/pkcs12/derivation.ts';
import { type Digest, derivePkcs12, digests } from '../../src/pkcs12/pkcs12-kdf.ts';
import { Secret } from '../../src/text/secret.ts';

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');
const bytes = (text: string) => Buffer.from(text, 'hex');

describe('the PKCS #12 derivation gives the published vectors (S. Henson)', () => {
  const chain = { kdf: 'pkcs12', digest: 'sha1' } as const;
  test.each([
    ['smeg', '0a58cf64530d823f', 1, 1, '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3'],
    ['smeg', '0a58cf64530d823f', 2, 1, '79993dfe048d3b76'],
    ['smeg', '3d83c0e4546ac140', 3, 1, '8d967d88f6caa9d714800ab3d48051d63f73a312'],
    ['queeg', '05dec959acff72f7', 1, 1000, 'ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4'],
    ['queeg', '05dec959acff72f7', 2, 1000, '11dedad7758d4860'],
    ['queeg', '263216fcc2fab31c', 3, 1000, '5ec4c7a80df652294c3925b6489a7ab857c83476'],
  ] as const)(
    '%s %s, purpose %i, %i iterations',
    async (password, salt, purpose, iterations, expected) => {
      const derivation = {
        ...chain,
        purpose,
        salt: bytes(salt),
        iterations,
        length: expected.length / 2,
      };
      const [encoded] = encodings(new Secret(password));
      expect((await deriveKeys([{ derivation, encoded }])).map(hex)).toEqual([expected]);
    },
  );
});

// openssl kdf -keylen 70 -kdfopt digest:SHA3-256 -kdfopt hexpass:0073006d006500670000 -kdfopt hexsalt:0a58cf64530d823f
//   -kdfopt iter:1000 -kdfopt id:3 PKCS12KDF: several blocks, which the block size of the digest decides.
test.each([
  [
    'sha3-224',
    'cf2746462529e27d2a8210ec11409085d9a325f133b7acf235a440e93103329f94bb5844ddb26fa94424a9b772f439b085ea3d07988ea2af3b49f2731d930098ca9e78b22375',
  ],
  [
    'sha3-256',
    '0028a15467eb1e39a6e245f78258706d2c713d47bec1ff63808c11b20abecd5efbc41edb4643ec08d679035d541c85cad4e91945ac546b3179ea4055d87d525fc86dece164f3',
  ],
  [
    'sha3-384',
    '62c167817c51bb9a8da41fff7246a38d0a5310d944d53e18fa9f149341bf38a143167fbe485068ccbfddc1fa52d87f3681e2f1c43e4f33ceeac69f8659bc94a8b2db87bcc339',
  ],
  [
    'sha3-512',
    '0c1abc8f53e47463a5476d6670cf7a83585cc600cf60194e3e83e723bec18af5f30cc88612e277e9b53c3ed5ae44bf3be3d27607374be2893e834fae53ac2fa7e367c7fbaaf8',
  ],
  [
    'sha512-224',
    'c9574b11b1c287fea212deec78f64b45da8242ea4e5334457a9086ed65d1852098a3bb3ef4db94a6ac0625332a8fb71ad7cba1c1314eefdcf20d275e77480a2cf7ea8bbe4875',
  ],
] as const)(
  'the PKCS #12 derivation with %s gives what OpenSSL derives',
  async (digest, expected) => {
    const salt = bytes('0a58cf64530d823f');
    const derivation = {
      kdf: 'pkcs12',
      digest,
      purpose: 3,
      salt,
      iterations: 1000,
      length: 70,
    } as const;
    const [encoded] = encodings(new Secret('smeg'));
    expect((await deriveKeys([{ derivation, encoded }])).map(hex)).toEqual([expected]);
  },
);

test('workers derive what this thread derives, each in its place', async () => {
  const [encoded] = encodings(new Secret('pässwörd🔑'));
  const derivations = (Object.keys(digests) as Digest[]).flatMap((digest, index): Derivation[] => {
    const chain = {
      kdf: 'pkcs12',
      digest,
      salt: Buffer.from('salt'),
      iterations: 1500 + index,
    } as const;
    return [
      { ...chain, purpose: 1, length: 3 * digests[digest].output - 1 },
      { ...chain, kdf: 'pbkdf2', length: 24 },
    ];
  });
  const expected = derivations.map((derivation) => {
    if (derivation.kdf !== 'pkcs12')
      return derivation.kdf === 'pbkdf2' ? hex(nodePbkdf2(derivation, encoded.utf8)) : '';
    const task = { ...derivation, ...digests[derivation.digest], password: encoded.bmp };
    return hex(derivePkcs12(task, hash));
  });
  const derived = await deriveKeys(derivations.map((derivation) => ({ derivation, encoded })));
  expect(derived.map(hex)).toEqual(expected);
});

function nodePbkdf2(
  derivation: Extract<Derivation, { kdf: 'pbkdf2' }>,
  password: Uint8Array,
): Uint8Array {
  return pbkdf2Sync(
    password,
    derivation.salt,
    derivation.iterations,
    derivation.length,
    derivation.digest,
  );
}

test('scrypt', async () => {
  const derivation = {
    kdf: 'scrypt',
    salt: Buffer.from('salt'),
    N: 1024,
    r: 8,
    p: 2,
    length: 32,
  } as const;
  const [encoded] = encodings(new Secret('secret'));
  const expected = scryptSync('secret', 'salt', 32, { N: 1024, r: 8, p: 2 });
  expect((await deriveKeys([{ derivation, encoded }])).map(hex)).toEqual([hex(expected)]);
});

test('the event loop stays free while six hundred thousand iterations are derived', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  const [encoded] = encodings(new Secret('secret'));
  const chain = { kdf: 'pkcs12', digest: 'sha1', salt: bytes('00'), iterations: 300_000 } as const;
  const of = (purpose: 1 | 2) => ({ derivation: { ...chain, purpose, length: 20 }, encoded });
  await deriveKeys([of(1), of(2)]);
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

test('no derivation is no key', async () => {
  expect(await deriveKeys([])).toEqual([]);
});

test('an abort beforehand derives nothing', async () => {
  await expect(deriveKeys([], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
});

test.each<[Derivation['kdf'], string]>([
  ['pkcs12', '006100620000'],
  ['pbkdf2', '6162'],
  ['scrypt', '6162'],
])('%s reads the password as %s', (kdf, expected) => {
  const [encoded] = encodings(new Secret('ab'));
  expect(hex(passwordBytes({ kdf } as Derivation, encoded))).toBe(expected);
});

// RFC 7914 §2: p blocks of 128r bytes, N more, and one to work in.
test.each([
  [2, 1, 1, 512],
  [16_384, 8, 1, 16_779_264],
  [16, 1, 16, 4224],
])('scrypt with N=%i, r=%i, p=%i needs %i bytes', (N, r, p, bytes) => {
  expect(scryptMemory({ N, r, p })).toBe(bytes);
});

describe('how a password is spelled', () => {
  const both = (bmp: string, utf8: string) => ({ bmp, utf8 });
  test.each([
    ['none', null, [both('0000', ''), both('', '')]],
    ['empty', '', [both('0000', ''), both('', '')]],
    ['ASCII', 'ab', [both('006100620000', '6162')]],
    ['Latin-1, which some write as it is', 'ä', [both('00e40000', 'c3a4'), both('00e40000', 'e4')]],
    ['beyond Latin-1', 'パ', [both('30d10000', 'e38391')]],
    ['a surrogate pair', '🔑', [both('d83ddd110000', 'f09f9491')]],
    ['bytes that are no UTF-8', Uint8Array.of(0x61, 0xe4), [both('006100e40000', '61e4')]],
  ])('%s', (_, password, expected) => {
    const spelled = encodings(password === null ? null : new Secret(password));
    expect(spelled.map(({ bmp, utf8 }) => both(hex(bmp), hex(utf8)))).toEqual(expected);
  });
});

test('a derivation leaves no listener with the signal', async () => {
  const { signal } = new AbortController();
  const derivation = {
    kdf: 'scrypt',
    salt: new Uint8Array(8),
    N: 2,
    r: 1,
    p: 1,
    length: 32,
  } as const;
  await deriveKeys(
    [{ derivation, encoded: { bmp: new Uint8Array(), utf8: new Uint8Array() } }],
    signal,
  );
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});
