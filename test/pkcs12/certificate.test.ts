import { createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { children, Malformed, make, parse, toDer, Unsupported } from '../../src/pkcs12/asn1.ts';
import { publicKeyIdentity, readCertificate, readName } from '../../src/pkcs12/certificate.ts';
import type { Certificate } from '../../src/pkcs12/model.ts';
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
const marks = (...numbers: string[]) => numbers.map((number) => [`${apple}.${number}`, make.null()] as const);
const purpose = (id: string) => [['2.5.29.37', make.sequence(make.oid(id))] as const];
const topicList = (...names: string[]) => [
  [`${apple}.6.3.6`, sequenceOf(names.flatMap((name) => [utf8(name), make.sequence(utf8('kind'))]))] as const,
];
const voip = (topics: string) => [[`${apple}.6.3.4`, utf8(topics)] as const];
const subject = (commonName: string, userId?: string) => [
  ...(userId === undefined ? [] : [['0.9.2342.19200300.100.1.1', userId] as const]),
  ['2.5.4.3', commonName] as const,
];
const read = (options: CertificateOptions) => readCertificate(certificate(options)).certificate;

describe('the kind, the bundle, the topics and the environments', () => {
  const app = 'com.example.app';
  type Row = Pick<Certificate, 'kind' | 'bundleId' | 'topics' | 'environments'>;
  const row = (
    kind: Row['kind'],
    bundleId: Row['bundleId'],
    topics: Row['topics'],
    environments: Row['environments'],
  ): Row => ({
    kind,
    bundleId,
    topics,
    environments,
  });
  const none = (kind: Row['kind']) => row(kind, null, [], []);
  const codeSigning = '1.3.6.1.5.5.7.3.3';

  test.each<[string, ReturnType<typeof subject>, NonNullable<CertificateOptions['extensions']>, Row]>([
    [
      'universal',
      subject('Apple Push Services: x', app),
      [...marks('6.3.1', '6.3.2'), ...topicList(app, `${app}.voip`)],
      row('apple-push-services', app, [app, `${app}.voip`], ['sandbox', 'production']),
    ],
    [
      'universal, its bundle not the first topic',
      subject('x', app),
      [...marks('6.3.1', '6.3.2'), ...topicList(`${app}.voip`, app, app)],
      row('apple-push-services', app, [app, `${app}.voip`], ['sandbox', 'production']),
    ],
    [
      'sandbox only',
      subject('Apple Development IOS Push Services: x', app),
      marks('6.3.1'),
      row('development-push', app, [app], ['sandbox']),
    ],
    [
      'production only, old',
      subject('Apple Production IOS Push Services: x', app),
      marks('6.3.2'),
      row('production-push', app, [app], ['production']),
    ],
    [
      'without a UID',
      subject(`Apple Production IOS Push Services: ${app}`),
      marks('6.3.2'),
      row('production-push', app, [app], ['production']),
    ],
    [
      'without a UID, its name after two blanks',
      subject(`Apple Production IOS Push Services:  ${app}`),
      marks('6.3.2'),
      row('production-push', app, [app], ['production']),
    ],
    ['without a subject', [], marks('6.3.2'), row('production-push', null, [], ['production'])],
    ['without any name', subject('push'), marks('6.3.2'), row('production-push', null, [], ['production'])],
    [
      'without a name but topics',
      subject('push'),
      [...marks('6.3.2'), ...topicList('a', 'b')],
      row('production-push', 'a', ['a', 'b'], ['production']),
    ],
    [
      'VoIP',
      subject('VoIP Services: x', app),
      [...marks('6.3.1', '6.3.2', '6.3.3'), ...voip(`${app}.voip, ${app}.voip2`)],
      row('voip-push', app, [`${app}.voip`, `${app}.voip2`], ['sandbox', 'production']),
    ],
    [
      'VoIP, marked only',
      subject('VoIP Services: x', app),
      marks('6.3.2', '6.3.4'),
      row('voip-push', app, [app], ['production']),
    ],
    [
      'VoIP, as octets and in a list',
      subject('VoIP Services: x', app),
      [
        ...marks('6.3.2'),
        [`${apple}.6.3.4`, make.sequence(make.octetString(Buffer.from(`, ${app}.voip`)), utf8('b'))] as const,
      ],
      row('voip-push', app, [`${app}.voip`, 'b'], ['production']),
    ],
    [
      'VoIP, in other letters',
      subject('VoIP Services: x', app),
      [
        ...marks('6.3.2'),
        [
          `${apple}.6.3.4`,
          make.sequence(make.octetString(Buffer.from('bär')), make.bmpString('lärche')),
        ] as const,
      ],
      row('voip-push', app, ['bär', 'lärche'], ['production']),
    ],
    [
      'a bundle that is no topic',
      subject('x', app),
      [...marks('6.3.2'), ...topicList('other')],
      row('production-push', app, ['other'], ['production']),
    ],
    [
      'a name that is none',
      subject('Services:a'),
      marks('6.3.2'),
      row('production-push', null, [], ['production']),
    ],
    [
      'a name before others',
      subject('x: a b'),
      marks('6.3.2'),
      row('production-push', null, [], ['production']),
    ],
    [
      'MDM by UID',
      subject('x', 'com.apple.mgmt.External.1-2'),
      marks('6.3.2'),
      row('mdm-push', null, ['com.apple.mgmt.External.1-2'], ['production']),
    ],
    ['MDM by name', subject('APSP:1-2'), [], row('mdm-push', null, [], [])],
    [
      'pass',
      subject('Pass Type ID: pass.x', 'pass.x'),
      marks('6.1.16', '6.3.2'),
      row('pass-type', null, ['pass.x'], ['production']),
    ],
    [
      'pass by its use',
      subject('x', 'pass.x'),
      purpose(`${apple}.4.14`),
      row('pass-type', null, ['pass.x'], []),
    ],
    [
      'website',
      subject('Website Push ID: web.x', 'web.x'),
      marks('6.1.17', '6.3.2'),
      row('website-push', null, ['web.x'], ['production']),
    ],
    [
      'distribution',
      subject('Apple Distribution: x', 'TEAM'),
      [...marks('6.1.4'), ...purpose(codeSigning)],
      none('distribution'),
    ],
    ['distribution by its mark', subject('x', 'TEAM'), marks('6.1.4'), none('distribution')],
    ['development', subject('x', 'P'), [...marks('6.1.2'), ...purpose(codeSigning)], none('development')],
    [
      'distribution by its use',
      subject('Developer ID Application: x'),
      purpose(codeSigning),
      none('distribution'),
    ],
    ['development by its use', subject('iPhone Developer: x'), purpose(codeSigning), none('development')],
    ['Apple’s own developer', subject('Apple Development: x'), purpose(codeSigning), none('development')],
    ['a developer on a Mac', subject('Mac Developer: x'), purpose(codeSigning), none('development')],
    [
      'a name with a developer in it',
      subject('x iPhone Developer'),
      purpose(codeSigning),
      none('distribution'),
    ],
    ['a name that begins so', subject('iPhone Developers'), purpose(codeSigning), none('distribution')],
    ['no name', [], purpose(codeSigning), none('distribution')],
    ['another', subject(`Apple Push Services: ${app}`, app), [], none('other')],
  ])('%s', (_, name, extensions, expected) => {
    const { kind, bundleId, topics, environments } = read({ subject: name, extensions });
    expect({ kind, bundleId, topics, environments }).toEqual(expected);
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
  expect(line).toBe('CN=\\ a\\,b\\+\\"c\\"\\\\\\;\\<d\\>\\ ,O=\\#\\1b[31m\\0a\\c2\\9b,OU=Größe,1.2.3=x');
});

test('names are short where they have a short name', () => {
  const names = [
    ['0.9.2342.19200300.100.1.1', 'UID'],
    ['0.9.2342.19200300.100.1.25', 'DC'],
    ['1.2.840.113549.1.9.1', 'emailAddress'],
    ['2.5.4.3', 'CN'],
    ['2.5.4.4', 'SN'],
    ['2.5.4.5', 'serialNumber'],
    ['2.5.4.6', 'C'],
    ['2.5.4.7', 'L'],
    ['2.5.4.8', 'ST'],
    ['2.5.4.9', 'STREET'],
    ['2.5.4.10', 'O'],
    ['2.5.4.11', 'OU'],
    ['2.5.4.12', 'title'],
    ['2.5.4.42', 'GN'],
  ] as const;
  expect(read({ subject: names.map(([id]) => [id, 'a #b']) }).subject).toBe(
    names.map(([, name]) => `${name}=a #b`).join(),
  );
});

test('a name that is a list is empty', () => {
  const named = make.sequence(make.set(make.sequence(make.oid('2.5.4.3'), make.sequence())));
  expect(readName(named)).toEqual([{ name: 'CN', value: '' }]);
});

test.each([
  ['A1B2C3D4E5', 'A1B2C3D4E5'],
  ['a1b2c3d4e5', null],
  ['Some department', null],
])('an OU of %s is the team %s', (unit, team) => {
  expect(read({ subject: [['2.5.4.11', unit]] }).teamId).toBe(team);
});

test.each([
  [
    'a list of topics that is none',
    [
      [`${apple}.6.3.1`, make.null()],
      [`${apple}.6.3.6`, make.integer(1)],
    ],
  ],
  [
    'a topic that is a list',
    [
      [`${apple}.6.3.1`, make.null()],
      [`${apple}.6.3.6`, make.sequence(make.sequence())],
    ],
  ],
  ['a key purpose that is no identifier', [['2.5.29.37', make.sequence(make.null())]]],
] as const)('%s is malformed', (_, extensions) => {
  expect(() => read({ subject: subject('x'), extensions })).toThrow(Malformed);
});

test('a time that is none is malformed', () => {
  expect(() => read({ subject: subject('x'), notAfter: '271301000000Z' })).toThrow(Malformed);
});

test('the serial number is hexadecimal, in small letters', () => {
  expect(read({ subject: subject('x') }).serialNumber).toBe('4d');
});

test('a certificate of version 1 is read', () => {
  const [body, ...rest] = children(parse(certificate({ subject: subject('x'), issuer: subject('ca') })));
  const { certificate: first } = readCertificate(
    toDer(sequenceOf([sequenceOf(children(body).slice(1)), ...rest])),
  );
  expect([first.subject, first.issuer, first.publicKey]).toEqual([
    'CN=x',
    'CN=ca',
    { type: 'RSA', bits: 2048 },
  ]);
});

test('an extension may be critical', () => {
  const [block] = decodePem(p12Bytes('40-pem-cert'));
  const { certificate: real } = readCertificate(block?.der ?? expect.unreachable());
  expect(real.authorityKeyId).toBe('babc88592e7283f62b3d5b0baf6a335d13b8c0cd');
});

test('an authority key identifier is read, and may be missing', () => {
  const id = { ...primitive(0, Buffer.from('BEEF', 'hex')), tagClass: 0x80 };
  expect(read({ subject: subject('x'), extensions: [['2.5.29.35', make.sequence(id)]] }).authorityKeyId).toBe(
    'beef',
  );
  expect(read({ subject: subject('x') }).authorityKeyId).toBeNull();
});

describe('the public key', () => {
  const kinds: readonly [string, () => KeyObject, { type: string; bits: number | null }][] = [
    ['RSA', () => rsaKey, { type: 'RSA', bits: 2048 }],
    [
      'RSA of a length between bytes',
      () => generateKeyPairSync('rsa', { modulusLength: 1028 }).privateKey,
      { type: 'RSA', bits: 1028 },
    ],
    [
      'RSA-PSS',
      () => generateKeyPairSync('rsa-pss', { modulusLength: 1024 }).privateKey,
      { type: 'RSA-PSS', bits: 1024 },
    ],
    [
      'a curve',
      () => generateKeyPairSync('ec', { namedCurve: 'secp384r1' }).privateKey,
      { type: 'EC', bits: 384 },
    ],
    [
      'DSA',
      () => generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey,
      { type: 'DSA', bits: 1024 },
    ],
    ['Ed25519', () => generateKeyPairSync('ed25519').privateKey, { type: 'Ed25519', bits: null }],
    ['another', () => generateKeyPairSync('ed448').privateKey, { type: 'ed448', bits: null }],
    [
      'a curve whose name tells no length',
      () => generateKeyPairSync('ec', { namedCurve: 'wap-wsg-idm-ecid-wtls8' }).privateKey,
      { type: 'EC', bits: null },
    ],
    [
      'a type without a name in Node.js',
      () => generateKeyPairSync('ec', { namedCurve: 'SM2' }).privateKey,
      { type: 'unknown', bits: null },
    ],
  ];
  test.each(kinds)('of %s is told, and is the one of its private key', (_, makeKey, expected) => {
    const key = makeKey();
    const read = readCertificate(certificate({ subject: subject('x') }, key, rsaKey));
    expect([read.certificate.publicKey, read.publicKey]).toEqual([
      expected,
      publicKeyIdentity(createPublicKey(key)),
    ]);
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

test.each<[string, CertificateOptions['extensions'], boolean]>([
  ['an authority', [['2.5.29.19', make.sequence(make.true())]], true],
  ['none', [], false],
])('%s is told as one', (_, extensions, isAuthority) => {
  expect(
    readCertificate(certificate({ subject: subject('x'), extensions: extensions ?? [] })).isAuthority,
  ).toBe(isAuthority);
});

test('the issuer is told apart from the subject', () => {
  const issuer = [
    ['2.5.4.3', 'ca'],
    ['2.5.4.11', 'G4'],
  ] as const;
  expect(read({ subject: [], issuer })).toMatchObject({
    subject: '',
    commonName: null,
    issuer: 'CN=ca,OU=G4',
    issuerCommonName: 'ca',
    issuerOrganizationalUnit: 'G4',
    teamId: null,
  });
});

test('the team is the first unit that may be one', () => {
  const units = ['Unit', 'A1B2C3D4E5', 'A1B2C3D4E6', 'A1B2C3D4E56'].map(
    (unit) => ['2.5.4.11', unit] as const,
  );
  expect(read({ subject: [['2.5.4.10', 'B1B2C3D4E5'], ...units] }).teamId).toBe('A1B2C3D4E5');
  expect(read({ subject: units.slice(3) }).teamId).toBe(null);
});

test('the names of a report are on one line', () => {
  const { commonName, bundleId, topics } = read({
    subject: subject('a\nb\u001b[31m', 'c\nd'),
    extensions: marks('6.3.2'),
  });
  expect([commonName, bundleId, topics].flat().join()).not.toMatch(/\p{Cc}/u);
});

test('a certificate may have 65,536 bytes', () => {
  const of = (length: number) => certificate({ subject: subject('x'.repeat(length)), issuer: subject('ca') });
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
