import { expect, test } from 'vitest';
import { readDerEntitlements } from '../../src/pkcs12/der-entitlements.ts';
import { signedContent } from '../../src/pkcs12/signed-data.ts';
import { derEntitlements, signedMessage, tlv } from '../support/built-app/der.ts';

const entitlements = {
  text: 'é',
  yes: true,
  no: false,
  number: 7,
  list: ['a', true, ['b']],
  inner: { key: 'value', deeper: { yes: true } },
};
const read = new Map<string, unknown>([
  [
    'inner',
    new Map<string, unknown>([
      ['deeper', new Map([['yes', true]])],
      ['key', 'value'],
    ]),
  ],
  ['list', ['a', true, ['b']]],
  ['no', false],
  ['number', 7],
  ['text', 'é'],
  ['yes', true],
]);

test.each(['apple', 'set'] as const)('entitlements in DER are read in the form %s', (form) => {
  expect(readDerEntitlements(derEntitlements(entitlements, form))).toEqual(read);
  expect(readDerEntitlements(derEntitlements({}, form))).toEqual(new Map());
});

const one = tlv(0x02, Buffer.from([1]));
const two = tlv(0x02, Buffer.from([2]));
const key = tlv(0x0c, Buffer.from('key'));
const pair = tlv(0x30, key, one);

/** A value within so many lists. */
function within(depth: number): Buffer {
  return depth === 0 ? one : tlv(0x30, within(depth - 1));
}

test.each<[words: string, der: Uint8Array]>([
  ['nothing', Buffer.alloc(0)],
  ['a SEQUENCE', tlv(0x30, pair)],
  ['another application tag', tlv(0x71, one, tlv(0xb0, pair))],
  ['another version', tlv(0x70, two, tlv(0xb0, pair))],
  ['no version', tlv(0x70, tlv(0xb0, pair))],
  ['a version alone', tlv(0x70, one)],
  ['no dictionary', tlv(0x70, one, tlv(0x30, pair))],
  ['another context tag', tlv(0x70, one, tlv(0xb1, pair))],
  ['a primitive dictionary', tlv(0x70, one, tlv(0x90, pair))],
  ['a pair that is none', tlv(0x31, key)],
  ['a key without a value', tlv(0x31, tlv(0x30, key))],
  ['a pair of three', tlv(0x31, tlv(0x30, key, one, one))],
  ['a key of another type', tlv(0x31, tlv(0x30, tlv(0x13, Buffer.from('key')), one))],
  ['a key that stands twice', tlv(0x31, pair, pair)],
  ['a value of another type', tlv(0x31, tlv(0x30, key, tlv(0x04, Buffer.from('a'))))],
  ['a value without a type', tlv(0x31, tlv(0x30, key, tlv(0x05)))],
  ['a deep value', tlv(0x31, tlv(0x30, key, within(60)))],
  [
    'many values',
    tlv(0x31, tlv(0x30, key, tlv(0x30, ...Array.from({ length: 20_000 }, () => one)))),
  ],
  ['more than one value', Buffer.concat([tlv(0x31, pair), one])],
])('%s is refused', (_words, der) => {
  expect(() => readDerEntitlements(der)).toThrow();
});

test('a value within 40 lists is read', () => {
  expect(readDerEntitlements(tlv(0x31, tlv(0x30, key, within(40)))).size).toBe(1);
});

test('the content of a signed message is read', () => {
  expect(Buffer.from(signedContent(signedMessage(Buffer.from('content'))) ?? '')).toEqual(
    Buffer.from('content'),
  );
});

const oid = (last: number): Buffer =>
  tlv(0x06, Buffer.from([42, 134, 72, 134, 247, 13, 1, 7, last]));
const message = (type: number, inner: Uint8Array): Buffer =>
  tlv(0x30, oid(type), tlv(0xa0, tlv(0x30, one, tlv(0x31), inner)));
const content = tlv(0xa0, tlv(0x04, Buffer.from('a')));

test('content in pieces is joined', () => {
  const pieces = tlv(0xa0, tlv(0x24, tlv(0x04, Buffer.from('a')), tlv(0x04, Buffer.from('b'))));
  expect(signedContent(message(2, tlv(0x30, oid(1), pieces)))).toEqual(Buffer.from('ab'));
});

test.each<[words: string, bytes: Uint8Array]>([
  ['nothing', Buffer.alloc(0)],
  ['a text', Buffer.from('<plist/>')],
  ['another type of message', message(3, tlv(0x30, oid(1), content))],
  ['another type of content', message(2, tlv(0x30, oid(2), content))],
  ['content that is elsewhere', signedMessage(Buffer.from('a'), true)],
  ['content of another type', message(2, tlv(0x30, oid(1), tlv(0xa0, one)))],
  ['a message that is cut off', signedMessage(Buffer.from('content')).subarray(0, 50)],
  ['bytes behind it', Buffer.concat([signedMessage(Buffer.from('content')), one])],
])('%s is no signed message', (_words, bytes) => {
  expect(signedContent(bytes)).toBeNull();
});
