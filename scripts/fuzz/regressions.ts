import {
  createPublicKey,
  ECDH,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
} from 'node:crypto';
import { type Asn1, make, parse, toDer } from '../../src/pkcs12/asn1.ts';
import { encodePemBlock } from '../../src/pkcs12/pem.ts';
import {
  bag,
  certificate,
  certificateBag,
  dataPart,
  encryptedPart,
  overlongKey,
  pfx,
  sequenceOf,
  shroudedKeyBag,
  tripleDes,
} from '../../test/pkcs12/build.ts';

/** An input that once took too long or too much memory, or was obeyed by a terminal; made when needed. */
interface Regression {
  readonly name: string;
  readonly target: string;
  make(): Uint8Array;
}

const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);

/** A key bag whose key lacks its public part, so that it has to be computed. */
function bareKeyBag(curve: string): Asn1 {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: curve });
  const der = privateKey.export({ type: 'pkcs8', format: 'der' });
  const [version, algorithm] = parse(der).value as Asn1[];
  const size = Math.ceil((ecBits[curve] ?? 521) / 8);
  const secret = make.sequence(
    make.integer(1),
    make.octetString(Buffer.concat([Buffer.alloc(size - 1), Buffer.from([7])])),
  );
  return bag(1, sequenceOf([version, algorithm, make.octetString(toDer(secret))] as Asn1[]));
}

const ecBits: Readonly<Record<string, number>> = {
  secp521r1: 521,
  sect571r1: 571,
  brainpoolP512r1: 512,
};

/** `depth` sequences, each within the next. */
const nestedSequences = (depth: number): Asn1 =>
  sequenceOf(depth === 1 ? [] : [nestedSequences(depth - 1)]);

/** A certificate whose key is a compressed point; its other coordinate takes a square root. */
function compressedCertificate(): Uint8Array {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'secp224r1' });
  const [algorithm, point] = parse(publicKey.export({ type: 'spki', format: 'der' }))
    .value as Asn1[];
  const whole = Buffer.from(String(point?.value), 'latin1').subarray(1);
  const short = ECDH.convertKey(whole, 'secp224r1', undefined, undefined, 'compressed') as Buffer;
  const spki = make.sequence(algorithm as Asn1, make.bitString(short));
  return withPublicKey(certificate({ subject: [['2.5.4.3', 'leaf']] }), spki);
}

function ecCertificate(curve: string): Uint8Array {
  const { publicKey } = generateKeyPairSync('ec', { namedCurve: curve });
  return withPublicKey(certificate({ subject: [['2.5.4.3', 'leaf']] }), spkiOf(publicKey));
}

function spkiOf(publicKey: KeyObject): Asn1 {
  return parse(
    createPublicKey(publicKey.export({ type: 'spki', format: 'pem' })).export({
      type: 'spki',
      format: 'der',
    }),
  );
}

function withPublicKey(der: Uint8Array, spki: Asn1): Uint8Array {
  const [signed, ...signature] = parse(der).value as [Asn1, ...Asn1[]];
  const fields = (signed.value as Asn1[]).map((field, index) => (index === 6 ? spki : field));
  return toDer(sequenceOf([sequenceOf(fields), ...signature]));
}

function scryptKey(N: number, r: number): Asn1 {
  const kdf = make.sequence(
    make.octetString(randomBytes(8)),
    make.integer(N),
    make.integer(r),
    make.integer(1),
  );
  const cipher = make.sequence(
    make.oid('2.16.840.1.101.3.4.1.42'),
    make.octetString(randomBytes(16)),
  );
  const scheme = make.sequence(make.sequence(make.oid('1.3.6.1.4.1.11591.4.11'), kdf), cipher);
  return make.sequence(make.oid('1.2.840.113549.1.5.13'), scheme);
}

const json = (text: string) => () => Buffer.from(text);
/** Has a text read in every way, whatever follows. */
const oneOfEachEscape = '%41 \\\\u0041 \\u0025 &amp; &#92;u0041 %2541 ';
const pems = (count: number, make: () => Uint8Array) => () =>
  Buffer.from(encodePemBlock('CERTIFICATE', make()).repeat(count)).subarray(0, 1024 * 1024);

