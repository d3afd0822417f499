import { createPrivateKey, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  bitString,
  children,
  explicit,
  implicitOctets,
  integer,
  isContext,
  isUniversal,
  Malformed,
  make,
  octets,
  oid,
  parse,
  parsePrefix,
  tag,
  text,
  toDer,
  Unsupported,
} from '../../src/pkcs12/asn1.ts';
import { encodeBase64 } from '../../src/pkcs12/base64.ts';
import type { PushIdentity } from '../../src/pkcs12/model.ts';
import { decodePem, encodePem, encodePemBlock } from '../../src/pkcs12/pem.ts';
import { rsaKey } from './build.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const hex = (content: Uint8Array) => Buffer.from(content).toString('hex');

/** Hexadecimal DER and BER, by what it is read as. */
const encodings = {
  octets: [
    '04 02 abcd',
    '04 00',
    '24 07 0401ab 0402cdef',
    '2480 0401ab 0401cd 0000',
    '240c 2408 0401ab 2403 0401cd 0400',
    '24 03 0201ab',
    '05 00',
  ],
  implicitOctets: ['a080 0401ab 0401cd 0000', '8002 abcd'],
  integer: [
    '0201 00',
    '0201 7f',
    '0201 ff',
    '0202 0080',
    '0204 80000000',
    '0205 0080000000',
    '0206 7fffffffffff',
    '0207 01000000000000',
    '0207 81000000000000',
    '0208 0000000000000005',
    ...['0200', '2203 020101', '0400'],
  ],
  oid: [
    '0603 2a0304',
    '060b 2a ff7f ffffffffffffff7f',
    `0640 ${'01'.repeat(64)}`,
    `0641 ${'01'.repeat(65)}`,
    ...['0600', '0601 80', '0602 2a 80', '0609 ffffffffffffffffff', '2603 060180'],
  ],
  bitString: ['0303 00abcd', '0402 00ab', '2304 03020001'],
  text: ['0c03 4cc3b6', '1302 4c6f', '1e04 004c00f6', '1401 f6', '3000'],
  // With bytes after the value, or damaged.
  parse: ['0500', '0500 00', '0501', '', '30 84 ffffffff', '30 80 0500'],
};

test('values are read from DER and BER, or are malformed', async () => {
  const readers = { octets, implicitOctets, integer, oid, bitString, text, parse: () => 'a value' };
  const told = Object.entries(encodings).flatMap(([name, list]) =>
    list.map((encoded) => {
      try {
        const value = readers[name as keyof typeof readers](parse(bytes(encoded)));
        return `${name} ${encoded}: ${value instanceof Uint8Array ? hex(value) : value}\n`;
      } catch (error) {
        expect(error).toBeInstanceOf(Malformed);
        return `${name} ${encoded}: malformed\n`;
      }
    }),
  );
  await expect(told.join('')).toMatchFileSnapshot('../golden/asn1.txt');
  expect(text(undefined)).toBe(null);
  expect(() => bitString(undefined)).toThrow(Malformed);
  expect(parsePrefix(bytes('0500 ffff')).length).toBe(2);
});

describe('one value in another', () => {
  const [sequence, set] = [make.sequence(make.null()), make.set(make.null())];
  const read = (encoded: string) => parse(bytes(encoded));

  test('is found in a list of its kind', () => {
    expect([children(sequence), children(set, tag.set)]).toEqual([[make.null()], [make.null()]]);
    for (const none of [undefined, set, read('1000'), make.explicit(16, make.null())])
      expect(() => children(none)).toThrow(Malformed);
  });

  test('is found behind its tag', () => {
    expect(explicit(make.explicit(1, make.null()), 1)).toEqual(make.null());
    for (const none of [
      undefined,
      make.explicit(0, make.null()),
      sequence,
      read('8101ff'),
      read('a100'),
    ])
      expect(() => explicit(none, 1)).toThrow(Malformed);
  });

  test('is told by class and number', () => {
    expect([isUniversal(sequence, tag.sequence), isUniversal(set, tag.sequence)]).toEqual([
      true,
      false,
    ]);
    expect(isUniversal(make.explicit(tag.sequence, make.null()), tag.sequence)).toBe(false);
    expect([
      isContext(make.explicit(1, make.null()), 1),
      isContext(make.explicit(2, make.null()), 1),
    ]).toEqual([true, false]);
    expect([
      isContext(read('0101ff'), 1),
      isUniversal(undefined, 5),
      isContext(undefined, 0),
    ]).toEqual([false, false, false]);
  });
});

