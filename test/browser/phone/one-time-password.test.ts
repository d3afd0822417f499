import { expect, test } from 'vitest';
import { oneTimePassword } from '../../../src/emulator/browser/phone/one-time-password.ts';
import { otpAlgorithms, oneTimePassword as withNode } from '../../../src/text/one-time-password.ts';

test('makes the passwords of RFC 6238, appendix B', () => {
  const key = '12345678901234567890';
  const otp = { key, algorithm: 0, digits: 8, interval: 30 };
  expect([59, 1111111109, 20000000000].map((seconds) => oneTimePassword(otp, seconds * 1000))).toEqual([
    '94287082',
    '07081804',
    '65353130',
  ]);
});

test.each(otpAlgorithms)('makes with %s what Node.js makes, or none where there is none', (algorithm) => {
  const parameters = { digits: 6, interval: 30 };
  const key = 'P6H4MT4YGWT7XW3OXPL3ZQNJD3Z6SE73';
  const moments = Array.from({ length: 200 }, (_, i) => 1_795_536_000_000 + i * 30_000);
  const made = moments.map((at) =>
    oneTimePassword({ ...parameters, key, algorithm: otpAlgorithms.indexOf(algorithm) }, at),
  );
  expect(made).toEqual(
    moments.map((at) => withNode(Buffer.from(key), { ...parameters, algorithm }, new Date(at))),
  );
  expect(made.includes(null)).toBe(algorithm === 'md5');
});
