import { createPrivateKey, hash, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodePkcs12, type Pkcs12Encryption } from '../../src/pkcs12/encode.ts';
import { encodePem } from '../../src/pkcs12/pem.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/secret.ts';
import { p12Bytes } from '../support/fixtures.ts';

const original = await readPushIdentity({ name: 'chain', bytes: p12Bytes('20-chain') }, new Secret('secret'));
const privateKey: KeyObject = original.privateKey ?? expect.unreachable();
const leaf = original.certificate?.der ?? expect.unreachable();
const content = {
  privateKey,
  certificate: leaf,
  chain: original.chain.map(({ der }) => der),
  friendlyName: 'Schlüssel 🔑',
};
const pem = (key: KeyObject | null) => key?.export({ type: 'pkcs8', format: 'pem' });

describe('a new .p12 opens again', () => {
  const modern = { mac: { algorithm: 'sha256', iterations: 100_000 }, encryption: ['PBES2-AES-256-CBC'] };
  const legacy = { mac: { algorithm: 'sha1', iterations: 100_000 }, encryption: ['PBE-SHA1-3DES'] };
  test.each<[Pkcs12Encryption, string, typeof modern]>([
    ['modern', 'secret', modern],
    ['modern', 'pässwörd🔑', modern],
    ['modern', '', modern],
    ['legacy', 'secret', legacy],
    ['legacy', 'パスワード', legacy],
  ])('%s, under “%s”', async (encryption, password, expected) => {
    const bytes = await encodePkcs12(content, new Secret(password), encryption);
    const { container, ...identity } = await readPushIdentity(
      { name: 'new.p12', bytes },
      new Secret(password),
    );
    expect({ ...identity, privateKey: pem(identity.privateKey) }).toEqual({
      certificate: original.certificate,
      privateKey: pem(privateKey),
      paired: true,
      chain: original.chain,
      identities: 1,
      friendlyName: content.friendlyName,
    });
    expect(container).toEqual({
      ...expected,
      pfx: Buffer.from(bytes),
      trailingBytes: 0,
      keys: 1,
      certificates: 3,
      privateKeyInClear: false,
      iterations: { highest: 100_000, total: 300_000 },
      passwordEmpty: password === '',
    });
  });

  test.each<Pkcs12Encryption>(['modern', 'legacy'])(
    'the key of %s names its certificate by localKeyID',
    async (encryption) => {
      const bytes = await encodePkcs12(content, new Secret('a'), encryption);
      expect(Buffer.from(bytes).includes(hash('sha1', leaf, 'buffer'))).toBe(true);
    },
  );

  test('without a name and a chain', async () => {
    const bytes = await encodePkcs12(
      { ...content, chain: [], friendlyName: null },
      new Secret('a'),
      'modern',
    );
    const { friendlyName, chain } = await readPushIdentity({ name: 'new.p12', bytes }, new Secret('a'));
    expect({ friendlyName, chain }).toEqual({ friendlyName: null, chain: [] });
  });

  test('no two are alike', async () => {
    const [one, two] = await Promise.all([1, 2].map(() => encodePkcs12(content, new Secret('a'), 'modern')));
    expect(one).not.toEqual(two);
  });
});

describe('PEM', () => {
  test('holds the key, the leaf and the chain, in this order', () => {
    const blocks = encodePem(original).match(/-----BEGIN [^-]+-----[^-]+-----END [^-]+-----\n/g) ?? [];
    expect(blocks.join('')).toBe(encodePem(original));
    const ders = blocks.map((block) => Buffer.from(block.replace(/-----.*-----/g, ''), 'base64'));
    expect(createPrivateKey(blocks[0] ?? '').equals(privateKey)).toBe(true);
    expect(ders.slice(1)).toEqual([leaf, ...content.chain].map((der) => Buffer.from(der)));
    expect(
      Math.max(
        ...encodePem(original)
          .split('\n')
          .map((line) => line.length),
      ),
    ).toBe(64);
  });

  test('leaves out what is missing', () => {
    expect(encodePem({ ...original, privateKey: null, chain: [] })).toMatch(/^-----BEGIN CERTIFICATE-----/);
    expect(encodePem({ ...original, privateKey: null, certificate: null, chain: [] })).toBe('');
  });
});