test.each<[string, () => ReturnType<typeof make.null>, string]>([
  ['a list', () => make.sequence(make.null(), make.true()), '3005 0500 0101ff'],
  ['a set', () => make.set(make.null()), '3102 0500'],
  ['an explicit tag', () => make.explicit(3, make.null()), 'a302 0500'],
  ['implicit octets', () => make.implicitOctets(2, bytes('ab')), '8201 ab'],
  ['a BIT STRING', () => make.bitString(bytes('ab')), '0302 00ab'],
  ['bits', () => make.bitString(bytes('a8'), 3), '0302 03a8'],
  ['an OCTET STRING', () => make.octetString(bytes('ab')), '0401 ab'],
  ['an identifier', () => make.oid('1.2.3.4'), '0603 2a0304'],
  ['a number', () => make.integer(128), '0202 0080'],
  ['a long number', () => make.integerOctets(bytes('7fffff')), '0203 7fffff'],
  ['UTF-8', () => make.utf8String('ö'), '0c02 c3b6'],
  ['a time', () => make.utcTime('260101000000Z'), '170d 3236303130313030303030305a'],
  ['two bytes a character', () => make.bmpString('ö'), '1e02 00f6'],
])('%s is encoded as DER', (_, node, encoded) => {
  expect(hex(toDer(node()))).toBe(encoded.replaceAll(' ', ''));
});

test('more values than may be are refused, and told from what is malformed', () => {
  const list = (length: number) =>
    toDer(make.sequence(...Array.from({ length }, () => make.null())));
  expect(children(parse(list(9), 10))).toHaveLength(9);
  expect(() => parse(list(10), 10)).toThrow(
    new Unsupported('has more than 10 ASN.1 values in one piece'),
  );
  expect(() => parse(list(1999), 1000)).toThrow('has more than 1,000 ASN.1 values in one piece');
});

const decode = (text: string) =>
  decodePem(Buffer.from(text)).map(({ label, der }) => [label, Buffer.from(der).toString()]);
const [key, certificate] = [
  encodePemBlock('PRIVATE KEY', Buffer.from('k')),
  encodePemBlock('CERTIFICATE', Buffer.from('c')),
];

test('lines have 64 characters, the last what is left', () => {
  expect(
    encodePemBlock('X', Buffer.alloc(96, 'a'))
      .split('\n')
      .map((line) => line.length),
  ).toEqual([17, 64, 64, 15, 0]);
});

test.each([0, 1, 2, 3, 57, 100_000])(
  'base64 of %i bytes is one line that Node.js reads and writes alike',
  (length) => {
    const bytes = randomBytes(length);
    expect(encodeBase64(bytes)).toBe(bytes.toString('base64'));
  },
);

test.each<[string, string, string[][]]>([
  ['one block', key, [['PRIVATE KEY', 'k']]],
  [
    'several, with words around them',
    `a\n${key}b\n${certificate}c`,
    [
      ['PRIVATE KEY', 'k'],
      ['CERTIFICATE', 'c'],
    ],
  ],
  ['Windows line breaks', key.replaceAll('\n', '\r\n'), [['PRIVATE KEY', 'k']]],
  ['a label of digits', encodePemBlock('X509 CRL', Buffer.from('x')), [['X509 CRL', 'x']]],
  [
    'a label of 64 characters',
    encodePemBlock('A'.repeat(64), Buffer.from('x')),
    [['A'.repeat(64), 'x']],
  ],
  ['a longer label', encodePemBlock('A'.repeat(65), Buffer.from('x')), []],
  ['a label in small letters', encodePemBlock('key', Buffer.from('x')), []],
  ['no label', encodePemBlock('', Buffer.from('x')), []],
  ['words before the label', '-----BEGIN !PRIVATE KEY-----\naw==\n-----END PRIVATE KEY-----\n', []],
  ['no end', key.replace(/-----END.*/, ''), []],
  ['another end', key.replace('END PRIVATE', 'END PUBLIC'), []],
  ['one without an end before another', `-----BEGIN X-----\naw==\n${key}`, [['PRIVATE KEY', 'k']]],
  ['nothing', '', []],
])('of %s', (_, text, blocks) => {
  expect(decode(text)).toEqual(blocks);
});

test('a block has the text of its own, with its headers', () => {
  const text = key.replace('-----\n', '-----\nProc-Type: 4,ENCRYPTED\n\n');
  expect(decodePem(Buffer.from(`a\n${text}b`)).map((block) => block.text)).toEqual([text]);
});

describe('a push identity as PEM', () => {
  const [leaf, authority] = ['leaf', 'authority'].map((der) => ({ der: Buffer.from(der) }));
  const encode = (identity: object) =>
    encodePem({
      privateKey: null,
      certificate: null,
      chain: [],
      ...identity,
    } as unknown as PushIdentity);

  test('holds the key, the leaf and the chain, in this order', () => {
    const text = encode({ privateKey: rsaKey, certificate: leaf, chain: [authority] });
    expect(
      decode(text).map(([label, der]) => (label === 'PRIVATE KEY' ? label : [label, der])),
    ).toEqual(['PRIVATE KEY', ['CERTIFICATE', 'leaf'], ['CERTIFICATE', 'authority']]);
    expect(createPrivateKey(text).equals(rsaKey)).toBe(true);
    const blocks = decodePem(Buffer.from(text)).map((block) => block.text);
    expect(blocks.join('')).toBe(text);
  });

  test('leaves out what is missing', () => {
    expect(encode({ certificate: leaf })).toBe(encodePemBlock('CERTIFICATE', Buffer.from('leaf')));
    expect(encode({ chain: [authority] })).toBe(
      encodePemBlock('CERTIFICATE', Buffer.from('authority')),
    );
    expect(encode({})).toBe('');
  });
});
