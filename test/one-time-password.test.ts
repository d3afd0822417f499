import { describe, expect, test } from 'vitest';
import { decodeBase32, encodeBase32, oneTimePassword } from '../src/one-time-password.ts';

describe('a one-time password', () => {
  /** The last six of the eight digits of RFC 6238, appendix B. */
  test.each([
    ['1970-01-01T00:00:59Z', '287082'],
    ['2005-03-18T01:58:29Z', '081804'],
    ['2005-03-18T01:58:31Z', '050471'],
    ['2009-02-13T23:31:30Z', '005924'],
    ['2033-05-18T03:33:20Z', '279037'],
    ['2603-10-11T11:33:20Z', '353130'],
  ])('of %s', (at, code) => {
    expect(oneTimePassword(Buffer.from('12345678901234567890'), 30, new Date(at))).toBe(code);
  });

  test('stays for its interval', () => {
    const key = Buffer.from('12345678901234567890');
    const codes = [0, 59, 60].map((second) => oneTimePassword(key, 60, new Date(second * 1000)));
    expect([codes[0] === codes[1], codes[1] === codes[2]]).toEqual([true, false]);
  });
});

describe('base32', () => {
  /** RFC 4648 §10, without the padding. */
  test.each([
    ['f', 'MY'],
    ['fo', 'MZXQ'],
    ['foo', 'MZXW6'],
    ['foob', 'MZXW6YQ'],
    ['fooba', 'MZXW6YTB'],
    ['foobar', 'MZXW6YTBOI'],
  ])('of %s', (text, encoded) => {
    expect(encodeBase32(Buffer.from(text))).toBe(encoded);
    for (const spelling of [
      encoded,
      encoded.toLowerCase(),
      encoded.padEnd(Math.ceil(encoded.length / 8) * 8, '='),
    ])
      expect(Buffer.from(decodeBase32(spelling) ?? []).toString()).toBe(text);
  });

  test.each(['', 'MZXW6=YTB', 'MZXW1', 'MZ XW', 'ÄÖ'])('"%s" is none', (text) => {
    expect(decodeBase32(text)).toBeNull();
  });
});
