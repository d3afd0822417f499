import { expect, test } from 'vitest';
import { judgeDeviceToken, nobodysToken, plainDeviceToken } from '../../src/apple/apns.ts';

const wrong = 'This is not a device token: those have 64 or more hexadecimal digits, an even number of them';
const hex = '80f3'.repeat(16);

test.each<[string, string, string | null]>([
  ['hexadecimal', hex, hex],
  ['in capitals', hex.toUpperCase(), hex],
  ['as NSData prints itself', `<${'80f380f3 '.repeat(8).trim()}>`, hex],
  ['with a line break', `${hex}\n`, hex],
  ['of 100 bytes', 'ab'.repeat(100), 'ab'.repeat(100)],
  ['of 101 bytes', 'ab'.repeat(101), null],
  ['of 31 bytes', 'ab'.repeat(31), null],
  ['of half a byte more', `${hex}a`, null],
  ['of other letters', 'xy'.repeat(32), null],
  ['empty', '', null],
])('a device token %s', (_case, text, plain) => {
  expect(judgeDeviceToken(text)).toBe(plain === null ? wrong : true);
  if (plain !== null) expect(plainDeviceToken(text)).toBe(plain);
});

test('that of nobody is one', () => {
  expect(judgeDeviceToken(nobodysToken)).toBe(true);
});
