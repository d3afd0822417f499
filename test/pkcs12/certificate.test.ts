import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import {
  type Asn1,
  children,
  Malformed,
  make,
  parse,
  toDer,
  Unsupported,
} from '../../src/pkcs12/asn1.ts';
import { publicKeyIdentity, readCertificate, readName } from '../../src/pkcs12/certificate.ts';
import { decodePem } from '../../src/pkcs12/pem.ts';
import { p12Bytes } from '../support/fixtures.ts';
import {
  type CertificateOptions,
  certificate,
  certificateWithKey,
  otherRsaKey,
  primitive,
  rsaKey,
  sequenceOf,
  utf8,
} from './build.ts';

const apple = '1.2.840.113635.100';
const marks = (...numbers: string[]) =>
  numbers.map((number) => [`${apple}.${number}`, make.null()] as const);
const purpose = (id: string) => [['2.5.29.37', make.sequence(make.oid(id))] as const];
const topicList = (...names: string[]) => [
  [
    `${apple}.6.3.6`,
    sequenceOf(names.flatMap((name) => [utf8(name), make.sequence(utf8('kind'))])),
  ] as const,
];
const voip = (topics: string) => [[`${apple}.6.3.4`, utf8(topics)] as const];
const subject = (commonName: string, userId?: string) => [
  ...(userId === undefined ? [] : [['0.9.2342.19200300.100.1.1', userId] as const]),
  ['2.5.4.3', commonName] as const,
];
const named = (commonName: string) => subject(commonName, 'com.example.app');
const topical = (...names: string[]) => [...marks('6.3.1', '6.3.2'), ...topicList(...names)];
const listed = (...names: string[]) => [...marks('6.3.2'), ...topicList(...names)];
const bmp = (text: string) => make.bmpString(text);
const mdm = 'com.apple.mgmt.External.1-2';
const read = (options: CertificateOptions) => readCertificate(certificate(options)).certificate;

