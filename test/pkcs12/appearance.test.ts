import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { CliError } from '../../src/errors/cli-error.ts';
import { type Asn1, make, toDer } from '../../src/pkcs12/asn1.ts';
import { readPfx } from '../../src/pkcs12/pfx.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { certificate, rsaKey, tripleDes } from './build.ts';

function judgement(bytes: Uint8Array): string {
  try {
    readPfx({ name: 'a.p12', bytes });
  } catch (error) {
    const { code, message } = error as CliError;
    return `${code}: ${message}`;
  }
  return 'a PFX';
}

const text = (value: string) => Buffer.from(value, 'latin1');
const good = p12Bytes('01-default-aes256');
const der = certificate({ subject: [['2.5.4.3', 'a']] });
const pkcs1 = rsaKey.export({ type: 'pkcs1', format: 'der' });
const pbes2 = { type: 'pkcs8', format: 'der', cipher: 'aes-256-cbc', passphrase: 'secret' } as const;
const encryptedKey = rsaKey.export(pbes2);
const { privateKey: ecKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
const sec1 = ecKey.export({ type: 'sec1', format: 'der' });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const pkcs8Pem = rsaKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const octets = make.octetString(Buffer.from('x'));
const list = (...values: Asn1[]) => Buffer.from(toDer(make.sequence(...values)));
const converted = 'looks like a binary file that was converted as text on its way';
const data = '1.2.840.113549.1.7.1';
const unknown = 'is binary data of an unknown kind';
const keyText = 'looks like PEM text with a private key';
const five = make.sequence(...Array(5).fill(make.integer(1)));
const versioned = list(make.integer(4), make.octetString(Buffer.alloc(30)), make.oid(data));
const alone = 'looks like a private key without its certificate';
const encryptedAlone = 'looks like an encrypted private key (PKCS #8) without its certificate';
const certificateAlone = 'looks like a certificate without its private key (DER)';
const authKey = 'looks like an APNs auth key (.p8), which is another kind of credential';

describe('a file that is no .p12 is called by what it looks like', () => {
  test.each<[string, Uint8Array, string]>([
    ['nothing', text(''), 'is empty'],
    ['PEM', p12Bytes('40-pem-bundle'), 'looks like PEM text with a certificate and a private key'],
    ['a PEM certificate', p12Bytes('40-pem-cert'), 'looks like PEM text with a certificate'],
    ['PEM after attributes', text('Bag Attributes\n'), 'looks like PEM text'],
    ['PEM of its own kind', text('-----BEGIN MAGIC-----\n'), 'looks like PEM text with something else'],
    ['an auth key', p12Bytes('40-p8-key-pem'), authKey],
    ['an RSA key in PEM', text(pkcs8Pem), keyText],
    ['a certificate', der, certificateAlone],
    ['a request', p12Bytes('40-csr-der'), 'looks like a certificate signing request'],
    ['a PKCS #8 key', p12Bytes('40-p8-key-der'), alone.replace('key', 'key (PKCS #8)')],
    ['an encrypted key', encryptedKey, encryptedAlone],
    ['an algorithm that no file has', Buffer.from('30083004060005000400', 'hex'), unknown],
    ['a type that does not end', Buffer.from('3003060180', 'hex'), unknown],
    ['a PKCS #1 key', pkcs1, alone],
    ['PKCS #7', p12Bytes('40-pkcs7'), 'looks like PKCS #7 (certificates without a key)'],
    ['JKS', p12Bytes('40-jks'), 'looks like a Java keystore (JKS)'],
    ['base64', p12Bytes('40-base64-of-p12'), 'looks like base64 text'],
    ['HTML', p12Bytes('40-html'), 'looks like a web page (HTML)'],
    ['HTML after a byte order mark', text('\xef\xbb\xbf <!DOCTYPE html>'), 'looks like a web page (HTML)'],
    ['XML', text('<?xml version="1.0"?>'), 'looks like XML'],
    ['JSON', text('{"a": 1}'), 'looks like JSON'],
    ['ZIP', text('PK\x03\x04...'), 'looks like a ZIP archive'],
    ['words', text('not a certificate'), 'looks like text'],
    ['UTF-16', Buffer.from('\ufeffMII', 'utf16le'), 'looks like UTF-16 text'],
    ['UTF-8 made of it', p12Bytes('40-utf8-replacement'), converted],
    ['Latin-1 taken for UTF-8', Buffer.from(good.toString('latin1'), 'utf8'), converted],
    ['line breaks made of it', p12Bytes('40-crlf'), converted],
    ['PEM after a subject', text('subject=CN = a\n'), 'looks like PEM text'],
    ['PEM after the attributes of a key', text(' \nKey Attributes: x'), 'looks like PEM text'],
    ['words before attributes', text('x Bag Attributes'), 'looks like text'],
    ...[
      ['TRUSTED CERTIFICATE', 'a certificate'],
      ['CERTIFICATE REQUEST', 'a certificate signing request'],
      ['NEW CERTIFICATE REQUEST', 'a certificate signing request'],
      ['RSA PRIVATE KEY', 'a private key'],
      ['EC PRIVATE KEY', 'a private key'],
      ['ENCRYPTED PRIVATE KEY', 'an encrypted private key'],
      ['PUBLIC KEY', 'a public key'],
      ['PKCS7', 'PKCS #7 certificates'],
      ['PRIVATE KEY-----\n-----BEGIN CERTIFICATE', 'a private key and a certificate'],
    ].map(([label, what]): [string, Uint8Array, string] => [
      `PEM of a ${label}`,
      text(`-----BEGIN ${label}-----\n`),
      `looks like PEM text with ${what}`,
    ]),
    ['a label in small letters', text('-----BEGIN key-----\n'), 'looks like text'],
    ['a short key', text(`-----BEGIN PRIVATE KEY-----\n${'x'.repeat(371)}`), authKey],
    ['a longer key', text(`-----BEGIN PRIVATE KEY-----\n${'x'.repeat(372)}`), keyText],
    ['HTML without a type', text('<html>'), 'looks like a web page (HTML)'],
    ['the head of HTML', text('\n<HEAD>'), 'looks like a web page (HTML)'],
    ['the body of HTML', text('<body class="x">'), 'looks like a web page (HTML)'],
    ['HTML within words', text('see <html>'), 'looks like text'],
    ['XML after a blank', text(' <?xml?>'), 'looks like XML'],
    ['XML within words', text('see <?xml?>'), 'looks like text'],
    ['JSON of lists', text(' [ [1]]'), 'looks like JSON'],
    ['JSON of nothing', text('{}'), 'looks like JSON'],
    ['brackets around words', text('[a]'), 'looks like text'],
    ['JSON within words', text('see {"a": 1}'), 'looks like text'],
    ['UTF-16 in the other order', text('\xfe\xff\0a'), 'looks like UTF-16 text'],
    ['JKS by its start', text('\xfe\xed\xfe\xed\0'), 'looks like a Java keystore (JKS)'],
    ['JCEKS', text('\xce\xce\xce\xce\0'), 'looks like a Java keystore (JCEKS)'],
    ['a keychain', text('kych\0'), 'looks like a macOS keychain'],
    ['base64 over lines, with its padding', text('\n MIIB\r\nabc+/_-w= =\n'), 'looks like base64 text'],
    ['base64 after words', text('key: MIIB'), 'looks like text'],
    ['base64 that goes on in words', text('MIIB. abc'), 'looks like text'],
    ['base64 of something else', text('AAAA'), 'looks like text'],
    ['words with a sign that is none', text('words \x7f'), unknown],
    ['a sign before words', text('\x01 words'), unknown],
    ['four line breaks made of it', text('\x01\r\n\r\n\r\n\r\n'), converted],
    ['three line breaks', text('\x01\r\n\r\n\r\n'), unknown],
    ['a line break that was left', text('\x01\r\n\r\n\r\n\r\n\n'), unknown],
    ['four replaced bytes', text(`\x01${'\xef\xbf\xbd'.repeat(4)}`), converted],
    ['three replaced bytes', text(`\x01${'\xef\xbf\xbd'.repeat(3)}`), unknown],
    ['a long form of a length as UTF-8', text('0\xc2\x82'), converted],
    ['another length', text('0\xc2\x85'), unknown],
    ['a length further on', text('\x010\xc2\x82'), unknown],
    ['a SEC 1 key', sec1, alone],
    ['a key under an older scheme', list(tripleDes(1), octets), encryptedAlone],
    ['a certificate of version 1', list(five, make.sequence()), certificateAlone],
    ...[
      list(make.oid('1.2.3')),
      list(make.integer(0), make.sequence(), make.null()),
      list(make.integer(0), make.null()),
      list(make.null(), make.sequence(), octets),
      list(make.null(), octets),
      list(make.sequence(make.explicit(0, make.null())), make.null()),
      list(make.sequence(make.explicit(1, make.null())), make.sequence()),
      list(make.sequence(make.integer(0), make.null(), make.null()), make.sequence()),
      list(make.sequence(make.null(), make.null(), make.sequence()), make.sequence()),
      list(make.sequence(make.oid('1.2.3')), octets),
      list(make.sequence(make.null()), octets),
      list(make.set(make.oid('1.2.840.113549.1.5.13')), octets),
      list(tripleDes(1, Buffer.alloc(8)), make.sequence()),
      list(),
    ].map((bytes): [string, Uint8Array, string] => [`DER of something else: ${hex(bytes)}`, bytes, unknown]),
    ['a set that begins with a version', Buffer.from('3103020103', 'hex'), unknown],
    ['a version, and PKCS #7 only further on', versioned, alone],
    ['two letters', text('My'), 'looks like text'],
    ['base64 with its padding', text('MIIBa=='), 'looks like base64 text'],
    ['noise', p12Bytes('40-random'), unknown],
    ['nesting', p12Bytes('72-nest-300'), unknown],
  ])('%s', (_, bytes, predicate) => {
    expect(judgement(bytes)).toBe(`pkcs12-not-recognised: a.p12 is not a .p12 file: it ${predicate}`);
  });
});

describe('which part of a push identity it holds is told to the advice', () => {
  const pem = (...labels: string[]) =>
    text(labels.map((label) => `-----BEGIN ${label}-----\n${'x'.repeat(400)}\n`).join(''));
  test.each<[string, Uint8Array, string | null]>([
    ['an auth key', p12Bytes('40-p8-key-pem'), 'auth-key'],
    ['a certificate', der, 'certificate'],
    ['a PEM certificate', pem('CERTIFICATE'), 'certificate'],
    ['a trusted certificate', pem('TRUSTED CERTIFICATE'), 'certificate'],
    ['a certificate that names PEM', certificate({ subject: [['2.5.4.3', '-----BEGIN X-----']] }), null],
    ['a PKCS #8 key', p12Bytes('40-p8-key-der'), 'key'],
    ['a PKCS #1 key', pkcs1, 'key'],
    ['an encrypted key', encryptedKey, 'key'],
    ['a PEM key', pem('PRIVATE KEY'), 'key'],
    ['an RSA key in PEM', pem('RSA PRIVATE KEY'), 'key'],
    ['PEM of both', p12Bytes('40-pem-bundle'), 'certificate-and-key'],
    ['PEM of both, the key first', pem('PRIVATE KEY', 'CERTIFICATE'), 'certificate-and-key'],
    ['a request', p12Bytes('40-csr-der'), 'request'],
    ['a PEM request', pem('CERTIFICATE REQUEST'), 'request'],
    ['base64', p12Bytes('40-base64-of-p12'), 'base64'],
    ['a public key', pem('PUBLIC KEY'), null],
    ['PKCS #7', p12Bytes('40-pkcs7'), null],
    ['a web page', text('<html>'), null],
    ['nothing', text(''), null],
  ])('%s', (_, bytes, part) => {
    const facts = part === null ? {} : { part, name: 'a.p12' };
    const told = expect.objectContaining({ code: 'pkcs12-not-recognised', facts });
    expect(() => readPfx({ name: 'a.p12', bytes })).toThrow(told);
  });
});

describe('a file that begins as a PFX is one, or damaged', () => {
  const damaged = 'pkcs12-corrupt: a.p12 is damaged or incomplete';
  const not = (why: string) => `pkcs12-unsupported: a.p12 is ${why}`;
  const signed = not('protected by something other than a password (1.2.840.113549.1.7.2)');
  test.each<[string, Uint8Array, string]>([
    ['whole', good, 'a PFX'],
    ['of indefinite length', p12Bytes('51-nss-default'), 'a PFX'],
    ['cut', good.subarray(0, 100), damaged],
    ['without content', list(make.integer(3), make.null()), damaged],
    ['of another version', p12Bytes('60-version-4'), not('a PFX of version 4, not 3')],
    ['signed', p12Bytes('62-pubkey-integrity'), signed],
  ])('%s', (_, bytes, expected) => {
    expect(judgement(bytes)).toBe(expected);
  });
});
