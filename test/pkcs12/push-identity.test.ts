import { readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { CliError } from '../../src/errors/cli-error.ts';
import { type Asn1, children, make } from '../../src/pkcs12/asn1.ts';
import { readPushIdentity } from '../../src/pkcs12/push-identity.ts';
import { Secret } from '../../src/text/secret.ts';
import { p12Bytes } from '../support/fixtures.ts';
import {
  certificate,
  certificateBag,
  dataPart,
  encryptedPart,
  encryptWith3Des,
  keyBag,
  otherRsaKey,
  pfx,
  rsaKey,
  shroudedKeyBag,
  tripleDes,
} from './build.ts';

const secret = new Secret('secret');
const open = (name: string, password: Secret | null = secret) =>
  readPushIdentity({ name: `${name}.p12`, bytes: p12Bytes(name) }, password);
const openMade = (bags: Parameters<typeof dataPart>[0]) =>
  readPushIdentity({ name: 'made.p12', bytes: pfx([dataPart(bags)]) }, null);
const failure = (promise: Promise<unknown>): Promise<CliError> =>
  promise.then(
    () => expect.unreachable(),
    (error) => error,
  );

const commonName = '2.5.4.3';
const production = [['1.2.840.113635.100.6.3.2', make.null()]] as const;
const push = (name: string, notAfter = '270101000000Z', key = rsaKey) =>
  certificateBag(
    certificate({ subject: [[commonName, name]], notAfter, extensions: production }, key),
  );
const extended = (name: string, id: string, value: Asn1, key = rsaKey) =>
  certificateBag(certificate({ subject: [[commonName, name]], extensions: [[id, value]] }, key));
const signing = (name: string, mark: string) =>
  extended(name, `1.2.840.113635.100.${mark}`, make.null(), otherRsaKey);
const authority = (name: string) => extended(name, '2.5.29.19', make.sequence(make.true()));

test('a universal push certificate, whole', async () => {
  const { certificate: leaf, privateKey, container, ...rest } = await open('01-default-aes256');
  const friendlyName = 'Apple Push Services: com.example.lab';
  expect(rest).toEqual({ path: null, paired: true, chain: [], identities: 1, friendlyName });
  expect(privateKey?.asymmetricKeyDetails).toEqual({ modulusLength: 2048, publicExponent: 65537n });
  expect(container).toEqual({
    ...{ pfx: p12Bytes('01-default-aes256'), trailingBytes: 0, keys: 1, certificates: 1 },
    ...{ mac: { algorithm: 'sha256', iterations: 2048 }, encryption: ['PBES2-AES-256-CBC'] },
    ...{
      privateKeyInClear: false,
      iterations: { highest: 2048, total: 6144 },
      passwordEmpty: false,
    },
  });
  const { der, ...facts } = leaf ?? expect.unreachable();
  expect(der).toHaveLength(1193);
  expect(facts).toEqual({
    subject:
      'UID=com.example.lab,CN=Apple Push Services: com.example.lab,OU=ABCDE12345,O=Example Lab,C=US',
    issuer: 'C=US,O=LAB not Apple,OU=G4,CN=LAB Worldwide Developer Relations CA',
    commonName: friendlyName,
    issuerCommonName: 'LAB Worldwide Developer Relations CA',
    ...{ issuerOrganizationalUnit: 'G4', kind: 'apple-push-services', bundleId: 'com.example.lab' },
    topics: ['', '.voip', '.complication', '.voip-ptt'].map((end) => `com.example.lab${end}`),
    ...{
      teamId: 'ABCDE12345',
      organization: 'Example Lab',
      environments: ['sandbox', 'production'],
      serialNumber: '2745',
    },
    notBefore: new Date('2026-11-24T13:29:19Z'),
    notAfter: new Date('2027-12-24T13:29:19Z'),
    fingerprint: '30b8405b649f4f43a02219afcf85fe6c7c00cff68c72c6f592f74262a752a780',
    fingerprintSha1: '402bab717d2b3bb4c971f3c29c13bdaac9de2596',
    authorityKeyId: 'babc88592e7283f62b3d5b0baf6a335d13b8c0cd',
    publicKey: { type: 'RSA', bits: 2048 },
  });
});

describe('which certificate is the leaf', () => {
  const [plain, foreign] = [rsaKey, otherRsaKey].map(
    (key) => (name: string) => certificateBag(certificate({ subject: [[commonName, name]] }, key)),
  ) as [(name: string) => Asn1, (name: string) => Asn1];
  const [key, otherKey] = [keyBag(rsaKey), keyBag(otherRsaKey)];
  const old = push('old', '260601000000Z');
  const young = push('new', '270601000000Z');
  test.each<
    [string, readonly Asn1[], leaf: string | null, identities?: number, chain?: readonly string[]]
  >([
    ['nothing', [], null],
    ['a key alone', [key], null],
    [
      'the one of the key, not the first',
      [push('b', undefined, otherRsaKey), push('a'), key],
      'a',
      1,
      ['b'],
    ],
    ['the later of two for one key', [old, young, key], 'new', 1, ['old']],
    ['the later, whatever the order', [key, young, old], 'new', 1, ['old']],
    ['one that is there twice is one', [push('a'), push('a'), key, key], 'a', 1],
    [
      'the push certificate of two identities',
      [foreign('b'), push('a'), otherKey, key],
      'a',
      2,
      ['b'],
    ],
    ['the first of two that last as long', [push('a'), push('b'), key], 'a', 1, ['b']],
    [
      'beside one that signs code',
      [signing('b', '6.1.2'), push('a'), otherKey, key],
      'a',
      2,
      ['b'],
    ],
    [
      'beside one that distributes code',
      [signing('b', '6.1.4'), push('a'), otherKey, key],
      'a',
      2,
      ['b'],
    ],
    ['the one that is no authority, without a key', [authority('ca'), plain('a')], 'a', 0, ['ca']],
    ['an authority, where there is nothing else', [authority('ca')], 'ca'],
    ['the likeliest without a key', [plain('ca'), push('a')], 'a', 0, ['ca']],
    ['the likeliest beside a foreign key', [push('a'), otherKey], 'a'],
  ])('%s', async (_, bags, leaf, identities = 0, chain = []) => {
    const identity = await openMade(bags);
    expect(identity).toMatchObject({ paired: identities > 0, identities });
    expect(identity.certificate?.commonName ?? null).toBe(leaf);
    expect(identity.chain.map((other) => other.commonName)).toEqual(chain);
  });
});

test.each<[string, string | null, string | null, string | null]>([
  ['the key’s', 'key', 'leaf', 'key'],
  ['the key’s alone', 'key', null, 'key'],
  ['the certificate’s alone', null, 'leaf', 'leaf'],
  ['of neither', null, null, null],
])('the friendly name is %s', async (_, ofKey, ofLeaf, expected) => {
  const named = (bag: Asn1, name: string | null) => {
    if (name === null) return bag;
    const attribute = make.sequence(
      make.oid('1.2.840.113549.1.9.20'),
      make.set(make.bmpString(name)),
    );
    return make.sequence(...children(bag), make.set(attribute));
  };
  const { friendlyName } = await openMade([named(keyBag(rsaKey), ofKey), named(push('a'), ofLeaf)]);
  expect(friendlyName).toBe(expected);
});

test.each<[string, readonly ('clear' | 'encrypted')[], boolean]>([
  ['no key', [], false],
  ['a key in the clear', ['clear'], true],
  ['an encrypted key', ['encrypted'], false],
  ['one in the clear before an encrypted one', ['clear', 'encrypted'], true],
  ['one in the clear behind an encrypted one', ['encrypted', 'clear'], true],
])('whether a private key is in the clear: %s', async (_, kinds, expected) => {
  const plain = otherRsaKey.export({ type: 'pkcs8', format: 'der' });
  const { algorithm, ciphertext } = await encryptWith3Des(plain, secret, 1);
  const bags = { clear: keyBag(rsaKey), encrypted: shroudedKeyBag(algorithm, ciphertext) };
  const bytes = pfx([dataPart([push('a'), ...kinds.map((kind) => bags[kind])])]);
  const { container } = await readPushIdentity({ name: 'made.p12', bytes }, secret);
  expect(container).toMatchObject({ keys: kinds.length, privateKeyInClear: expected });
});

describe('the password', () => {
  test.each([
    ['absent, of a file that needs one', '01-default-aes256', null, 'required'],
    ['empty, of a file that needs one', '01-default-aes256', '', 'required'],
    ['wrong', '01-default-aes256', 'Secret', 'incorrect'],
    ['wrong by a blank', '01-default-aes256', 'secret ', 'incorrect'],
    ['wrong, without a MAC', '15-nomac', 'Secret', 'incorrect'],
    ['absent, without a MAC', '15-nomac', null, 'required'],
    ['one, of a file with an empty one', '21-emptypw', 'secret', 'incorrect'],
  ] as const)('%s', async (_, name, password, what) => {
    const error = await failure(open(name, password === null ? null : new Secret(password)));
    const words = {
      required: `${name}.p12 does not open without a password`,
      incorrect: `The password does not open ${name}.p12, or the file is damaged`,
    };
    expect(error).toMatchObject({ code: `pkcs12-password-${what}`, message: words[what] });
  });

  const mixed = ['empty-empty', 'mac-empty-key-null', 'mac-null-key-empty', 'pbes2-mac-empty'];
  const without = ['21-emptypw-legacy', '21-emptypw', ...mixed.map((how) => `63-nopw-${how}`)];
  test.each(without)('%s opens without one, absent or empty', async (name) => {
    for (const password of [null, new Secret('')])
      expect(await open(name, password)).toMatchObject({
        paired: true,
        container: { passwordEmpty: true },
      });
  });
});

test('what trails the PFX is counted and cut', async () => {
  const { container } = await open('70-trailing-crlf');
  expect([container.trailingBytes, container.pfx.length]).toEqual([2, 3132]);
});

describe('an abort', () => {
  const file = new URL('../fixtures/p12/', import.meta.url);
  test.each(['18-legacy-iter-600k', '18-iter-600k'])('of %s ends it at once', async (name) => {
    const bytes = readFileSync(new URL(`${name}.p12`, file));
    const duration = async () => {
      const abort = new AbortController();
      const reading = failure(readPushIdentity({ name, bytes }, secret, { signal: abort.signal }));
      await setTimeout(20);
      const start = performance.now();
      abort.abort();
      expect((await reading).code).toBe('interrupted');
      return performance.now() - start;
    };
    // A busy machine is slow at times.
    await expect.poll(duration).toBeLessThan(300);
  });

  test('leaves no work behind', async () => {
    const abort = new AbortController();
    const part = (iterations: number) => encryptedPart(tripleDes(iterations), Buffer.alloc(64));
    const bytes = pfx([part(600_000), part(600_000), part(400_000)]);
    const reading = failure(
      readPushIdentity({ name: 'a.p12', bytes }, secret, { signal: abort.signal }),
    );
    await setTimeout(100);
    abort.abort();
    await reading;
    await setTimeout(250);
    const before = process.cpuUsage();
    await setTimeout(300);
    const { user } = process.cpuUsage(before);
    // Of 600 that two threads could have used.
    expect(user / 1000).toBeLessThan(300);
  });

  test('with an error of its own ends with that', async () => {
    const reason = new CliError('interrupted', 'The time is over');
    const made = { name: 'a.p12', bytes: pfx([dataPart([])]) };
    expect(await failure(readPushIdentity(made, null, { signal: AbortSignal.abort(reason) }))).toBe(
      reason,
    );
  });

  test('beforehand begins nothing', async () => {
    const file = { name: 'a.p12', bytes: p12Bytes('01-default-aes256') };
    const error = await failure(readPushIdentity(file, secret, { signal: AbortSignal.abort() }));
    expect(error.code).toBe('interrupted');
  });
});