describe('the kind, the bundle, the topics and the environments', () => {
  const app = 'com.example.app';
  const [apps, prod] = [`Apple Production IOS Push Services: ${app}`, 'production'];
  const [both, all] = [['sandbox', prod], 'apple-push-services'];
  const signs = purpose('1.3.6.1.5.5.7.3.3');
  const other = (...value: Asn1[]) => [
    ...marks('6.3.2'),
    [`${apple}.6.3.4`, make.sequence(...value)] as const,
  ];
  const text = (words: string) => make.octetString(Buffer.from(words));

  type Name = ReturnType<typeof subject>;
  type Extensions = NonNullable<CertificateOptions['extensions']>;
  test.each<
    [
      string,
      Name,
      Extensions,
      kind: string,
      bundle?: string | null,
      topics?: string[],
      at?: string[],
    ]
  >([
    ['universal', named('Apple Push Services: x'), topical(app, 'b'), all, app, [app, 'b'], both],
    ['its bundle not the first', named('x'), topical('b', app, app), all, app, [app, 'b'], both],
    ['sandbox only', named('x'), marks('6.3.1'), 'development-push', app, [app], ['sandbox']],
    ['production only, old', named('x'), marks('6.3.2'), 'production-push', app, [app], [prod]],
    ['without a UID', subject(apps), marks('6.3.2'), 'production-push', app, [app], [prod]],
    [
      'after two blanks',
      subject(`x:  ${app}`),
      marks('6.3.2'),
      'production-push',
      app,
      [app],
      [prod],
    ],
    ['without a subject', [], marks('6.3.2'), 'production-push', null, [], [prod]],
    ['without any name', subject('push'), marks('6.3.2'), 'production-push', null, [], [prod]],
    ['topics alone', subject('push'), listed('a', 'b'), 'production-push', 'a', ['a', 'b'], [prod]],
    [
      'VoIP',
      named('x'),
      [...marks('6.3.1', '6.3.2'), ...voip('a, b')],
      'voip-push',
      app,
      ['a', 'b'],
      both,
    ],
    ['VoIP, marked only', named('x'), marks('6.3.2', '6.3.4'), 'voip-push', app, [app], [prod]],
    [
      'VoIP in a list',
      named('x'),
      other(text(', a'), utf8('b')),
      'voip-push',
      app,
      ['a', 'b'],
      [prod],
    ],
    [
      'VoIP in letters',
      named('x'),
      other(text('bär'), bmp('ä')),
      'voip-push',
      app,
      ['bär', 'ä'],
      [prod],
    ],
    [
      'a bundle that is no topic',
      named('x'),
      listed('other'),
      'production-push',
      app,
      ['other'],
      [prod],
    ],
    [
      'a name that is none',
      subject('Services:a'),
      marks('6.3.2'),
      'production-push',
      null,
      [],
      [prod],
    ],
    [
      'a name before others',
      subject('x: a b'),
      marks('6.3.2'),
      'production-push',
      null,
      [],
      [prod],
    ],
    ['MDM by UID', subject('x', mdm), marks('6.3.2'), 'mdm-push', null, [mdm], [prod]],
    ['MDM by name', subject('APSP:1-2'), [], 'mdm-push'],
    [
      'pass',
      subject('x', 'pass.x'),
      marks('6.1.16', '6.3.2'),
      'pass-type',
      null,
      ['pass.x'],
      [prod],
    ],
    [
      'pass by its use',
      subject('x', 'pass.x'),
      purpose(`${apple}.4.14`),
      'pass-type',
      null,
      ['pass.x'],
    ],
    [
      'website',
      subject('x', 'web.x'),
      marks('6.1.17', '6.3.2'),
      'website-push',
      null,
      ['web.x'],
      [prod],
    ],
    ['distribution', subject('x', 'TEAM'), [...marks('6.1.4'), ...signs], 'distribution'],
    ['distribution by its mark', subject('x', 'TEAM'), marks('6.1.4'), 'distribution'],
    ['development', subject('x', 'P'), [...marks('6.1.2'), ...signs], 'development'],
    ['distribution by its use', subject('Developer ID Application: x'), signs, 'distribution'],
    ['development by its use', subject('iPhone Developer: x'), signs, 'development'],
    ['Apple’s own developer', subject('Apple Development: x'), signs, 'development'],
    ['a developer on a Mac', subject('Mac Developer: x'), signs, 'development'],
    ['a name with a developer in it', subject('x iPhone Developer'), signs, 'distribution'],
    ['a name that begins so', subject('iPhone Developers'), signs, 'distribution'],
    ['no name', [], signs, 'distribution'],
    ['another', named('Apple Push Services: x'), [], 'other'],
  ])('%s', (_, name, extensions, kind, bundleId = null, topics = [], environments = []) => {
    expect(read({ subject: name, extensions })).toMatchObject({
      kind,
      bundleId,
      topics,
      environments,
    });
  });
});

test('names are escaped, and no control character is left', () => {
  const { subject: line } = read({
    subject: [
      ['2.5.4.3', ' a,b+"c"\\;<d> '],
      ['2.5.4.10', '#\u001b[31m\n\u009b'],
      ['2.5.4.11', 'Größe'],
      ['1.2.3', 'x'],
    ],
  });
  expect(line).toBe(
    'CN=\\ a\\,b\\+\\"c\\"\\\\\\;\\<d\\>\\ ,O=\\#\\1b[31m\\0a\\c2\\9b,OU=Größe,1.2.3=x',
  );
  const odd = { subject: subject('a\nb\u001b[31m', 'c\nd'), extensions: marks('6.3.2') };
  const { commonName, bundleId, topics } = read(odd);
  expect([commonName, bundleId, topics].flat().join()).not.toMatch(/\p{Cc}/u);
});