export const regressions: readonly Regression[] = [
  ...[2000, 8957].flatMap((count) =>
    Object.keys(ecBits).map((curve) => ({
      name: `${count} keys on ${curve} without their public part`,
      target: 'p12',
      make: () => pfx([dataPart(times(count, bareKeyBag(curve)))]),
    })),
  ),
  {
    name: '2,000 certificates with a compressed point',
    target: 'p12',
    make: () => pfx([dataPart(times(2000, certificateBag(compressedCertificate())))]),
  },
  ...['secp521r1', 'sect571r1', 'brainpoolP512r1'].map((curve) => ({
    name: `a PEM file full of certificates on ${curve}`,
    target: 'certificate',
    make: pems(2000, () => ecCertificate(curve)),
  })),
  {
    name: 'a PEM file full of certificates with a compressed point',
    target: 'certificate',
    make: pems(2000, compressedCertificate),
  },
  // Just below the limit of values, and far above.
  ...[410, 1300].map((count) => ({
    name: `${count} times 240 nested sequences`,
    target: 'p12',
    make: () => toDer(sequenceOf(times(count, nestedSequences(240)))),
  })),
  {
    name: 'two encrypted keys that take millions of hashes',
    target: 'p12',
    make: () => pfx(times(2, dataPart([shroudedKeyBag(tripleDes(800_000), Buffer.alloc(64))]))),
  },
  ...[
    [2 ** 16, 1],
    [2 ** 17, 1],
    [2 ** 20, 8],
  ].map(([N = 0, r = 0]) => ({
    name: `scrypt with N = ${N} and r = ${r}`,
    target: 'p12',
    make: () => pfx([encryptedPart(scryptKey(N, r), randomBytes(32))]),
  })),
  {
    name: 'a key under scrypt that OpenSSL refuses',
    target: 'key',
    make: () => toDer(make.sequence(scryptKey(2 ** 16, 1), make.octetString(randomBytes(32)))),
  },
  {
    name: 'a file that begins with a type that does not end',
    target: 'certificate',
    make: () => Buffer.from('3003060180', 'hex'),
  },
  { name: 'a key whose number is longer than its curve', target: 'key', make: overlongKey },
  {
    name: 'the same key in a .p12',
    target: 'p12',
    make: () => pfx([dataPart([bag(1, parse(overlongKey()))])]),
  },
  {
    name: 'a message of 128 KiB that might begin a control string at each place',
    target: 'envelope',
    make: json(JSON.stringify({ success: false, Message: '\u001b;#;#'.repeat(21_000) })),
  },
  {
    name: 'an answer of 1.4 million characters that change the text direction',
    target: 'members',
    make: json(JSON.stringify({ success: true, Result: ['\u2066'.repeat(1_400_000)] })),
  },
  {
    name: 'an answer of 8 MiB of percent-encoded strings',
    target: 'members',
    make: json(JSON.stringify({ success: true, Result: times(1_390_000, '%41') })),
  },
  ...Object.entries({
    'escapes of every kind': 'a+%41%2541\\u0041\\\\"&lt;&#65;%2525b ',
    'plain text with an escape of each kind here and there': `${'x'.repeat(400)}+%2541\\\\u0041&lt;%41`,
    'JSON in a URL in JSON in HTML': '%2541\\\\\\"+&amp;',
    'bytes in a URL that are no character': `${oneOfEachEscape}${'%ED%A0%80'.repeat(5000)}`,
    'characters in a URL': `${oneOfEachEscape}${'%C3%A9'.repeat(5000)}`,
    'references that no page knows': `${oneOfEachEscape}${'&a;'.repeat(10_000)}`,
    'blanks in a form': `${oneOfEachEscape}${'+'.repeat(30_000)}`,
  }).map(([what, piece]) => ({
    name: `an answer of 8 MiB of ${what}`,
    target: 'members',
    make: () => Buffer.from(piece.repeat(8_388_000 / piece.length)),
  })),
  {
    name: 'an answer of 8 MiB of commands to a CI runner',
    target: 'members',
    make: json(JSON.stringify({ success: false, Message: '##['.repeat(2_796_000) })),
  },
  ...['envelope', 'token', 'apns', 'profiles'].map((target) => ({
    name: `2,500 nested arrays in ${target}`,
    target,
    make: json(`{"success":true,"Result":${'['.repeat(2500)}${']'.repeat(2500)}}`),
  })),
  ...[4, 1000, 60_000].map((count) => ({
    name: `a text with masks in a row, ${count} of them`,
    target: 'text',
    make: json('[secret]'.repeat(count)),
  })),
  {
    name: 'a text of a pattern that nearly repeats itself',
    target: 'text',
    make: json(`${'a'.repeat(200_000)}b`),
  },
  {
    name: 'a text with what names a window',
    target: 'text',
    make: json('a\u001b]0;PWNED\u0007.p12 \u202e\u009b2J'),
  },
  ...[
    ['brackets', '{a: '.repeat(20_000)],
    ['colons', 'a: '.repeat(20_000)],
    ['brackets within texts', `a${'{ env: A }'.repeat(8000)}`],
    [
      'aliases',
      Array.from(
        { length: 40 },
        (_, level) => `\n  l${level}: &l${level} [${`*l${level - 1}, `.repeat(9)}]`,
      )
        .join('')
        .replaceAll('*l-1', 'x'),
    ],
  ].map(([what, tenants]) => ({
    name: `a fleet file of nested ${what}`,
    target: 'fleet',
    make: json(`version: 1\ntenants: ${tenants}\n`),
  })),
  {
    name: 'a property list of a declaration that does not end',
    target: 'plist',
    make: json(`<!DOC${'ab'.repeat(500_000)}`),
  },
  {
    name: 'a ledger line whose expiry has a NUL, which Date takes and no calendar',
    target: 'ledger',
    make: json(
      JSON.stringify({
        id: '9f1c',
        at: '2026-11-24T16:00:00.000Z',
        tenant: 'https://acme.id.cyberark.cloud',
        clientAppKey: 'com.example.app',
        asked: 'set',
        outcome: 'done',
        notAfter: '2\u000027-12-24T13:29:19Z',
      }),
    ),
  },
];
