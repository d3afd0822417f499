import { describe, expect, test } from 'vitest';
import { type Asn1, Malformed, make, toDer } from '../../src/pkcs12/asn1.ts';
import { readAuthenticatedSafe, readSafeContents } from '../../src/pkcs12/safe-contents.ts';
import {
  bag,
  certificateBag,
  content,
  dataPart,
  encryptedPart,
  sequenceOf,
  shroudedKeyBag,
  tripleDes,
} from './build.ts';

const friendlyName = '1.2.840.113549.1.9.20';
const named = (value: Asn1, ...before: Asn1[]) =>
  make.set(...before, make.sequence(make.oid(friendlyName), make.set(value)));
const withAttributes = (node: Asn1, attributes: Asn1) =>
  sequenceOf([...(node.value as Asn1[]), attributes]);
const read = (...bags: Asn1[]) => readSafeContents(toDer(sequenceOf(bags)));
const key = bag(1, make.sequence(make.integer(7)));
const scheme = tripleDes(9, Buffer.from('salt'));

describe('a bag', () => {
  const der = (text: string) => ({
    kind: 'certificate',
    friendlyName: null,
    certificate: Buffer.from(text),
  });
  const [a, b] = ['a', 'b'].map((text) => certificateBag(Buffer.from(text))) as [Asn1, Asn1];
  const untyped = make.sequence(
    make.oid('1.2.3'),
    make.explicit(0, make.octetString(Buffer.from('a'))),
  );
  test.each<[string, Asn1, unknown[]]>([
    [
      'with a key',
      key,
      [{ kind: 'key', friendlyName: null, key: Buffer.from('3003020107', 'hex') }],
    ],
    ['with a certificate', a, [der('a')]],
    ['with a certificate of another kind', bag(3, untyped), []],
    ['of bags', bag(6, sequenceOf([a, bag(6, sequenceOf([b]))])), [der('a'), der('b')]],
    ['of another type', bag(5, make.sequence()), []],
  ])('%s', (_, node, expected) => {
    expect(read(node)).toEqual(expected);
  });

  test('with an encrypted key', () => {
    const [found] = read(shroudedKeyBag(scheme, Buffer.from('text')));
    expect(found).toMatchObject({
      kind: 'shrouded-key',
      encrypted: { scheme: { name: 'PBE-SHA1-3DES' }, bytes: Buffer.from('text') },
    });
  });

  const foreign = (...values: Asn1[]) => make.sequence(make.oid('1.2.3'), make.set(...values));
  test.each<[string, Asn1, string | null]>([
    ['a name', named(make.bmpString('Größe')), 'Größe'],
    ['a name after another attribute', named(make.bmpString('a'), foreign()), 'a'],
    ['a name that is no BMPString', named(make.utf8String('a')), null],
    ['no value of a name', make.set(make.sequence(make.oid(friendlyName), make.set())), null],
    ['another attribute alone', make.set(foreign(make.bmpString('a'))), null],
    ['no attribute', make.set(), null],
  ])('with %s', (_, attributes, expected) => {
    expect(read(withAttributes(key, attributes))).toMatchObject([{ friendlyName: expected }]);
  });

  test('of no bytes at all is none', () => {
    expect([readSafeContents(new Uint8Array()), read()]).toEqual([[], []]);
  });
});

describe('a part', () => {
  const parts = (...nodes: Asn1[]) => readAuthenticatedSafe(toDer(sequenceOf(nodes)));

  test('is in the clear, encrypted, or of another kind', () => {
    const encrypted = { scheme: { name: 'PBE-SHA1-3DES' }, bytes: Buffer.from('text') };
    expect(
      parts(
        dataPart([]),
        encryptedPart(scheme, Buffer.from('text')),
        content('1.2.3', make.null()),
      ),
    ).toMatchObject([
      { kind: 'clear', content: Buffer.from('3000', 'hex') },
      { kind: 'encrypted', encrypted },
      { kind: 'unsupported', contentType: '1.2.3' },
    ]);
  });

  test('without its ciphertext is malformed', () => {
    const info = make.sequence(make.oid('1.2.840.113549.1.7.1'), scheme);
    const bare = content('1.2.840.113549.1.7.6', make.sequence(make.integer(0), info));
    expect(() => parts(bare)).toThrow(Malformed);
  });
});
