import { describe, expect, test } from 'vitest';
import { Malformed } from '../../src/pkcs12/asn1.ts';
import { readCertificate } from '../../src/pkcs12/certificate.ts';
import { orderChain, readCertificateFile } from '../../src/pkcs12/certificate-file.ts';
import { encodePemBlock } from '../../src/pkcs12/pem.ts';
import { unbounded } from '../../src/text/pace.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { certificate, otherRsaKey, rsaKey } from './build.ts';

const [one, two] = ['one', 'two'].map((name) => certificate({ subject: [['2.5.4.3', name]] }));
const [der, other] = [one ?? expect.unreachable(), two ?? expect.unreachable()];
const pem = (bytes: Uint8Array, label = 'CERTIFICATE') => encodePemBlock(label, bytes);
const key = rsaKey.export({ type: 'pkcs8', format: 'pem' }).toString();

const read = (bytes: Uint8Array | string) =>
  readCertificateFile({ name: 'a.cer', bytes: Buffer.from(bytes) }, unbounded).then(
    (certificates) => certificates.map(({ commonName }) => commonName),
    ({ code, message }) => `${code}: ${message}`,
  );
const none = (looks: string) =>
  `certificate-not-recognized: a.cer holds no certificate: it ${looks}`;
const tooMany = 'certificate-not-recognized: a.cer holds 257 certificates, more than 256';
const damaged = 'certificate-not-recognized: a.cer is damaged or incomplete';

test.each<[string, Uint8Array | string, unknown]>([
  ['DER', der, ['one']],
  ['DER and a line break', Buffer.concat([der, Buffer.from('\n')]), ['one']],
  ['PEM', pem(der), ['one']],
  ['PEM of several, in their order', `${key}${pem(other)}words\n${pem(der)}`, ['two', 'one']],
  [
    'PEM that OpenSSL trusts',
    pem(Buffer.concat([der, Buffer.from('0000')]), 'TRUSTED CERTIFICATE'),
    ['one'],
  ],
  ['PEM that is damaged', pem(der.subarray(0, 100)), damaged],
  ['DER that is cut', der.subarray(0, -1), damaged],
  ['a key', key, none('looks like PEM text with a private key')],
  [
    'a .p12',
    p12Bytes('01-default-aes256'),
    'certificate-not-recognized: a.cer is a .p12, not a certificate',
  ],
  ['a request', p12Bytes('40-csr-der'), none('looks like a certificate signing request')],
  ['words', 'words', none('looks like text')],
  ['nothing', '', none('is empty')],
  ['257 of them', pem(Buffer.from('noise')).repeat(257), tooMany],
  ['256 of them', pem(der).repeat(256), Array(256).fill('one')],
])('%s', async (_, bytes, expected) => {
  expect(await read(bytes)).toEqual(expected);
});

test('an interrupt is no damage', async () => {
  const interrupt = new Error('enough');
  const pace = { inOneGo: () => Promise.reject(interrupt) };
  await expect(readCertificateFile({ name: 'a.cer', bytes: der }, pace)).rejects.toBe(interrupt);
});

test('what is damaged is kept as the cause', async () => {
  const bytes = Buffer.from(pem(der.subarray(0, 100)));
  await expect(readCertificateFile({ name: 'a.cer', bytes }, unbounded)).rejects.toMatchObject({
    cause: expect.any(Malformed),
  });
});

const named = (name: string) => [['2.5.4.3', name]] as const;
const issued = (subject: string, issuer: string, key = rsaKey, signer = rsaKey) =>
  readCertificate(certificate({ subject: named(subject), issuer: named(issuer) }, key, signer))
    .certificate;

const leaf = issued('leaf', 'intermediate', otherRsaKey);
const intermediate = issued('intermediate', 'root');
const root = issued('root', 'root');
const namesake = issued('intermediate', 'root', otherRsaKey);
const stranger = issued('stranger', 'root');

const names = (certificates: readonly { readonly commonName: string | null }[]) =>
  certificates.map(({ commonName }) => commonName);

describe('a chain', () => {
  test.each<[string, readonly (typeof leaf)[], readonly string[]]>([
    ['in its order', [intermediate, root], ['intermediate', 'root']],
    ['in another order', [root, intermediate], ['intermediate', 'root']],
    ['without its root', [intermediate], ['intermediate']],
    ['without its intermediate', [root], []],
    ['with a stranger', [stranger, root, intermediate], ['intermediate', 'root']],
    ['with the leaf among it', [leaf, intermediate], ['intermediate']],
    ['with one twice', [intermediate, intermediate], ['intermediate']],
    ['of nothing', [], []],
  ])('%s', (_, candidates, ordered) => {
    expect(names(orderChain(leaf, candidates))).toEqual(ordered);
  });

  test('has the authority that signed, not one of the same name', () => {
    expect(orderChain(leaf, [namesake, intermediate])).toEqual([intermediate]);
  });
});
