import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { encodeBase32, type OtpAlgorithm, oneTimePassword } from '../../src/text/one-time-password.ts';

const instants = [
  '1970-01-01T00:00:59Z',
  '2005-03-18T01:58:29Z',
  '2005-03-18T01:58:31Z',
  '2009-02-13T23:31:30Z',
  '2033-05-18T03:33:20Z',
  '2603-10-11T11:33:20Z',
].map((at) => new Date(at));

/** RFC 6238, appendix B; its keys are as long as the hashes (erratum 2866). */
const vectors: readonly (readonly [OtpAlgorithm, string, readonly string[]])[] = [
  ['sha1', '12345678901234567890', ['94287082', '07081804', '14050471', '89005924', '69279037', '65353130']],
  [
    'sha256',
    '12345678901234567890123456789012',
    ['46119246', '68084774', '67062674', '91819424', '90698825', '77737706'],
  ],
  [
    'sha512',
    '1234567890123456789012345678901234567890123456789012345678901234',
    ['90693936', '25091201', '99943326', '93441116', '38618901', '47863826'],
  ],
];

describe('a one-time password', () => {
  test.each(vectors)(
    'with %s is that of the RFC, in eight digits, seven and six',
    (algorithm, key, codes) => {
      for (const digits of [8, 7, 6]) {
        const parameters = { algorithm, digits, interval: 30 };
        expect(instants.map((at) => oneTimePassword(Buffer.from(key), parameters, at))).toEqual(
          codes.map((code) => code.slice(-digits)),
        );
      }
    },
  );

  test('with MD5 is cut from the hash where that is long enough, and is none elsewhere', () => {
    const key = Buffer.from('a key of any length');
    const counters = Array.from({ length: 64 }, (_, counter) => counter);
    const expected = counters.map((counter) => {
      const message = Buffer.from(counter.toString(16).padStart(16, '0'), 'hex');
      const hex = createHmac('md5', key).update(message).digest('hex');
      const offset = Number.parseInt(hex.slice(-1), 16);
      if (offset > 12) return null;
      const number = Number.parseInt(hex.slice(offset * 2, offset * 2 + 8), 16) % 2 ** 31;
      return String(number).padStart(10, '0').slice(-6);
    });
    const made = counters.map((counter) =>
      oneTimePassword(key, { algorithm: 'md5', digits: 6, interval: 30 }, new Date(counter * 30_000)),
    );
    expect(made).toEqual(expected);
    expect(expected.filter((code) => code === null).length).toBeGreaterThan(0);
  });

  test.each([1, 30, 60, 3600])('stays for its interval of %i s', (interval) => {
    const key = Buffer.from('12345678901234567890');
    const parameters = { algorithm: 'sha1', digits: 8, interval } as const;
    const codes = [0, interval * 1000 - 1, interval * 1000].map((at) =>
      oneTimePassword(key, parameters, new Date(at)),
    );
    expect([codes[0] === codes[1], codes[1] === codes[2]]).toEqual([true, false]);
  });
});

/** RFC 4648 §10, without the padding. */
test.each([
  ['f', 'MY'],
  ['fo', 'MZXQ'],
  ['foo', 'MZXW6'],
  ['foob', 'MZXW6YQ'],
  ['fooba', 'MZXW6YTB'],
  ['foobar', 'MZXW6YTBOI'],
])('base32 of %s', (text, encoded) => {
  expect(encodeBase32(Buffer.from(text))).toBe(encoded);
});
