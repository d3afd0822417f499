import { ECDH, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { checkPushIdentity } from '../../src/checks/check-push-identity.ts';
import { CliError } from '../../src/errors/cli-error.ts';
import { appearance } from '../../src/pkcs12/appearance.ts';
import { type Asn1, bitString, children, make, parse, toDer, Unsupported } from '../../src/pkcs12/asn1.ts';
import { readCertificate } from '../../src/pkcs12/certificate.ts';
import { orderChain } from '../../src/pkcs12/certificate-file.ts';
import { tryAll } from '../../src/pkcs12/protections.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { inPieces, inTurns } from '../../src/pkcs12/turns.ts';
import { unbounded } from '../../src/text/pace.ts';
import { Secret } from '../../src/text/secret.ts';
import {
  bag,
  certificate,
  certificateBag,
  dataPart,
  encryptedPart,
  encryptWith3Des,
  keyBag,
  otherRsaKey,
  pfx,
  primitive,
  rsaKey,
  sequenceOf,
  tripleDes,
} from './build.ts';
import { turnsDuring } from './turns-during.ts';

const password = new Secret('secret');

async function outcome(bytes: Uint8Array, given: Secret | null = null): Promise<string> {
  try {
    const { container } = await readPushIdentity({ name: 'made.p12', bytes }, given);
    return `opened: ${container.keys} and ${container.certificates}`;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    return `${error.code}: ${error.message}`;
  }
}

const unsupported = (what: string) => `pkcs12-unsupported: made.p12 ${what}`;
const times = <T>(count: number, item: T): T[] => Array.from({ length: count }, () => item);
const ids = { rsa: '1.2.840.113549.1.1.1', ec: '1.2.840.10045.2.1', prime256v1: '1.2.840.10045.3.1.7' };
const leaf = certificate({ subject: [['2.5.4.3', 'leaf']] });
/** A key bag that nothing can be read of: who tries says that the file is damaged. */
const rsaWithNothing = make.sequence(make.oid(ids.rsa), make.null());
const noise = bag(1, make.sequence(make.integer(0), rsaWithNothing, make.octetString(Buffer.from('noise'))));

describe('what a file holds is counted before any of it is read', () => {
  const encrypted = async (bags: readonly Asn1[]) => {
    const { algorithm, ciphertext } = await encryptWith3Des(toDer(sequenceOf(bags)), password, 1);
    return pfx([encryptedPart(algorithm, ciphertext)]);
  };
  const part = encryptedPart(tripleDes(1), Buffer.alloc(8));
  const unread = certificateBag(Buffer.from('noise'));
  const full = [...times(64, keyBag(rsaKey)), ...times(256, certificateBag(leaf))];
  const values = 'has more than 200,000 ASN.1 values in one piece';
  test.each<[string, () => Uint8Array | Promise<Uint8Array>]>([
    [
      'holds 65 private keys, more than 64',
      () => pfx([32, 33].map((count) => dataPart(times(count, noise)))),
    ],
    ['holds 9,000 private keys, more than 64', () => encrypted(times(9_000, noise))],
    ['holds 257 certificates, more than 256', () => pfx([dataPart(times(257, unread))])],
    ['consists of 321 parts, more than 320', () => pfx(times(321, part))],
    [values, () => pfx([dataPart([bag(5, sequenceOf(times(250_000, make.null())))])])],
  ])('one %s', async (words, make) => {
    expect(await outcome(await make(), password)).toBe(unsupported(words));
  });

  test('one with 64 keys and 256 certificates is read', async () => {
    expect(await outcome(await encrypted(full), password)).toBe('opened: 1 and 1');
  });
});

/** SubjectPublicKeyInfo and PrivateKeyInfo of an elliptic-curve key, put together anew. */
describe('a key on a curve that is written out', () => {
  const written = { namedCurve: 'prime256v1', paramEncoding: 'explicit' } as const;
  const { privateKey, publicKey } = generateKeyPairSync('ec', written);
  const [algorithm, pointNode] = children(parse(publicKey.export({ type: 'spki', format: 'der' })));
  const [, parameters] = children(algorithm);
  const point = bitString(pointNode);
  const compressed = ECDH.convertKey(point, 'prime256v1', undefined, undefined, 'compressed') as Buffer;
  const named = make.oid(ids.prime256v1);
  const secret = Buffer.from(privateKey.export({ format: 'jwk' }).d ?? '', 'base64url');
  const withCompressedBase = (): Asn1 => {
    const [version, field, curve, base, ...rest] = children(parameters);
    const bytes = Buffer.from(String(base?.value), 'latin1');
    const short = ECDH.convertKey(bytes, 'prime256v1', undefined, undefined, 'compressed') as Buffer;
    return sequenceOf([version, field, curve, make.octetString(short), ...rest] as Asn1[]);
  };

  const spki = (curve: Asn1 | undefined, bytes: Uint8Array) =>
    make.sequence(make.sequence(make.oid(ids.ec), curve as Asn1), make.bitString(bytes));
  const certified = (key: Asn1) => pfx([dataPart([certificateBag(withKey(leaf, key))])]);
  const keyed = (beside: Asn1, bytes: Uint8Array, inside?: Asn1) => {
    const fields = [make.integer(1), make.octetString(secret)];
    if (inside !== undefined) fields.push(make.explicit(0, inside));
    const key = toDer(make.sequence(...fields, make.explicit(1, make.bitString(bytes))));
    const curve = make.sequence(make.oid(ids.ec), beside);
    return pfx([dataPart([bag(1, make.sequence(make.integer(0), curve, make.octetString(key)))])]);
  };
  const explicit = parameters as Asn1;
  const refused = unsupported('has a compressed key on an elliptic curve that is not a named one');

  test.each<[string, Uint8Array, string]>([
    ['is read', certified(spki(explicit, point)), 'opened: 0 and 1'],
    ['is read as a private key', keyed(explicit, point), 'opened: 1 and 0'],
    ['but not where it is compressed', certified(spki(explicit, compressed)), refused],
    ['but not with a compressed base point', certified(spki(withCompressedBase(), point)), refused],
    ['but not as a compressed private key', keyed(explicit, compressed), refused],
    ['but not where the curve stands in the key itself', keyed(named, compressed, explicit), refused],
    ['a compressed key on a named curve is', certified(spki(named, compressed)), 'opened: 0 and 1'],
    ['a compressed private key on a named curve is', keyed(named, compressed), 'opened: 1 and 0'],
  ])('%s', async (_name, bytes, expected) => {
    expect(await outcome(bytes)).toBe(expected);
  });
});

test('scrypt parameters that OpenSSL refuses are no error of ours', async () => {
  const derivation = { kdf: 'scrypt', salt: Buffer.alloc(8), N: 65_536, r: 1, p: 1, length: 32 } as const;
  const lock = { derivations: [derivation], open: async () => null };
  const locked = { scheme: { name: 'x', iterations: null, lock }, bytes: Buffer.alloc(8) };
  const encoded = { bmp: Buffer.from('a'), utf8: Buffer.from('a') };
  await expect(tryAll([{ locked, encoded }])).rejects.toBeInstanceOf(Unsupported);
});

describe('what a long number costs', () => {
  test('the bits of an RSA key are told whatever its exponent', () => {
    const numbers = (modulus: number) => toDer(make.sequence(positive(modulus), positive(60_000)));
    const key = (modulus: number) => make.sequence(rsaWithNothing, make.bitString(numbers(modulus)));
    const read = (bytes: number) => readCertificate(withKey(leaf, key(bytes))).certificate;
    const cost = cpuSeconds(() => {
      for (let bytes = 256; bytes < 272; bytes++)
        expect(read(bytes).publicKey).toEqual({ type: 'RSA', bits: 8 * bytes });
    });
    expect(cost).toBeLessThan(2);
  });

  test('a text that nearly is base64 is told at once', () => {
    const text = Buffer.from(`MIIB${'\n'.repeat(65_000)}!`);
    const cost = cpuSeconds(() => expect(appearance(text)).toBe('looks like text'));
    expect(cost).toBeLessThan(0.5);
  });
});

describe('signatures are verified a bounded number of times', () => {
  const authorityName = [
    ['2.5.4.3', 'Apple Worldwide Developer Relations Certification Authority'],
    ['2.5.4.11', 'G4'],
    ['2.5.4.10', 'Apple Inc.'],
  ] as const;
  /** One that did not sign it, by another serial number each. */
  const namesakes = Array.from({ length: 200 }, (_, index) =>
    withSerial(certificate({ subject: authorityName }, otherRsaKey), index + 1),
  );
  const signed = certificate({ subject: [['2.5.4.3', 'leaf']], issuer: authorityName });

  test('for a chain', () => {
    const verify = vi.spyOn(X509Certificate.prototype, 'verify');
    const [subject, ...candidates] = [signed, ...namesakes].map((der) => readCertificate(der).certificate);
    const { ordered, unrelated } = orderChain(subject as NonNullable<typeof subject>, candidates);
    expect([ordered.length, unrelated.length]).toEqual([0, 200]);
    expect(verify).toHaveBeenCalledTimes(64);
    verify.mockRestore();
  });

  test('for the issuer', async () => {
    const bytes = pfx([dataPart([keyBag(rsaKey), ...[signed, ...namesakes].map(certificateBag)])]);
    const identity = await readPushIdentity({ name: 'made.p12', bytes }, null);
    const verify = vi.spyOn(X509Certificate.prototype, 'verify');
    const findings = checkPushIdentity(identity, { now: new Date('2026-06-01') });
    expect(findings.map(({ code }) => code)).toContain('issuer-not-apple');
    expect(verify).toHaveBeenCalledTimes(16);
    verify.mockRestore();
  });
});

/** The certificate with another key in it, which its signature does not fit. */
function withKey(der: Uint8Array, key: Asn1): Uint8Array {
  return changed(der, 6, key);
}

function withSerial(der: Uint8Array, serial: number): Uint8Array {
  return changed(der, 1, make.integer(serial));
}

function changed(der: Uint8Array, field: number, value: Asn1): Uint8Array {
  const [body, ...rest] = children(parse(der));
  return toDer(sequenceOf([sequenceOf(children(body).with(field, value)), ...rest]));
}

/** An INTEGER of so many bytes. */
function positive(bytes: number): Asn1 {
  return primitive(2, Buffer.alloc(bytes + 1, 0xff).fill(0, 0, 1));
}

/** What the work takes of the processor, whatever else is done on the machine. */
function cpuSeconds(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000_000;
}

const numbers = Array.from({ length: 100 }, (_, index) => index);

test('other events have their turn among many items', async () => {
  expect(await turnsDuring(() => inTurns(numbers, (number) => number))).toBeGreaterThanOrEqual(3);
});

test('the items are converted in their order', async () => {
  expect(await inTurns(numbers, async (number) => 2 * number)).toEqual(numbers.map((number) => 2 * number));
});

test('an abort ends the work at the next item', async () => {
  const abort = new AbortController();
  let converted = 0;
  const convert = () => {
    converted++;
    abort.abort(new Error('enough'));
  };
  await expect(inTurns(numbers, convert, abort.signal)).rejects.toThrow('enough');
  expect(converted).toBe(1);
});

describe('what is read in pieces', () => {
  const inPiecesOf = async (list: readonly number[], abort = new AbortController()) => {
    const pieces: number[] = [];
    let count = 0;
    const inOneGo = async <T>(work: () => T | Promise<T>): Promise<T> => {
      count = 0;
      const result = await work();
      pieces.push(count);
      return result;
    };
    const read = (number: number) => {
      count++;
      if (number === 9) abort.abort(new Error('enough'));
      return 2 * number;
    };
    return { pieces, results: await inPieces(list, read, { signal: abort.signal, inOneGo }) };
  };

  test('is eight items in one go, in their order', async () => {
    const list = numbers.slice(10, 30);
    expect(await inPiecesOf(list)).toEqual({ pieces: [8, 8, 4], results: list.map((number) => 2 * number) });
    expect(await inPiecesOf(list.slice(0, 8))).toMatchObject({ pieces: [8] });
    expect(await inPiecesOf([])).toEqual({ pieces: [], results: [] });
    expect(await inPieces(list, (number) => 2 * number, unbounded)).toEqual(list.map((number) => 2 * number));
  });

  test('ends with an abort at the next piece', async () => {
    expect(await inPiecesOf(numbers.slice(0, 16))).toMatchObject({ pieces: [8, 8] });
    await expect(inPiecesOf(numbers)).rejects.toThrow('enough');
  });
});
