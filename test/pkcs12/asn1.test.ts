import { describe, expect, test } from 'vitest';
import {
  implicitOctets,
  integer,
  Malformed,
  octets,
  oid,
  parse,
  parsePrefix,
} from '../../src/pkcs12/asn1.ts';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
const hex = (content: Uint8Array) => Buffer.from(content).toString('hex');

describe('an OCTET STRING is joined from its pieces', () => {
  test.each([
    ['primitive', '04 02 abcd', 'abcd'],
    ['empty', '04 00', ''],
    ['constructed', '24 07 0401ab 0402cdef', 'abcdef'],
    ['of indefinite length', '2480 0401ab 0401cd 0000', 'abcd'],
    ['constructed of constructed ones', '240c 2408 0401ab 2403 0401cd 0400', 'abcd'],
  ])('%s', (_, encoded, expected) => {
    expect(hex(octets(parse(bytes(encoded))))).toBe(expected);
  });

  test('implicitly tagged too', () => {
    expect(hex(implicitOctets(parse(bytes('a080 0401ab 0401cd 0000'))))).toBe('abcd');
    expect(hex(implicitOctets(parse(bytes('8002 abcd'))))).toBe('abcd');
  });

  test.each([
    ['of integers', '24 03 0201ab'],
    ['that is none', '05 00'],
  ])('but not one %s', (_, encoded) => {
    expect(() => octets(parse(bytes(encoded)))).toThrow(Malformed);
  });
});

describe('an INTEGER', () => {
  test.each([
    ['0201 00', 0],
    ['0201 7f', 127],
    ['0201 ff', -1],
    ['0202 0080', 128],
    ['0204 80000000', -2_147_483_648],
    ['0205 0080000000', 2_147_483_648],
    ['0206 7fffffffffff', 140_737_488_355_327],
    ['0207 01000000000000', Number.POSITIVE_INFINITY],
    ['0207 81000000000000', Number.NEGATIVE_INFINITY],
    ['0208 0000000000000005', 5],
  ])('%s is %d', (encoded, expected) => {
    expect(integer(parse(bytes(encoded)))).toBe(expected);
  });

  test.each(['0200', '2203 020101', '0400'])('%s is none', (encoded) => {
    expect(() => integer(parse(bytes(encoded)))).toThrow(Malformed);
  });
});

test.each([
  ['0603 2a0304', '1.2.3.4'],
  ['060b 2a ff7f ffffffffffffff7f', '2aff7fffffffffffffff7f'],
])('the OBJECT IDENTIFIER %s is %s', (encoded, expected) => {
  expect(oid(parse(bytes(encoded)))).toBe(expected);
});

test.each(['0600', '0601 80', '0602 2a 80', '0609 ffffffffffffffffff', '2603 060180'])(
  'the OBJECT IDENTIFIER %s has no end',
  (encoded) => {
    expect(() => oid(parse(bytes(encoded)))).toThrow(Malformed);
  },
);

describe('bytes after the value', () => {
  test('are counted', () => {
    expect(parsePrefix(bytes('0500 ffff')).length).toBe(2);
  });

  test.each(['0500 00', '0501', '', '30 84 ffffffff', '30 80 0500'])(
    'and damage like %s are malformed',
    (encoded) => {
      expect(() => parse(bytes(encoded))).toThrow(Malformed);
    },
  );
});
