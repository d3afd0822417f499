import { generateKeyPairSync } from 'node:crypto';
import { expect, test } from 'vitest';
import type { CliError } from '../../src/errors/cli-error.ts';
import { type Asn1, make, toDer } from '../../src/pkcs12/asn1.ts';
import { readPfx } from '../../src/pkcs12/pfx.ts';
import { p12Bytes } from '../support/fixtures.ts';
import { certificate, rsaKey, tripleDes } from './build.ts';

/** The words for the file, and the part of a push identity that the advice is told. */
function judgment(bytes: Uint8Array): string {
  try {
    readPfx({ name: 'a.p12', bytes });
  } catch (error) {
    const { code, message, facts } = error as CliError;
    const { kind = 'other' } = facts as { kind?: string };
    return `${code}: ${message}${kind === 'other' ? '' : ` (${kind})`}`;
  }
  return 'a PFX';
}

const text = (value: string) => Buffer.from(value, 'latin1');
const good = p12Bytes('01-default-aes256');
const der = certificate({ subject: [['2.5.4.3', 'a']] });
const pkcs1 = rsaKey.export({ type: 'pkcs1', format: 'der' });
const pbes2 = {
  type: 'pkcs8',
  format: 'der',
  cipher: 'aes-256-cbc',
  passphrase: 'secret',
} as const;
const encryptedKey = rsaKey.export(pbes2);
const { privateKey: ecKey } = generateKeyPairSync('ec', { namedCurve: 'secp384r1' });
const sec1 = ecKey.export({ type: 'sec1', format: 'der' });
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString('hex');
const pkcs8Pem = rsaKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const octets = make.octetString(Buffer.from('x'));
const list = (...values: Asn1[]) => Buffer.from(toDer(make.sequence(...values)));
const data = '1.2.840.113549.1.7.1';
const five = make.sequence(...Array(5).fill(make.integer(1)));
const versioned = list(make.integer(4), make.octetString(Buffer.alloc(30)), make.oid(data));

type Row = readonly [string, Uint8Array];

