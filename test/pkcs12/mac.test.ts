import { createHmac } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Asn1, make, parse, toDer } from '../../src/pkcs12/asn1.ts';
import { readMac } from '../../src/pkcs12/pfx.ts';
import { type Digest, digestBy } from '../../src/pkcs12/pkcs12-kdf.ts';

const salt = Buffer.from('salt');
const algorithm = (id: string, ...parameters: Asn1[]) => make.sequence(make.oid(id), ...parameters);
/** Read again, as it stands in a file. */
const read = (digest: Asn1, count: readonly Asn1[] = [], mac: Uint8Array = Buffer.from('mac')) => {
  const of = make.sequence(digest, make.octetString(mac));
  return readMac(parse(toDer(make.sequence(of, make.octetString(salt), ...count))));
};

const digestTable: readonly (readonly [
  id: string,
  hmac: string,
  digest: Digest,
  length: number,
])[] = [
  ['1.2.840.113549.2.5', '1.2.840.113549.2.6', 'md5', 16],
  ['1.3.14.3.2.26', '1.2.840.113549.2.7', 'sha1', 20],
  ['2.16.840.1.101.3.4.2.4', '1.2.840.113549.2.8', 'sha224', 28],
  ['2.16.840.1.101.3.4.2.1', '1.2.840.113549.2.9', 'sha256', 32],
  ['2.16.840.1.101.3.4.2.2', '1.2.840.113549.2.10', 'sha384', 48],
  ['2.16.840.1.101.3.4.2.3', '1.2.840.113549.2.11', 'sha512', 64],
  ['2.16.840.1.101.3.4.2.5', '1.2.840.113549.2.12', 'sha512-224', 28],
  ['2.16.840.1.101.3.4.2.6', '1.2.840.113549.2.13', 'sha512-256', 32],
  ['2.16.840.1.101.3.4.2.7', '2.16.840.1.101.3.4.2.13', 'sha3-224', 28],
  ['2.16.840.1.101.3.4.2.8', '2.16.840.1.101.3.4.2.14', 'sha3-256', 32],
  ['2.16.840.1.101.3.4.2.9', '2.16.840.1.101.3.4.2.15', 'sha3-384', 48],
  ['2.16.840.1.101.3.4.2.10', '2.16.840.1.101.3.4.2.16', 'sha3-512', 64],
];

describe('MacData', () => {
  test.each(digestTable)('with %s, whose HMAC is %s, is %s', async (id, hmac, digest, length) => {
    const content = Buffer.from('content');
    const computed = createHmac(digest, 'key').update(content).digest();
    const { lock, ...told } = read(algorithm(id), [make.integer(7)], computed);
    expect(told).toEqual({ name: digest, iterations: 7 });
    expect(lock?.derivations).toEqual([
      { kdf: 'pkcs12', digest, purpose: 3, salt, iterations: 7, length },
    ]);
    expect(await lock?.open([Buffer.from('key')], content)).toEqual(new Uint8Array());
    expect(digestBy('hmac', hmac)).toBe(digest);
  });
});

const hmac = {
  sha1: '1.2.840.113549.2.7',
  sha256: '1.2.840.113549.2.9',
  sha512: '1.2.840.113549.2.11',
};
const pbmac1 = (
  length: number | null,
  prf = hmac.sha512,
  scheme = hmac.sha256,
  kdf = '1.2.840.113549.1.5.12',
) => {
  const size = length === null ? [] : [make.integer(length)];
  const pseudo = algorithm(prf, make.null());
  const derived = make.sequence(make.octetString(salt), make.integer(9), ...size, pseudo);
  const parameters = make.sequence(algorithm(kdf, derived), algorithm(scheme, make.null()));
  return read(algorithm('1.2.840.113549.1.5.14', parameters));
};

test.each<[ReturnType<typeof read>, name: string, iterations: number | null, length?: number]>([
  [read(algorithm('1.2.3'), [make.integer(7)]), '1.2.3', 7],
  [pbmac1(1), 'pbmac1-sha256', 9, 1],
  [pbmac1(32), 'pbmac1-sha256', 9, 32],
  [pbmac1(64), 'pbmac1-sha256', 9, 64],
  [pbmac1(0), 'pbmac1-sha256 with a key of 0 bytes', 9],
  [pbmac1(65), 'pbmac1-sha256 with a key of 65 bytes', 9],
  [pbmac1(null), 'pbmac1-sha256 with a key of unstated bytes', 9],
  [pbmac1(32, '1.2.3'), 'pbmac1-sha256 with 1.2.3', 9],
  [pbmac1(32, hmac.sha1, '1.2.4'), 'pbmac1-1.2.4', 9],
  [pbmac1(32, hmac.sha1, hmac.sha256, '1.2.5'), 'pbmac1 with 1.2.5', null],
])('PBMAC1 and what is unknown: %o is %s', ({ lock, ...told }, name, iterations, length) => {
  expect(told).toEqual({ name, iterations });
  const derivation = { kdf: 'pbkdf2', digest: 'sha512', salt, iterations: 9, length };
  expect(lock?.derivations).toEqual(length === undefined ? undefined : [derivation]);
});

test('a MAC without a count has one; a digest that is unknown is none', () => {
  expect(read(algorithm('1.3.14.3.2.26')).iterations).toBe(1);
  expect(digestBy('hmac', '1.2.3')).toBe(null);
});

test('the content is the one that the MAC is of, or not', async () => {
  const computed = createHmac('sha256', 'key').update('content').digest();
  const fits = async (mac: Uint8Array, key?: string, content = 'content') => {
    const { lock } = read(algorithm('2.16.840.1.101.3.4.2.1'), [], mac);
    return (
      (await lock?.open(key === undefined ? [] : [Buffer.from(key)], Buffer.from(content))) !== null
    );
  };
  expect(await fits(computed, 'key')).toBe(true);
  expect(await fits(computed, 'key', 'Content')).toBe(false);
  expect(await fits(computed, 'kez')).toBe(false);
  expect(await fits(computed)).toBe(false);
  expect(await fits(computed.subarray(1), 'key')).toBe(false);
  expect(await fits(new Uint8Array(), 'key')).toBe(false);
});
