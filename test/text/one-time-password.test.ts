import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  encodeBase32,
  type OtpAlgorithm,
  oneTimePassword,
} from '../../src/text/one-time-password.ts';
import { testCases } from '../support/cases.ts';

const instants = [
  '1970-01-01T00:00:59Z',
  '2005-03-18T01:58:29Z',
  '2005-03-18T01:58:31Z',
  '2009-02-13T23:31:30Z',
  '2033-05-18T03:33:20Z',
  '2603-10-11T11:33:20Z',
].map((at) => new Date(at));

testCases('text/one-time-password', {
  'the code of eight digits at the six instants': (
    algorithm: OtpAlgorithm,
    key: number | string,
  ) => {
    const codesOf = (digits: number) =>
      instants.map((at) =>
        oneTimePassword(Buffer.from(`${key}`), { algorithm, digits, interval: 30 }, at),
      );
    const codes = codesOf(8);
    for (const digits of [7, 6])
      expect(codesOf(digits)).toEqual(codes.map((code) => code?.slice(-digits)));
    return codes;
  },
  'encodeBase32, RFC 4648 §10 without the padding': (text: string) =>
    encodeBase32(Buffer.from(text)),
});

describe('a one-time password', () => {
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
      oneTimePassword(
        key,
        { algorithm: 'md5', digits: 6, interval: 30 },
        new Date(counter * 30_000),
      ),
    );
    expect(made).toEqual(expected);
    expect(expected.filter((code) => code === null).length).toBeGreaterThan(0);
  });

  test('stays for its interval', () => {
    for (const interval of [1, 30, 60, 3600]) {
      const [first, last, next] = [0, interval * 1000 - 1, interval * 1000].map((at) =>
        oneTimePassword(
          Buffer.from('a key'),
          { algorithm: 'sha1', digits: 8, interval },
          new Date(at),
        ),
      );
      expect([interval, first === last, last === next]).toEqual([interval, true, false]);
    }
  });
});