/** A file that is no .p12 is called by what it looks like; one that begins as a PFX is one, or damaged. */
const rows: readonly Row[] = [
  ['nothing', text('')],
  ['PEM', p12Bytes('40-pem-bundle')],
  ['a PEM certificate', p12Bytes('40-pem-cert')],
  ['PEM after attributes', text('Bag Attributes\n')],
  ['PEM of its own kind', text('-----BEGIN MAGIC-----\n')],
  ['an auth key', p12Bytes('40-p8-key-pem')],
  ['an RSA key in PEM', text(pkcs8Pem)],
  ['a certificate', der],
  ['a request', p12Bytes('40-csr-der')],
  ['a PKCS #8 key', p12Bytes('40-p8-key-der')],
  ['an encrypted key', encryptedKey],
  ['an algorithm that no file has', Buffer.from('30083004060005000400', 'hex')],
  ['a type that does not end', Buffer.from('3003060180', 'hex')],
  ['a PKCS #1 key', pkcs1],
  [
    'a provisioning profile',
    list(
      make.oid('1.2.840.113549.1.7.2'),
      make.octetString(text('<plist><dict><key>AppIDName</key></dict></plist>')),
    ),
  ],
  [
    'a signed property list of another kind',
    list(make.oid('1.2.840.113549.1.7.2'), make.octetString(text('<plist></plist>'))),
  ],
  ['PKCS #7', p12Bytes('40-pkcs7')],
  ['JKS', p12Bytes('40-jks')],
  ['base64', p12Bytes('40-base64-of-p12')],
  ['HTML', p12Bytes('40-html')],
  ['HTML after a byte order mark', text('\xef\xbb\xbf <!DOCTYPE html>')],
  ['XML', text('<?xml version="1.0"?>')],
  ['JSON', text('{"a": 1}')],
  ['ZIP', text('PK\x03\x04...')],
  ['words', text('not a certificate')],
  ['UTF-16', Buffer.from('\ufeffMII', 'utf16le')],
  ['UTF-8 made of it', p12Bytes('40-utf8-replacement')],
  ['Latin-1 taken for UTF-8', Buffer.from(good.toString('latin1'), 'utf8')],
  ['line breaks made of it', p12Bytes('40-crlf')],
  ['PEM after a subject', text('subject=CN = a\n')],
  ['PEM after the attributes of a key', text(' \nKey Attributes: x')],
  ['words before attributes', text('x Bag Attributes')],
  ...[
    'TRUSTED CERTIFICATE',
    'CERTIFICATE',
    'CERTIFICATE REQUEST',
    'NEW CERTIFICATE REQUEST',
    'PRIVATE KEY',
    'RSA PRIVATE KEY',
    'EC PRIVATE KEY',
    'ENCRYPTED PRIVATE KEY',
    'PUBLIC KEY',
    'PKCS7',
  ].map(
    (label): Row => [`PEM of a ${label}`, text(`-----BEGIN ${label}-----\n${'x'.repeat(400)}\n`)],
  ),
  [
    'PEM of both, the key first',
    text('-----BEGIN PRIVATE KEY-----\n-----BEGIN CERTIFICATE-----\n'),
  ],
  ['a certificate that names PEM', certificate({ subject: [['2.5.4.3', '-----BEGIN X-----']] })],
  ['a label in small letters', text('-----BEGIN key-----\n')],
  ['a short key', text(`-----BEGIN PRIVATE KEY-----\n${'x'.repeat(371)}`)],
  ['a longer key', text(`-----BEGIN PRIVATE KEY-----\n${'x'.repeat(372)}`)],
  ['HTML without a type', text('<html>')],
  ['the head of HTML', text('\n<HEAD>')],
  ['the body of HTML', text('<body class="x">')],
  ['HTML within words', text('see <html>')],
  ['XML after a blank', text(' <?xml?>')],
  ['XML within words', text('see <?xml?>')],
  ['JSON of lists', text(' [ [1]]')],
  ['JSON of nothing', text('{}')],
  ['brackets around words', text('[a]')],
  ['JSON within words', text('see {"a": 1}')],
  ['UTF-16 in the other order', text('\xfe\xff\0a')],
  ['JKS by its start', text('\xfe\xed\xfe\xed\0')],
  ['JCEKS', text('\xce\xce\xce\xce\0')],
  ['a keychain', text('kych\0')],
  ['base64 over lines, with its padding', text('\n MIIB\r\nabc+/_-w= =\n')],
  ['base64 after words', text('key: MIIB')],
  ['base64 that goes on in words', text('MIIB. abc')],
  ['base64 of something else', text('AAAA')],
  ['words with a sign that is none', text('words \x7f')],
  ['a sign before words', text('\x01 words')],
  ['four line breaks made of it', text('\x01\r\n\r\n\r\n\r\n')],
  ['three line breaks', text('\x01\r\n\r\n\r\n')],
  ['a line break that was left', text('\x01\r\n\r\n\r\n\r\n\n')],
  ['four replaced bytes', text(`\x01${'\xef\xbf\xbd'.repeat(4)}`)],
  ['three replaced bytes', text(`\x01${'\xef\xbf\xbd'.repeat(3)}`)],
  ['a long form of a length as UTF-8', text('0\xc2\x82')],
  ['another length', text('0\xc2\x85')],
  ['a length further on', text('\x010\xc2\x82')],
  ['a SEC 1 key', sec1],
  ['a key under an older scheme', list(tripleDes(1), octets)],
  ['a certificate of version 1', list(five, make.sequence())],
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
  ].map((bytes): Row => [`DER of something else: ${hex(bytes)}`, bytes]),
  ['a set that begins with a version', Buffer.from('3103020103', 'hex')],
  ['a version, and PKCS #7 only further on', versioned],
  ['two letters', text('My')],
  ['base64 with its padding', text('MIIBa==')],
  ['noise', p12Bytes('40-random')],
  ['nesting', p12Bytes('72-nest-300')],

  ['whole', good],
  ['of indefinite length', p12Bytes('51-nss-default')],
  ['cut', good.subarray(0, 100)],
  ['without content', list(make.integer(3), make.null())],
  ['of another version', p12Bytes('60-version-4')],
  ['signed', p12Bytes('62-pubkey-integrity')],
];

test('what a file looks like', async () => {
  const told = rows.map(([name, bytes]) => `${name}: ${judgment(bytes)}\n`);
  await expect(told.join('')).toMatchFileSnapshot('../golden/appearance.txt');
});
