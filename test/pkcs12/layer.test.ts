import { describe, expect, test } from 'vitest';
import { toDer } from '../../src/pkcs12/asn1.ts';
import { deriveKeys, encodings } from '../../src/pkcs12/derivation.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/text/secret.ts';
import {
  certificate,
  certificateBag,
  dataPart,
  encryptedPart,
  encryptWith3Des,
  keyBag,
  type MacOptions,
  pfx,
  rsaKey,
  sequenceOf,
  shroudedKeyBag,
} from './build.ts';

const salt = Buffer.from('saltsalt');

/** The MAC's key under that password, in the encoding of that place among those that are tried. */
async function mac(password: string | null, place = 0): Promise<MacOptions> {
  const derivation = { kdf: 'pkcs12', digest: 'sha1', purpose: 3, salt, iterations: 1, length: 20 } as const;
  const tried = encodings(password === null ? null : new Secret(password));
  const [key = salt] = await deriveKeys([{ derivation, encoded: tried[place] ?? tried[0] }]);
  return { key, salt, iterations: 1 };
}

const leaf = certificateBag(certificate({ subject: [['2.5.4.3', 'leaf']] }));
async function encrypted(password: string, bags = [leaf]) {
  const { algorithm, ciphertext } = await encryptWith3Des(toDer(sequenceOf(bags)), new Secret(password), 1);
  return encryptedPart(algorithm, ciphertext);
}
async function shrouded(password: string) {
  const plain = rsaKey.export({ type: 'pkcs8', format: 'der' });
  const { algorithm, ciphertext } = await encryptWith3Des(plain, new Secret(password), 1);
  return shroudedKeyBag(algorithm, ciphertext);
}

const read = (bytes: Uint8Array, password: string | null) =>
  readPushIdentity(
    { name: 'made.p12', bytes },
    password === null ? null : new Secret(password, 'the file pw'),
  );
const opened = (keys: number, certificates: number, passwordEmpty = false) => ({
  ...{ keys, certificates, passwordEmpty },
});
const outcome = (bytes: Uint8Array, password: string | null) =>
  read(bytes, password).then(
    ({ container: { keys, certificates, passwordEmpty } }) => opened(keys, certificates, passwordEmpty),
    ({ code, message, facts }) => ({ code, message, facts }),
  );

const neither = {
  code: 'pkcs12-password-incorrect',
  message: 'The password does not open made.p12, or the file is damaged: the two cannot be told apart',
};
const part = {
  code: 'pkcs12-password-incorrect',
  message:
    'The password is the one of made.p12, but does not decrypt all of it: a part has another password or is damaged',
};

describe('a file with a MAC', () => {
  test('opens under its password, with keys in its encrypted part too', async () => {
    const bytes = pfx([await encrypted('a', [leaf, await shrouded('a')])], await mac('a'));
    expect(await outcome(bytes, 'a')).toEqual(opened(1, 1));
  });

  test('does not open where the password is not the MAC’s, whatever it decrypts', async () => {
    const bytes = pfx([await encrypted('b')], await mac('a'));
    expect(await outcome(bytes, null)).toMatchObject({ code: 'pkcs12-password-required' });
  });

  test('tells a part that has another password', async () => {
    expect(await outcome(pfx([await encrypted('b')], await mac('a')), 'a')).toMatchObject(part);
    expect(await outcome(pfx([await encrypted('b')], await mac('')), '')).toMatchObject({
      code: 'pkcs12-password-required',
      message: 'made.p12 has an encrypted part that does not open without a password',
    });
  });

  test('tells a key that has another password, in an encrypted part', async () => {
    const bytes = pfx([await encrypted('a', [await shrouded('b')])], await mac('a'));
    expect(await outcome(bytes, 'a')).toMatchObject({ code: 'pkcs12-password-incorrect' });
  });

  test('tells what is odd about a password that does not fit', async () => {
    const bytes = pfx([await encrypted('"a"')], await mac('b'));
    const facts = { secretSource: 'the file pw', oddities: 'quotes' };
    expect(await outcome(bytes, '"a"')).toEqual({ ...neither, facts });
    expect(await outcome(pfx([await encrypted('b')], await mac('"a"')), '"a"')).toEqual({ ...part, facts });
  });

  test.each([0, 1])('opens without a password, spelled in the way of place %i', async (place) => {
    const bytes = pfx([dataPart([keyBag(rsaKey)])], await mac('', place));
    expect(await outcome(bytes, '')).toEqual(opened(1, 0, true));
    expect(await outcome(bytes, null)).toEqual(opened(1, 0, true));
    expect(await outcome(bytes, 'a')).toMatchObject(neither);
  });
});

describe('a file without a MAC', () => {
  test('opens where all of it decrypts', async () => {
    const bytes = pfx([await encrypted('a'), dataPart([await shrouded('a')])]);
    expect(await outcome(bytes, 'a')).toEqual(opened(1, 1));
  });

  test('does not where a part of it does not', async () => {
    const bytes = pfx([await encrypted('a'), await encrypted('b')]);
    expect(await outcome(bytes, 'a')).toMatchObject(neither);
    expect(await outcome(bytes, 'b')).toMatchObject(neither);
  });
});

describe('what a report says of the container', () => {
  const facts = async (bytes: Uint8Array, password: string | null) => {
    const { pfx: _, trailingBytes: __, ...rest } = (await read(bytes, password)).container;
    return rest;
  };

  test('counts each derivation, and names each scheme once', async () => {
    const parts = [await encrypted('a', [leaf, await shrouded('a')]), dataPart([await shrouded('a')])];
    expect(await facts(pfx(parts, await mac('a')), 'a')).toEqual({
      ...{ mac: { algorithm: 'sha1', iterations: 1 }, encryption: ['PBE-SHA1-3DES'] },
      ...{ ...opened(1, 1), privateKeyInClear: false, iterations: { highest: 1, total: 4 } },
    });
  });

  test('tells a file with nothing under a password, whatever password is given', async () => {
    const bytes = pfx([dataPart([leaf, keyBag(rsaKey)])]);
    expect(await facts(bytes, 'a')).toEqual({
      ...{ ...opened(1, 1, true), mac: null, encryption: [], privateKeyInClear: true },
      iterations: { highest: 0, total: 0 },
    });
  });

  test('tells a key in the clear beside one that is not', async () => {
    const bytes = pfx([dataPart([keyBag(rsaKey), await shrouded('a')])], await mac('a'));
    expect(await facts(bytes, 'a')).toMatchObject({ privateKeyInClear: true, encryption: ['PBE-SHA1-3DES'] });
  });

  test('tells a key in the clear under a MAC', async () => {
    const bytes = pfx([dataPart([keyBag(rsaKey)])], await mac('a'));
    expect(await facts(bytes, 'a')).toMatchObject({
      privateKeyInClear: true,
      iterations: { highest: 1, total: 1 },
      passwordEmpty: false,
    });
  });
});

describe('what this program does not know is named', () => {
  const unsupported = (what: string) => ({ code: 'pkcs12-unsupported', message: `made.p12 ${what}` });
  test('a MAC that is unknown is named', async () => {
    const bytes = pfx([dataPart([])], await mac('a'));
    const sha1 = Buffer.from('06052b0e03021a', 'hex');
    const at = Buffer.from(bytes).lastIndexOf(sha1);
    const changed = Buffer.from(bytes);
    changed[at + 6] = 0x1b;
    const kind = unsupported('has a MAC of an unsupported kind: 1.3.14.3.2.27');
    expect(await outcome(changed, 'a')).toMatchObject(kind);
  });
});
