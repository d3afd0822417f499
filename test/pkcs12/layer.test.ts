import { expect, test } from 'vitest';
import type { CliError } from '../../src/errors/cli-error.ts';
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
  tripleDes,
} from './build.ts';

const salt = Buffer.from('saltsalt');

/** The MAC's key under that password, in the encoding of that place among those that are tried. */
async function mac(password: string | null, place = 0): Promise<MacOptions> {
  const derivation = {
    kdf: 'pkcs12',
    digest: 'sha1',
    purpose: 3,
    salt,
    iterations: 1,
    length: 20,
  } as const;
  const tried = encodings(password === null ? null : new Secret(password));
  const [key = salt] = await deriveKeys([{ derivation, encoded: tried[place] ?? tried[0] }]);
  return { key, salt, iterations: 1 };
}

const leaf = certificateBag(certificate({ subject: [['2.5.4.3', 'leaf']] }));
async function encrypted(password: string, bags = [leaf]) {
  const { algorithm, ciphertext } = await encryptWith3Des(
    toDer(sequenceOf(bags)),
    new Secret(password),
    1,
  );
  return encryptedPart(algorithm, ciphertext);
}
async function shrouded(password: string) {
  const plain = rsaKey.export({ type: 'pkcs8', format: 'der' });
  const { algorithm, ciphertext } = await encryptWith3Des(plain, new Secret(password), 1);
  return shroudedKeyBag(algorithm, ciphertext);
}

/** What comes of opening a file. */
async function outcome(bytes: Uint8Array, password: string | null): Promise<string> {
  const given = password === null ? null : new Secret(password, 'the file pw');
  try {
    const { container } = await readPushIdentity({ name: 'made.p12', bytes }, given);
    const { pfx: _, trailingBytes: __, ...facts } = container;
    return `opened: ${JSON.stringify(facts)}`;
  } catch (error) {
    const { code, message, facts } = error as CliError;
    return `${code}: ${message} ${JSON.stringify(facts)}`;
  }
}

/** The file with a MAC of another algorithm than SHA-1, which nobody knows. */
function withUnknownMac(bytes: Uint8Array): Uint8Array {
  const changed = Buffer.from(bytes);
  changed[changed.lastIndexOf(Buffer.from('06052b0e03021a', 'hex')) + 6] = 0x1b;
  return changed;
}

test('each layer of a file has a password', async () => {
  const [a, b] = [await mac('a'), await mac('b')];
  const both = pfx([await encrypted('a', [leaf, await shrouded('a')])], a);
  const clear = dataPart([keyBag(rsaKey)]);
  const quoted = '"a"';
  const files: Readonly<Record<string, readonly [Uint8Array, ...(string | null)[]]>> = {
    'keys in its encrypted part': [both, 'a'],
    'a MAC of another password': [pfx([await encrypted('b')], a), null, 'a', 'b'],
    'a part of another password than an empty one': [
      pfx([await encrypted('b')], await mac('')),
      '',
    ],
    'a key of another password, in an encrypted part': [
      pfx([await encrypted('a', [await shrouded('b')])], a),
      'a',
    ],
    'a MAC of another password, with quotes': [pfx([await encrypted(quoted)], b), quoted],
    'a part of another password, with quotes': [
      pfx([await encrypted('b')], await mac(quoted)),
      quoted,
    ],
    'no password, spelled in one way': [pfx([clear], await mac('', 0)), '', null, 'a'],
    'no password, spelled in the other way': [pfx([clear], await mac('', 1)), '', null, 'a'],
    'no MAC, all of it under one password': [
      pfx([await encrypted('a'), dataPart([await shrouded('a')])]),
      'a',
    ],
    'no MAC, a part of it under another': [
      pfx([await encrypted('a'), await encrypted('b')]),
      'a',
      'b',
    ],
    'several derivations of one scheme': [
      pfx([await encrypted('a', [leaf, await shrouded('a')]), dataPart([await shrouded('a')])], a),
      'a',
    ],
    'nothing under a password': [pfx([dataPart([leaf, keyBag(rsaKey)])]), 'a'],
    'a key in the clear beside one that is not': [
      pfx([dataPart([keyBag(rsaKey), await shrouded('a')])], a),
      'a',
    ],
    'a key in the clear under a MAC': [pfx([clear], a), 'a'],
    'a MAC that nobody knows': [withUnknownMac(pfx([dataPart([])], a)), 'a'],
  };
  const told: string[] = [];
  for (const [name, [bytes, ...passwords]] of Object.entries(files)) {
    told.push(`## ${name}`);
    for (const password of passwords)
      told.push(`${JSON.stringify(password)}: ${await outcome(bytes, password)}`);
  }
  await expect(`${told.join('\n')}\n`).toMatchFileSnapshot('../golden/layers.txt');
});

test('what an encrypted part holds counts with what is around it', async () => {
  const keys = (...counts: readonly number[]) =>
    counts.map((count) => shroudedKeyBag(tripleDes(count), salt));
  for (const [bags, words] of [
    [keys(2e6, 2e6, 1e6), 'has 5,000,002 iterations in all, above 5,000,000'],
    [keys(1e6, 1e6, 1e6), 'needs 9,000,004 hashes to open, above 8,000,000'],
    [Array.from({ length: 257 }, () => leaf), 'holds 257 certificates, more than 256'],
  ] as const) {
    const bytes = pfx([await encrypted('a', [...bags])], await mac('a'));
    expect(await outcome(bytes, 'a')).toContain(`pkcs12-unsupported: made.p12 ${words} `);
  }
});
