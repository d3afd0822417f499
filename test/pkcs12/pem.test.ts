import { createPrivateKey, randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { PushIdentity } from '../../src/pkcs12/model.ts';
import { decodePem, encodeBase64, encodePem, encodePemBlock } from '../../src/pkcs12/pem.ts';
import { rsaKey } from './build.ts';

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
  ['a label of 64 characters', encodePemBlock('A'.repeat(64), Buffer.from('x')), [['A'.repeat(64), 'x']]],
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
    encodePem({ privateKey: null, certificate: null, chain: [], ...identity } as unknown as PushIdentity);

  test('holds the key, the leaf and the chain, in this order', () => {
    const text = encode({ privateKey: rsaKey, certificate: leaf, chain: [authority] });
    expect(decode(text).map(([label, der]) => (label === 'PRIVATE KEY' ? label : [label, der]))).toEqual([
      'PRIVATE KEY',
      ['CERTIFICATE', 'leaf'],
      ['CERTIFICATE', 'authority'],
    ]);
    expect(createPrivateKey(text).equals(rsaKey)).toBe(true);
    const blocks = decodePem(Buffer.from(text)).map((block) => block.text);
    expect(blocks.join('')).toBe(text);
  });

  test('leaves out what is missing', () => {
    expect(encode({ certificate: leaf })).toBe(encodePemBlock('CERTIFICATE', Buffer.from('leaf')));
    expect(encode({ chain: [authority] })).toBe(encodePemBlock('CERTIFICATE', Buffer.from('authority')));
    expect(encode({})).toBe('');
  });
});
