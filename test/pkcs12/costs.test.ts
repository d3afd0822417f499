import { X509Certificate } from 'node:crypto';
import { describe, expect, test, vi } from 'vitest';
import { checkPushIdentity } from '../../src/checks/check-push-identity.ts';
import { appearance } from '../../src/pkcs12/appearance.ts';
import { type Asn1, children, make, parse, toDer, Unsupported } from '../../src/pkcs12/asn1.ts';
import { readCertificate } from '../../src/pkcs12/certificate.ts';
import { orderChain } from '../../src/pkcs12/certificate-file.ts';
import { inPieces, judgeContents, judgeCounts } from '../../src/pkcs12/limits.ts';
import { tryAll } from '../../src/pkcs12/protections.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { unbounded } from '../../src/text/pace.ts';
import {
  certificate,
  certificateBag,
  dataPart,
  keyBag,
  otherRsaKey,
  pfx,
  primitive,
  rsaKey,
  sequenceOf,
} from './build.ts';
import { turnsDuring } from './turns-during.ts';

const leaf = certificate({ subject: [['2.5.4.3', 'leaf']] });
const rsaWithNothing = make.sequence(make.oid('1.2.840.113549.1.1.1'), make.null());

test('scrypt parameters that OpenSSL refuses are no error of ours', async () => {
  const derivation = {
    kdf: 'scrypt',
    salt: Buffer.alloc(8),
    N: 65_536,
    r: 1,
    p: 1,
    length: 32,
  } as const;
  const lock = { derivations: [derivation], open: async () => null };
  const locked = { scheme: { name: 'x', iterations: null, lock }, bytes: Buffer.alloc(8) };
  const encoded = { bmp: Buffer.from('a'), utf8: Buffer.from('a') };
  await expect(tryAll([{ locked, encoded }])).rejects.toBeInstanceOf(Unsupported);
});

test('keys, certificates, parts and iterations have a limit each, which is still allowed', () => {
  judgeContents(64, 256, 320);
  judgeCounts([1, 2_000_000, 2_000_000, 999_999]);
  for (const [judge, words] of [
    [() => judgeContents(65, 0), 'holds 65 private keys, more than 64'],
    [() => judgeContents(0, 257), 'holds 257 certificates, more than 256'],
    [() => judgeContents(0, 0, 321), 'consists of 321 parts, more than 320'],
    [() => judgeCounts([1, 0]), 'has an iteration count of 0, below 1'],
    [() => judgeCounts([2_000_001]), 'has an iteration count of 2,000,001, above 2,000,000'],
    [() => judgeCounts([2e6, 2e6, 1e6, 1]), 'has 5,000,001 iterations in all, above 5,000,000'],
  ] as const)
    expect(judge).toThrow(new Unsupported(words));
});

describe('the cost of a long integer', () => {
  test('the bits of an RSA key are told whatever its exponent', () => {
    const numbers = (modulus: number) => toDer(make.sequence(positive(modulus), positive(60_000)));
    const key = (modulus: number) =>
      make.sequence(rsaWithNothing, make.bitString(numbers(modulus)));
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
    const [subject, ...candidates] = [signed, ...namesakes].map(
      (der) => readCertificate(der).certificate,
    );
    expect(orderChain(subject as NonNullable<typeof subject>, candidates)).toEqual([]);
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

/** Attempts without a key that open to what `open` returns. */
const attemptsAt = (open: (number: number) => Uint8Array) =>
  numbers.map((number) => ({
    locked: {
      scheme: {
        name: 'a',
        iterations: null,
        lock: { derivations: [], open: async () => open(number) },
      },
      bytes: new Uint8Array(),
    },
    encoded: { bmp: new Uint8Array(), utf8: new Uint8Array() },
  }));

test('other events have their turn among many attempts', async () => {
  const list = attemptsAt((number) => Uint8Array.of(number));
  expect(await turnsDuring(() => tryAll(list))).toBeGreaterThanOrEqual(3);
});

test('the attempts are made in their order', async () => {
  const list = attemptsAt((number) => Uint8Array.of(number));
  expect(await tryAll(list)).toEqual(numbers.map((number) => Uint8Array.of(number)));
});

test('an abort ends the work at the next attempt', async () => {
  const abort = new AbortController();
  let made = 0;
  const list = attemptsAt(() => {
    made++;
    abort.abort(new Error('enough'));
    return new Uint8Array();
  });
  await expect(tryAll(list, abort.signal)).rejects.toThrow('enough');
  expect(made).toBe(1);
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
    expect(await inPiecesOf(list)).toEqual({
      pieces: [8, 8, 4],
      results: list.map((number) => 2 * number),
    });
    expect(await inPiecesOf(list.slice(0, 8))).toMatchObject({ pieces: [8] });
    expect(await inPiecesOf([])).toEqual({ pieces: [], results: [] });
    expect(await inPieces(list, (number) => 2 * number, unbounded)).toEqual(
      list.map((number) => 2 * number),
    );
  });

  test('ends with an abort at the next piece', async () => {
    expect(await inPiecesOf(numbers.slice(0, 16))).toMatchObject({ pieces: [8, 8] });
    await expect(inPiecesOf(numbers)).rejects.toThrow('enough');
  });
});