test('names are short where they have a short name', () => {
  const x520 = { 3: 'CN', 4: 'SN', 5: 'serialNumber', 6: 'C', 7: 'L', 8: 'ST', 9: 'STREET' };
  const more = { 10: 'O', 11: 'OU', 12: 'title', 42: 'GN' };
  const names = [
    ['0.9.2342.19200300.100.1.1', 'UID'],
    ['0.9.2342.19200300.100.1.25', 'DC'],
    ['1.2.840.113549.1.9.1', 'emailAddress'],
    ...Object.entries({ ...x520, ...more }).map(([last, name]) => [`2.5.4.${last}`, name] as const),
  ] as const;
  const told = names.map(([, name]) => `${name}=a #b`).join();
  expect(read({ subject: names.map(([id]) => [id, 'a #b']) }).subject).toBe(told);
});

test('a name that is a list is empty', () => {
  const named = make.sequence(make.set(make.sequence(make.oid('2.5.4.3'), make.sequence())));
  expect(readName(named)).toEqual([{ name: 'CN', value: '' }]);
});

test.each<[string, NonNullable<CertificateOptions['extensions']>]>([
  ['a list of topics that is none', [...marks('6.3.1'), [`${apple}.6.3.6`, make.integer(1)]]],
  [
    'a topic that is a list',
    [...marks('6.3.1'), [`${apple}.6.3.6`, make.sequence(make.sequence())]],
  ],
  ['a key purpose that is no identifier', [['2.5.29.37', make.sequence(make.null())]]],
])('%s is malformed', (_, extensions) => {
  expect(() => read({ subject: subject('x'), extensions })).toThrow(Malformed);
});

test('a time that is none is malformed; the serial number is hexadecimal, in small letters', () => {
  expect(() => read({ subject: subject('x'), notAfter: '271301000000Z' })).toThrow(Malformed);
  expect(read({ subject: subject('x') }).serialNumber).toBe('4d');
});

test('a certificate of version 1 is read', () => {
  const [body, ...rest] = children(
    parse(certificate({ subject: subject('x'), issuer: subject('ca') })),
  );
  const der = toDer(sequenceOf([sequenceOf(children(body).slice(1)), ...rest]));
  const told = { subject: 'CN=x', issuer: 'CN=ca', publicKey: { type: 'RSA', bits: 2048 } };
  expect(readCertificate(der).certificate).toMatchObject(told);
});

test('an authority key identifier is read, of a critical extension too, and may be missing', () => {
  const [block = expect.unreachable()] = decodePem(p12Bytes('40-pem-cert'));
  const real = 'babc88592e7283f62b3d5b0baf6a335d13b8c0cd';
  expect(readCertificate(block.der).certificate.authorityKeyId).toBe(real);
  const id = { ...primitive(0, Buffer.from('BEEF', 'hex')), tagClass: 0x80 };
  const extensions = [['2.5.29.35', make.sequence(id)]] as const;
  expect(read({ subject: subject('x'), extensions }).authorityKeyId).toBe('beef');
  expect(read({ subject: subject('x') }).authorityKeyId).toBeNull();
});

