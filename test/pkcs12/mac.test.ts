import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Asn1, make, parse, toDer } from '../../src/pkcs12/asn1.ts';
import { macMatches, readMac } from '../../src/pkcs12/mac.ts';

const salt = Buffer.from('salt');
const expected = Buffer.from('mac');
const algorithm = (id: string, ...parameters: Asn1[]) => make.sequence(make.oid(id), ...parameters);
/** Read again, as it stands in a file. */
const read = (digest: Asn1, ...count: Asn1[]) => {
  const of = make.sequence(digest, make.octetString(expected));
  return readMac(parse(toDer(make.sequence(of, make.octetString(salt), ...count))));
};

describe('MacData', () => {
  test.each<[string, string, number]>([
    ['1.2.840.113549.2.5', 'md5', 16],
    ['1.3.14.3.2.26', 'sha1', 20],
    ['2.16.840.1.101.3.4.2.4', 'sha224', 28],
    ['2.16.840.1.101.3.4.2.1', 'sha256', 32],
    ['2.16.840.1.101.3.4.2.2', 'sha384', 48],
    ['2.16.840.1.101.3.4.2.3', 'sha512', 64],
    ['2.16.840.1.101.3.4.2.5', 'sha512-224', 28],
    ['2.16.840.1.101.3.4.2.6', 'sha512-256', 32],
    ['2.16.840.1.101.3.4.2.7', 'sha3-224', 28],
    ['2.16.840.1.101.3.4.2.8', 'sha3-256', 32],
    ['2.16.840.1.101.3.4.2.9', 'sha3-384', 48],
    ['2.16.840.1.101.3.4.2.10', 'sha3-512', 64],
  ])('with %s is %s', (id, digest, length) => {
    const derivation = { kdf: 'pkcs12', digest, purpose: 3, salt, iterations: 7, length };
    const told = { name: digest, iterations: 7, check: { derivation, digest, expected } };
    expect(read(algorithm(id), make.integer(7))).toEqual(told);
  });

  test('without a count has one', () => {
    expect(read(algorithm('1.3.14.3.2.26')).iterations).toBe(1);
  });

  test('with an unknown digest cannot be computed', () => {
    expect(read(algorithm('1.2.3'), make.integer(7))).toEqual({ name: '1.2.3', iterations: 7, check: null });
  });
});

describe('PBMAC1', () => {
  const hmac = { sha1: '1.2.840.113549.2.7', sha256: '1.2.840.113549.2.9', sha512: '1.2.840.113549.2.11' };
  const pbkdf2 = '1.2.840.113549.1.5.12';
  const pbmac1 = (length: number | null, prf = hmac.sha512, scheme = hmac.sha256, kdf = pbkdf2) => {
    const size = length === null ? [] : [make.integer(length)];
    const pseudo = algorithm(prf, make.null());
    const derived = make.sequence(make.octetString(salt), make.integer(9), ...size, pseudo);
    const parameters = make.sequence(algorithm(kdf, derived), algorithm(scheme, make.null()));
    return read(algorithm('1.2.840.113549.1.5.14', parameters));
  };

  test.each([1, 32, 64])('with a key of %i bytes', (length) => {
    const derivation = { kdf: 'pbkdf2', digest: 'sha512', salt, iterations: 9, length };
    const check = { derivation, digest: 'sha256', expected };
    expect(pbmac1(length)).toEqual({ name: 'pbmac1-sha256', iterations: 9, check });
  });

  test.each<[ReturnType<typeof pbmac1>, string, number | null]>([
    [pbmac1(0), 'pbmac1-sha256 with a key of 0 bytes', 9],
    [pbmac1(65), 'pbmac1-sha256 with a key of 65 bytes', 9],
    [pbmac1(null), 'pbmac1-sha256 with a key of unstated bytes', 9],
    [pbmac1(32, '1.2.3'), 'pbmac1-sha256 with 1.2.3', 9],
    [pbmac1(32, hmac.sha1, '1.2.4'), 'pbmac1-1.2.4', 9],
    [pbmac1(32, hmac.sha1, hmac.sha256, '1.2.5'), 'pbmac1 with 1.2.5', null],
  ])('that cannot be computed: %o', (mac, name, iterations) => {
    expect(mac).toEqual({ name, iterations, check: null });
  });
});

test('the content is the one that the MAC is of, or not', () => {
  const key = Buffer.from('key');
  const content = Buffer.from('content');
  const computed = createHmac('sha256', key).update(content).digest();
  const check = (mac: Uint8Array) => ({ derivation: {} as never, digest: 'sha256' as const, expected: mac });
  expect(macMatches(check(computed), key, content)).toBe(true);
  expect(macMatches(check(computed), key, Buffer.from('Content'))).toBe(false);
  expect(macMatches(check(computed), Buffer.from('kez'), content)).toBe(false);
  expect(macMatches(check(computed.subarray(1)), key, content)).toBe(false);
  expect(macMatches(check(new Uint8Array()), key, content)).toBe(false);
});
