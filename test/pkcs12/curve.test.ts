import { describe, expect, test } from 'vitest';
import { type Asn1, make, Unsupported } from '../../src/pkcs12/asn1.ts';
import { judgeCurve } from '../../src/pkcs12/key.ts';

const octets = (...bytes: number[]) => make.octetString(Uint8Array.from(bytes));
const bits = (...bytes: number[]) => make.bitString(Uint8Array.from(bytes));
const written = (base: Asn1) =>
  make.sequence(make.integer(1), make.sequence(make.null()), make.sequence(make.null()), base);

describe('on a curve that is written out', () => {
  test.each<[string, Asn1, Asn1 | undefined]>([
    ['a compressed point', written(octets(4, 1)), bits(2, 1)],
    ['the other compressed point', written(octets(4, 1)), bits(3, 1)],
    ['a compressed base point', written(octets(2, 1)), bits(4, 1)],
    ['the other compressed base point, alone', written(octets(3, 1)), undefined],
  ])('%s is refused', (_, parameters, point) => {
    expect(() => judgeCurve(parameters, point)).toThrow(
      new Unsupported('has a compressed key on an elliptic curve that is not a named one'),
    );
  });

  test.each<[string, Asn1, Asn1 | undefined]>([
    ['points that are written out', written(octets(4, 1)), bits(4, 1)],
    ['points of a form that nobody knows', written(octets(1)), bits(5)],
    ['points without bytes', written(octets()), bits()],
    ['points that are none', written(make.integer(2)), octets(2)],
  ])('%s are not', (_, parameters, point) => {
    expect(judgeCurve(parameters, point)).toBe(undefined);
  });
});

test.each<[string, Asn1 | undefined]>([
  ['a name', make.oid('1.2.840.10045.3.1.7')],
  ['nothing', undefined],
  ['a list in an own tag', { ...written(octets(2)), tagClass: 0x80 }],
  ['a list of something else', make.sequence(make.integer(1), make.null(), make.null(), octets(2))],
  ['a list without coefficients', make.sequence(make.integer(1), make.sequence(), make.null(), octets(2))],
  ['a list without a field', make.sequence(make.integer(1), make.null(), make.sequence(), octets(2))],
])('beside %s a compressed point is taken', (_, parameters) => {
  expect(judgeCurve(parameters, bits(2, 1))).toBe(undefined);
});
