import { expect, test } from 'vitest';
import type { PushIdentity } from '../../src/pkcs12/model.ts';
import { pairOf } from '../../src/pkcs12/model.ts';

const [certificate, privateKey] = ['certificate', 'key'] as never[];
const whole = { certificate, privateKey, paired: true };

test.each<[string, object, object | null]>([
  ['both, which belong together', whole, { certificate, privateKey }],
  ['both, which do not', { ...whole, paired: false }, null],
  ['no certificate', { ...whole, certificate: null }, null],
  ['no key', { ...whole, privateKey: null }, null],
])('a pair of %s', (_, identity, expected) => {
  expect(pairOf(identity as PushIdentity)).toEqual(expected);
});