describe('the public key', () => {
  const rsa = (type: 'rsa' | 'rsa-pss', modulusLength: number) =>
    generateKeyPairSync(type as 'rsa', { modulusLength }).privateKey;
  const dsa = () =>
    generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey;
  const curve = (namedCurve: string) => generateKeyPairSync('ec', { namedCurve }).privateKey;
  test.each<[string, () => KeyObject, string, number | null]>([
    ['RSA', () => rsaKey, 'RSA', 2048],
    ['RSA of a length between bytes', () => rsa('rsa', 1028), 'RSA', 1028],
    ['RSA-PSS', () => rsa('rsa-pss', 1024), 'RSA-PSS', 1024],
    ['a curve', () => curve('secp384r1'), 'EC', 384],
    ['DSA', dsa, 'DSA', 1024],
    ['Ed25519', () => generateKeyPairSync('ed25519').privateKey, 'Ed25519', null],
    ['another', () => generateKeyPairSync('ed448').privateKey, 'ed448', null],
    ['a curve whose name tells no length', () => curve('wap-wsg-idm-ecid-wtls8'), 'EC', null],
    ['a type without a name in Node.js', () => curve('SM2'), 'unknown', null],
  ])('of %s is told, and is the one of its private key', (_, makeKey, type, bits) => {
    const key = makeKey();
    const read = readCertificate(certificate({ subject: subject('x') }, key, rsaKey));
    const identity = publicKeyIdentity(createPublicKey(key));
    expect([read.certificate.publicKey, read.publicKey]).toEqual([{ type, bits }, identity]);
  });

  const readWith = (id: string, key: Uint8Array) => readCertificate(certificateWithKey(id, key));

  test('that Node.js cannot read is of no known type', () => {
    const { certificate: read, publicKey } = readWith('1.2.3.4', Buffer.from('key'));
    expect([read.publicKey, publicKey]).toEqual([{ type: 'unknown', bits: null }, null]);
  });

  test('of RSA may be zero, which has no bits', () => {
    const zero = toDer(make.sequence(make.integer(0), make.integer(3)));
    const { certificate: read } = readWith('1.2.840.113549.1.1.1', zero);
    expect(read.publicKey).toEqual({ type: 'RSA', bits: 0 });
  });

  test('of two keys differs', () => {
    const identities = [rsaKey, otherRsaKey].map((key) => publicKeyIdentity(createPublicKey(key)));
    expect(identities[0]).not.toBe(identities[1]);
  });
});

test('an authority is told as one', () => {
  const of = (extensions: CertificateOptions['extensions'] = []) =>
    readCertificate(certificate({ subject: subject('x'), extensions })).isAuthority;
  expect([of([['2.5.29.19', make.sequence(make.true())]]), of()]).toEqual([true, false]);
});

test('the issuer is told apart from the subject', () => {
  const issuer = [
    ['2.5.4.3', 'ca'],
    ['2.5.4.11', 'G4'],
  ] as const;
  expect(read({ subject: [], issuer })).toMatchObject({
    ...{ subject: '', commonName: null, teamId: null },
    ...{ issuer: 'CN=ca,OU=G4', issuerCommonName: 'ca', issuerOrganizationalUnit: 'G4' },
  });
});

test('the team is the first unit that may be one', () => {
  const team = (...units: string[]) =>
    read({ subject: units.map((unit) => ['2.5.4.11', unit]) }).teamId;
  expect(team('Unit', 'A1B2C3D4E5', 'A1B2C3D4E6')).toBe('A1B2C3D4E5');
  for (const unit of ['A1B2C3D4E56', 'a1b2c3d4e5', 'Some department'])
    expect(team(unit)).toBeNull();
  expect(read({ subject: [['2.5.4.10', 'B1B2C3D4E5']] }).teamId).toBe(null);
});

test('a certificate may have 65,536 bytes', () => {
  const of = (length: number) =>
    certificate({ subject: subject('x'.repeat(length)), issuer: subject('ca') });
  const fitting = 65_536 - (of(60_000).length - 60_000);
  expect(of(fitting)).toHaveLength(65_536);
  expect(readCertificate(of(fitting)).certificate.commonName).toHaveLength(fitting);
  expect(() => readCertificate(of(fitting + 1))).toThrow(
    new Unsupported('has a certificate of 65,537 bytes, more than 65,536'),
  );
});

test.each<[string, () => Uint8Array]>([
  ['nothing', () => new Uint8Array()],
  ['a list of nothing', () => toDer(make.sequence())],
  [
    'a certificate whose signature is cut off',
    () => {
      const [body, algorithm] = children(parse(certificate({ subject: subject('x') })));
      return toDer(sequenceOf([body ?? make.null(), algorithm ?? make.null()]));
    },
  ],
])('%s is malformed', (_, der) => {
  expect(() => readCertificate(der())).toThrow(Malformed);
});
