import { hash, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { readCertificate } from '../../src/pkcs12/certificate.ts';
import { encodePkcs12, type Pkcs12Encryption } from '../../src/pkcs12/encode.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/text/secret.ts';
import { certificate, otherRsaKey, rsaKey } from './build.ts';

const named = (name: string) =>
  certificate({ subject: [['2.5.4.3', name]] }, name === 'leaf' ? rsaKey : otherRsaKey);
const leaf = named('leaf');
const content = {
  privateKey: rsaKey,
  certificate: leaf,
  chain: ['ca', 'root'].map(named),
  friendlyName: 'Schlüssel 🔑',
};
const pem = (key: KeyObject | null) => key?.export({ type: 'pkcs8', format: 'pem' });

describe('a new .p12 opens again', () => {
  const modern = {
    mac: { algorithm: 'sha256', iterations: 1000 },
    encryption: ['PBES2-AES-256-CBC'],
  };
  const legacy = { mac: { algorithm: 'sha1', iterations: 1000 }, encryption: ['PBE-SHA1-3DES'] };
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
      path: null,
      certificate: readCertificate(leaf).certificate,
      privateKey: pem(rsaKey),
      paired: true,
      chain: content.chain.map((der) => readCertificate(der).certificate),
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
      iterations: { highest: 1000, total: 3000 },
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
    const bare = { ...content, chain: [], friendlyName: null };
    const bytes = await encodePkcs12(bare, new Secret('a'), 'modern');
    const file = { name: 'new.p12', bytes };
    expect(await readPushIdentity(file, new Secret('a'))).toMatchObject({
      friendlyName: null,
      chain: [],
    });
  });

  test('no two are alike', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map(() => encodePkcs12(content, new Secret('a'), 'modern')),
    );
    expect(one).not.toEqual(two);
  });
});
