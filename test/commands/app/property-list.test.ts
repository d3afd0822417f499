import { expect, test, vi } from 'vitest';
import { type PropertyValue, parsePropertyList } from '../../../src/commands/app/property-list.ts';
import { processorTime } from '../../support/processor-time.ts';

const inXml = (content: string): Uint8Array => Buffer.from(`<plist>${content}</plist>`);

test.each<[content: string, value: PropertyValue]>([
  ['<string>a &lt; b</string>', 'a < b'],
  ['<string><![CDATA[a < b]]></string>', 'a < b'],
  ['<string/>', ''],
  ['<integer> -7 </integer>', -7],
  ['<real>1.5</real>', 1.5],
  ['<true/>', true],
  ['<false></false>', false],
  ['<date>2027-01-02T03:04:05Z</date>', new Date('2027-01-02T03:04:05Z')],
  ['<data>\n\tAAEC\n</data>', Buffer.from([0, 1, 2])],
  ['<array><true/><string>a</string></array>', [true, 'a']],
  [
    '<dict><key>a</key><dict><key>b</key><true/></dict></dict>',
    new Map([['a', new Map([['b', true]])]]),
  ],
  ['<dict><key>a</key><true/><key>a</key><false/></dict>', new Map([['a', false]])],
  ['<dict><key>__proto__</key><true/></dict>', new Map([['__proto__', true]])],
])('%s is read', (content, value) => {
  expect(parsePropertyList(inXml(content))).toEqual(value);
});

test.each([
  '',
  '<string>a</string><string>b</string>',
  '<dict><key>a</key></dict>',
  '<dict><key>a</key><key>b</key></dict>',
  '<dict><string>a</string><true/></dict>',
  '<string><true/></string>',
  '<other/>',
  '<string>a</dict>',
  '<string>&a;</string>',
  '<array>'.repeat(200) + '</array>'.repeat(200),
])('%s is no property list', (content) => {
  expect(parsePropertyList(inXml(content))).toBeNull();
});

/** As Apple's CFBinaryPList.c writes it: the objects, a table of their offsets, a trailer. */
function inBinary(objects: readonly (readonly number[])[], references = 1): Uint8Array {
  const offsets = objects.map(
    (_, index) => 8 + objects.slice(0, index).reduce((sum, { length }) => sum + length, 0),
  );
  const table = 8 + objects.reduce((sum, { length }) => sum + length, 0);
  const trailer = Buffer.alloc(32);
  trailer.set([2, references], 6);
  trailer.writeBigUInt64BE(BigInt(objects.length), 8);
  trailer.writeBigUInt64BE(BigInt(table), 24);
  const entries = offsets.flatMap((offset) => [offset >> 8, offset & 0xff]);
  return Buffer.concat([
    Buffer.from('bplist00'),
    Buffer.from([...objects.flat(), ...entries]),
    trailer,
  ]);
}

const ascii = (text: string): readonly number[] => [0x50 | text.length, ...Buffer.from(text)];

test.each<[objects: readonly (readonly number[])[], value: PropertyValue]>([
  [[[0x08]], false],
  [[[0x09]], true],
  [[[0x10, 7]], 7],
  [[ascii('abc')], 'abc'],
  [[[0x61, 0x00, 0xe9]], 'é'],
  [[[0x42, 1, 2]], Buffer.from([1, 2])],
  [[[0x33, ...Buffer.alloc(8)]], new Date('2001-01-01T00:00:00Z')],
  [
    [[0xa2, 1, 1], ascii('a')],
    ['a', 'a'],
  ],
  [[[0xd1, 1, 2], ascii('a'), [0x09]], new Map([['a', true]])],
])('the binary list %j is read', (objects, value) => {
  expect(parsePropertyList(inBinary(objects))).toEqual(value);
});

const doubling = Array.from({ length: 60 }, (_, index) => [0xa2, index + 1, index + 1]);

test.each<[words: string, objects: readonly (readonly number[])[]]>([
  ['date', [[0x34, ...Buffer.alloc(16)]]],
  ['count', [[0x5f, 0x22, 0, 0, 0, 1, 0x61]]],
])('a list with another kind of %s is none, and prints nothing', (_words, objects) => {
  const printed = vi.spyOn(console, 'error');
  expect(parsePropertyList(inBinary(objects))).toBeNull();
  expect(printed).not.toHaveBeenCalled();
});

test.each<[words: string, bytes: Uint8Array]>([
  ['that holds itself', inBinary([[0xa1, 0]])],
  ['that doubles sixty times', inBinary([...doubling, [0x09]])],
  ['that is deep', inBinary(Array.from({ length: 250 }, (_, index) => [0xa1, index + 1]))],
  ['of a string beyond its end', inBinary([[0x5f, 0x11, 0x40, 0x00]])],
  ['of an endless array', inBinary([[0xaf, 0x13, ...Buffer.alloc(8, 0x7f)]])],
  ['of references of no bytes', inBinary([[0xaf, 0x12, 0x00, 0xff, 0xff, 0xff]], 0)],
  ['that ends early', inBinary([ascii('abc')]).subarray(0, 30)],
  ['of a declaration that does not end', Buffer.from(`<!DOC${'ab'.repeat(500_000)}`)],
  [
    'of thousands of unknown declarations',
    inXml(`${`<!a${'b'.repeat(125)}>`.repeat(8000)}<other/>`),
  ],
  ['of more than 1 MiB', inXml(`<string>${'a'.repeat(1024 * 1024)}</string>`)],
])('a list %s is none, and takes no time', async (_words, bytes) => {
  const work = (): void => expect(parsePropertyList(bytes)).toBeNull();
  expect(await processorTime(work)).toBeLessThan(3_000);
});
