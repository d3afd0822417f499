import { hash, pbkdf2Sync, scryptSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Derivation, deriveKeys, spellings } from '../../src/pkcs12/derivation.ts';
import { type Digest, derivePkcs12, digests } from '../../src/pkcs12/pkcs12-kdf.ts';
import { Secret } from '../../src/secret.ts';

const hex = (bytes: Uint8Array | undefined) => Buffer.from(bytes ?? []).toString('hex');
const bytes = (text: string) => Buffer.from(text, 'hex');

describe('the PKCS #12 derivation gives the published vectors (S. Henson)', () => {
  test.each([
    ['smeg', '0a58cf64530d823f', 1, 1, '8aaae6297b6cb04642ab5b077851284eb7128f1a2a7fbca3'],
    ['smeg', '0a58cf64530d823f', 2, 1, '79993dfe048d3b76'],
    ['smeg', '3d83c0e4546ac140', 3, 1, '8d967d88f6caa9d714800ab3d48051d63f73a312'],
    ['queeg', '05dec959acff72f7', 1, 1000, 'ed2034e36328830ff09df1e1a07dd357185dac0d4f9eb3d4'],
    ['queeg', '05dec959acff72f7', 2, 1000, '11dedad7758d4860'],
    ['queeg', '263216fcc2fab31c', 3, 1000, '5ec4c7a80df652294c3925b6489a7ab857c83476'],
  ] as const)('%s %s, purpose %i, %i iterations', async (password, salt, purpose, iterations, expected) => {
    const length = expected.length / 2;
    const derivation = {
      kdf: 'pkcs12',
      digest: 'sha1',
      purpose,
      salt: bytes(salt),
      iterations,
      length,
    } as const;
    const [spelling] = spellings(new Secret(password));
    expect((await deriveKeys([{ derivation, spelling }])).map(hex)).toEqual([expected]);
  });
});

test('workers derive what this thread derives, each in its place', async () => {
  const [spelling] = spellings(new Secret('pässwörd🔑'));
  const derivations = (Object.keys(digests) as Digest[]).flatMap((digest, index): Derivation[] => {
    const chain = { kdf: 'pkcs12', digest, salt: Buffer.from('salt'), iterations: 9000 + index } as const;
    return [
      { ...chain, purpose: 1, length: 3 * digests[digest].output - 1 },
      { ...chain, kdf: 'pbkdf2', length: 24 },
    ];
  });
  const expected = derivations.map((derivation) => {
    if (derivation.kdf !== 'pkcs12')
      return derivation.kdf === 'pbkdf2' ? hex(nodePbkdf2(derivation, spelling.utf8)) : '';
    const task = { ...derivation, ...digests[derivation.digest], password: spelling.bmp };
    return hex(derivePkcs12(task, hash));
  });
  const derived = await deriveKeys(derivations.map((derivation) => ({ derivation, spelling })));
  expect(derived.map(hex)).toEqual(expected);
});

function nodePbkdf2(derivation: Extract<Derivation, { kdf: 'pbkdf2' }>, password: Uint8Array): Uint8Array {
  return pbkdf2Sync(password, derivation.salt, derivation.iterations, derivation.length, derivation.digest);
}

test('scrypt', async () => {
  const derivation = { kdf: 'scrypt', salt: Buffer.from('salt'), N: 1024, r: 8, p: 2, length: 32 } as const;
  const [spelling] = spellings(new Secret('secret'));
  const expected = scryptSync('secret', 'salt', 32, { N: 1024, r: 8, p: 2 });
  expect((await deriveKeys([{ derivation, spelling }])).map(hex)).toEqual([hex(expected)]);
});

test('the event loop stays free while two million iterations are derived', async () => {
  let turns = 0;
  const timer = setInterval(() => turns++, 5);
  const [spelling] = spellings(new Secret('secret'));
  const chain = {
    kdf: 'pkcs12',
    digest: 'sha1',
    salt: bytes('00'),
    iterations: 500_000,
    length: 20,
  } as const;
  await deriveKeys(
    [1, 2].map((purpose) => ({ derivation: { ...chain, purpose: purpose === 1 ? 1 : 2 }, spelling })),
  );
  clearInterval(timer);
  expect(turns).toBeGreaterThan(5);
});

describe('how a password is spelled', () => {
  const both = (bmp: string, utf8: string) => ({ bmp, utf8 });
  test.each([
    ['none', null, [both('0000', ''), both('', '')]],
    ['empty', '', [both('0000', ''), both('', '')]],
    ['ASCII', 'ab', [both('006100620000', '6162')]],
    [
      'Latin-1, which some write into PBES2 as it is',
      'ä',
      [both('00e40000', 'c3a4'), both('00e40000', 'e4')],
    ],
    ['beyond Latin-1', 'パ', [both('30d10000', 'e38391')]],
    ['a surrogate pair', '🔑', [both('d83ddd110000', 'f09f9491')]],
  ])('%s', (_, password, expected) => {
    const spelled = spellings(password === null ? null : new Secret(password));
    expect(spelled.map(({ bmp, utf8 }) => both(hex(bmp), hex(utf8)))).toEqual(expected);
  });
});
