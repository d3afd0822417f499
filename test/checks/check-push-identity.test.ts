import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { authorities } from '../../src/checks/apple-authorities.ts';
import { checkPushIdentity } from '../../src/checks/check-push-identity.ts';
import { checkContainer, checkContents, checkKey } from '../../src/checks/container.ts';
import {
  type CheckFacts,
  type Finding,
  type FindingLevel,
  hasErrors,
  hasLevel,
} from '../../src/checks/finding.ts';
import { checkIssuer } from '../../src/checks/issuer.ts';
import { checkPurpose } from '../../src/checks/purpose.ts';
import { checkReplacement, checkValidity, daysLeft } from '../../src/checks/validity.ts';
import { make } from '../../src/pkcs12/asn1.ts';
import { readCertificate } from '../../src/pkcs12/certificate.ts';
import type { Certificate, Container, PushIdentity } from '../../src/pkcs12/model.ts';
import { meanings } from '../../src/reference/topics/findings.ts';
import { certificate as makeCertificate, otherRsaKey, primitive, rsaKey } from '../pkcs12/build.ts';
import { applePath } from '../support/apple-fixtures.ts';

const now = new Date('2027-01-01T12:00:00Z');
const days = (count: number, milliseconds = 0) => new Date(now.getTime() + count * 86_400_000 + milliseconds);
const wwdr = 'Apple Worldwide Developer Relations Certification Authority';

const certificate: Certificate = {
  // A certificate that Apple’s G6 did sign.
  der: readFileSync(applePath('signed-by-g6.cer')),
  subject: 'UID=com.example.app,CN=Apple Push Services: com.example.app',
  issuer: `CN=${wwdr},OU=G6,O=Apple Inc.,C=US`,
  commonName: 'Apple Push Services: com.example.app',
  issuerCommonName: wwdr,
  issuerOrganizationalUnit: 'G6',
  kind: 'apple-push-services',
  bundleId: 'com.example.app',
  teamId: 'A1B2C3D4E5',
  topics: ['com.example.app', 'com.example.app.voip'],
  environments: ['sandbox', 'production'],
  serialNumber: '01',
  notBefore: days(-100),
  notAfter: days(200),
  fingerprint: 'aa',
  fingerprintSha1: 'bb',
  authorityKeyId: '3f2f942351d350c99a283dedb07ce5cfa5906299',
  publicKey: { type: 'RSA', bits: 2048 },
};
const container: Container = {
  pfx: new Uint8Array(),
  trailingBytes: 0,
  mac: { algorithm: 'sha256', iterations: 2048 },
  encryption: [],
  keys: 1,
  certificates: 1,
  privateKeyInClear: false,
  iterations: { highest: 2048, total: 6144 },
  passwordEmpty: false,
};
const identity: PushIdentity = {
  certificate,
  privateKey: rsaKey,
  paired: true,
  chain: [],
  identities: 1,
  friendlyName: null,
  container,
};

const withLeaf = (changes: Partial<Certificate>): PushIdentity => ({
  ...identity,
  certificate: { ...certificate, ...changes },
});
const withContainer = (changes: Partial<Container>): PushIdentity => ({
  ...identity,
  container: { ...container, ...changes },
});
const check = (subject: PushIdentity, facts: Partial<CheckFacts> = {}) =>
  checkPushIdentity(subject, { now, ...facts });
const codes = (subject: PushIdentity, facts: Partial<CheckFacts> = {}) =>
  check(subject, facts).map(({ level, code }) => `${level} ${code}`);
const iterations = (highest: number, total: number) => withContainer({ iterations: { highest, total } });
const issuedBy = (issuerCommonName: string, organization = 'Apple Inc.', unit: string | null = null) =>
  withLeaf({
    issuer: `C=US,O=${organization},CN=${issuerCommonName}`,
    issuerCommonName,
    issuerOrganizationalUnit: unit,
  });

type Row = [string, PushIdentity, expected: string, facts?: Partial<CheckFacts>];

const themes = [
  checkContents,
  checkPurpose,
  checkValidity,
  checkReplacement,
  checkKey,
  checkIssuer,
  checkContainer,
];
const sandbox = withLeaf({ kind: 'development-push', environments: ['sandbox'] });
const production = withLeaf({ kind: 'production-push', environments: ['production'] });
const unpaired: PushIdentity = { ...identity, paired: false, identities: 0 };
const ofKind = (kind: Certificate['kind'], topics = certificate.topics) =>
  withLeaf({ kind, topics, environments: [] });
const previous = (notAfter: Date, fingerprint = 'cc') => ({ previous: { fingerprint, notAfter } });

describe('each finding, on both sides of its boundary', () => {
  test.each<Row>([
    ['nothing to find', identity, ''],
    ['no key', { ...unpaired, privateKey: null }, 'private-key-missing'],
    ['no certificate', { ...unpaired, certificate: null }, 'certificate-missing'],
    [
      'neither',
      { ...unpaired, certificate: null, privateKey: null },
      'private-key-missing, certificate-missing',
    ],
    ['a key of another certificate', unpaired, 'key-mismatch'],
    ['two identities', { ...identity, identities: 2 }, 'several-identities'],
    ['a distribution certificate', ofKind('distribution', []), 'not-a-push-certificate'],
    ['a development certificate', ofKind('development', []), 'not-a-push-certificate'],
    ['any other', ofKind('other', []), 'not-a-push-certificate'],
    ['VoIP', ofKind('voip-push'), 'push-kind-unsupported'],
    ['MDM', ofKind('mdm-push'), 'push-kind-unsupported'],
    ['a pass', ofKind('pass-type'), 'push-kind-unsupported'],
    ['a website', ofKind('website-push'), 'push-kind-unsupported'],
    ['production only', production, ''],
    ['sandbox only', sandbox, 'sandbox-only'],
    ['a topic of it', identity, '', { topic: 'com.example.app.voip' }],
    ['a topic of another', identity, 'topic-mismatch', { topic: 'com.example.ap' }],
    ['a topic in other letters', identity, 'topic-mismatch', { topic: 'com.example.App' }],
    ['no topic in it', withLeaf({ topics: [] }), 'topic-missing'],
    [
      'no topic in it, one asked for',
      withLeaf({ topics: [] }),
      'topic-missing, topic-mismatch',
      { topic: 'a' },
    ],
    ['production asked for and served', identity, '', { environment: 'production' }],
    ['sandbox asked for and served', identity, '', { environment: 'sandbox' }],
    [
      'production asked for, sandbox served',
      sandbox,
      'environment-mismatch, sandbox-only',
      { environment: 'production' },
    ],
    ['sandbox asked for, production served', production, 'environment-mismatch', { environment: 'sandbox' }],
    ['the last millisecond', withLeaf({ notAfter: now }), 'certificate-expires-soon'],
    ['the millisecond after', withLeaf({ notAfter: days(0, -1) }), 'certificate-expired'],
    ['30 days left', withLeaf({ notAfter: days(31, -1) }), 'certificate-expires-soon'],
    ['31 days left', withLeaf({ notAfter: days(31) }), ''],
    ['the first millisecond', withLeaf({ notBefore: now }), ''],
    ['the millisecond before', withLeaf({ notBefore: days(0, 1) }), 'certificate-not-yet-valid'],
    ['a later one set before', identity, 'replaces-later-certificate', previous(days(201))],
    ['a later one of the same day set before', identity, '', previous(days(200, 1))],
    [
      'within the days that were asked for',
      withLeaf({ notAfter: days(45) }),
      'certificate-expires-soon',
      { warnDays: 45 },
    ],
    ['beyond the days that were asked for', withLeaf({ notAfter: days(31) }), '', { warnDays: 30 }],
    ['one as late set before', identity, '', previous(days(200))],
    ['itself set before', identity, '', previous(days(300), 'aa')],
    ['2047 bits', withLeaf({ publicKey: { type: 'RSA', bits: 2047 } }), 'key-too-weak'],
    ['a key whose bits nobody says', withLeaf({ publicKey: { type: 'RSA', bits: null } }), ''],
    ['4096 bits', withLeaf({ publicKey: { type: 'RSA', bits: 4096 } }), ''],
    ['an elliptic curve', withLeaf({ publicKey: { type: 'EC', bits: 256 } }), 'key-type-unsupported'],
    ['issued by G6', issuedBy(wwdr, 'Apple Inc.', 'G6'), ''],
    ...['Apple Worldwide Developer Relations', 'G3', 'G4', 'G5', 'G7', 'G8', 'G9', '', null].map(
      (unit): Row => [`${unit} by name`, issuedBy(wwdr, 'Apple Inc.', unit), 'issuer-not-apple'],
    ),
    ...['', ' 2', ' 12'].map((number): Row => {
      const name = `Apple Application Integration${number} Certification Authority`;
      const subject = issuedBy(name, 'Apple Inc.', 'Apple Certification Authority');
      return [`MDM${number} by name`, subject, 'issuer-not-apple'];
    }),
    ['issued by another', issuedBy('LAB Worldwide Developer Relations CA'), 'issuer-not-apple'],
    ['issued by another organization', issuedBy(wwdr, 'Apple Inc.x'), 'issuer-not-apple'],
    ['issued by an organization with a comma', issuedBy(wwdr, 'x\\,O=Apple Inc.'), 'issuer-not-apple'],
    ...[
      'Not Apple Worldwide Developer Relations Certification Authority',
      'Apple Worldwide Developer Relations Certification Authority X',
      'Apple Application Integration X Certification Authority',
      'Apple Application Integration 2 Certification Authority - GX',
      'Apple Something Certification Authority',
    ].map((name): Row => [`issued by "${name}"`, issuedBy(name), 'issuer-not-apple']),
    ['issued by an organization that comes first', withLeaf({ issuer: 'O=Apple Inc.,CN=x' }), ''],
    ['issued by the name alone', withLeaf({ issuerCommonName: null }), 'issuer-not-apple'],
    ['issued by G6 without a key identifier', withLeaf({ authorityKeyId: null }), ''],
    ['issued by nobody', withLeaf({ issuer: '', issuerCommonName: null }), 'issuer-not-apple'],
    ['no MAC', withContainer({ mac: null }), 'mac-missing'],
    ['a key in the clear', withContainer({ privateKeyInClear: true }), 'private-key-unencrypted'],
    ['300,000 iterations', iterations(300_000, 900_000), ''],
    ['300,001 iterations', iterations(300_001, 900_000), 'iterations-high'],
    ['1,000,000 in all', iterations(1, 1_000_000), ''],
    ['1,000,001 in all', iterations(1, 1_000_001), 'iterations-high'],
    ['no password', withContainer({ passwordEmpty: true }), 'password-empty'],
    ['RC2', withContainer({ encryption: ['PBE-SHA1-RC2-40'] }), 'encryption-legacy'],
    ['3DES', withContainer({ encryption: ['PBE-SHA1-3DES'] }), 'encryption-legacy'],
    ['3DES under PBES2', withContainer({ encryption: ['PBES2-3DES-CBC'] }), 'encryption-legacy'],
    ['AES', withContainer({ encryption: ['PBES2-AES-256-CBC'] }), 'encryption-modern'],
    [
      'both',
      withContainer({ encryption: ['PBE-SHA1-3DES', 'PBES2-AES-256-CBC'] }),
      'encryption-legacy, encryption-modern',
    ],
    ['a byte too many', withContainer({ trailingBytes: 1 }), 'trailing-bytes'],
  ])('%s', (_, subject, list, facts) => {
    const found = check(subject, facts);
    const expected = list === '' ? [] : list.split(', ');
    expect(found.map(({ code }) => code)).toEqual(expected);
    // The levels are those that `mfa-cli help findings` tells.
    for (const { code, level } of found) expect(meanings[code]).toMatch(new RegExp(`^${level}: `));
    expect(themes.flatMap((theme) => theme(subject, { now, ...facts }))).toHaveLength(expected.length);
    expect(hasErrors(found)).toBe(found.some(({ level }) => level === 'error'));
  });
});

test('all findings are reported, errors first, then warnings, then infos', () => {
  const everything: PushIdentity = {
    ...identity,
    paired: false,
    identities: 2,
    certificate: {
      ...certificate,
      kind: 'development-push',
      topics: [],
      environments: ['sandbox'],
      notAfter: days(-1),
      issuerCommonName: 'x',
      publicKey: { type: 'RSA', bits: 1024 },
    },
    container: {
      ...container,
      mac: null,
      encryption: ['PBE-SHA1-3DES', 'PBES2-AES-128-CBC'],
      privateKeyInClear: true,
      iterations: { highest: 600_000, total: 600_000 },
      trailingBytes: 2,
      passwordEmpty: true,
    },
  };
  const facts: Partial<CheckFacts> = {
    topic: 'a',
    environment: 'production',
    previous: { fingerprint: 'cc', notAfter: days(1) },
  };
  expect(codes(everything, facts)).toEqual([
    'error key-mismatch',
    'error several-identities',
    'error topic-missing',
    'error topic-mismatch',
    'error environment-mismatch',
    'error certificate-expired',
    'error replaces-later-certificate',
    'error key-too-weak',
    'warning sandbox-only',
    'warning issuer-not-apple',
    'warning mac-missing',
    'warning private-key-unencrypted',
    'warning iterations-high',
    'warning password-empty',
    'info encryption-legacy',
    'info encryption-modern',
    'info trailing-bytes',
  ]);
  for (const { message, hint } of check(everything, facts)) {
    expect(message).toMatch(/^[A-Z0-9“].*\.$/);
    expect(hint).toMatch(/^[A-Z].*\.$/);
  }
});

describe('what the sentences say', () => {
  test.each<Row>([
    [
      'the date',
      withLeaf({ notAfter: new Date('2026-12-31T23:00:00Z') }),
      'The certificate expired on 2026-12-31.',
    ],
    ['the days', withLeaf({ notAfter: days(1, 5) }), 'The certificate expires on 2027-01-02, in 1 day.'],
    [
      'the topics',
      identity,
      'The certificate does not include the topic x. Its topics: com.example.app, com.example.app.voip.',
      { topic: 'x' },
    ],
    ...Object.entries({
      'voip-push': 'a VoIP push certificate',
      'mdm-push': 'an MDM push certificate',
      'pass-type': 'a Wallet pass certificate',
      'website-push': 'a website push certificate',
    }).map(
      ([kind, words]): Row => [
        kind,
        withLeaf({ kind: kind as Certificate['kind'] }),
        `“${certificate.commonName}” is ${words}, which cannot send alerts to an app.`,
      ],
    ),
    ...Object.entries({
      distribution: 'a distribution certificate, which signs apps',
      development: 'a development certificate, which signs apps',
      other: 'not an Apple push certificate',
    }).map(
      ([kind, words]): Row => [
        kind,
        withLeaf({ kind: kind as Certificate['kind'], commonName: null }),
        `The certificate is ${words}.`,
      ],
    ),
    [
      'another environment',
      production,
      'The certificate serves only production, not sandbox.',
      { environment: 'sandbox' },
    ],
    ['the day before', withLeaf({ notBefore: days(1) }), 'The certificate is not valid before 2027-01-02.'],
    ['several days', withLeaf({ notAfter: days(2) }), 'The certificate expires on 2027-01-03, in 2 days.'],
    [
      'the later certificate',
      identity,
      'The certificate set last for this key is valid until 2027-10-28, this one only until 2027-07-20.',
      { previous: { fingerprint: 'cc', notAfter: days(300) } },
    ],
    ['the strange issuer', issuedBy('X', 'Y'), 'The issuer is not a known Apple authority: C=US,O=Y,CN=X.'],
    [
      'the issuer that signs code',
      issuedBy(wwdr, 'Apple Inc.', 'G3'),
      'The issuer, Apple’s G3, issues code-signing certificates. G4 issues push certificates.',
    ],
    [
      'the old encryptions',
      withContainer({ encryption: ['PBE-SHA1-RC2-40', 'PBE-SHA1-3DES'] }),
      'The file is encrypted with PBE-SHA1-RC2-40 and PBE-SHA1-3DES, which some systems no longer read.',
    ],
    [
      'the new encryptions',
      withContainer({ encryption: ['PBES2-AES-128-CBC', 'PBES2-AES-256-CBC'] }),
      'The file is encrypted with PBES2-AES-128-CBC and PBES2-AES-256-CBC, which Windows Server 2016 and older cannot read.',
    ],
    ['a byte', withContainer({ trailingBytes: 1 }), '1 byte follows the PKCS #12 structure.'],
    ['bytes', withContainer({ trailingBytes: 2000 }), '2,000 bytes follow the PKCS #12 structure.'],
    [
      'the counts',
      iterations(600_000, 1_200_000),
      'The file has an iteration count of 600,000, and 1,200,000 in total.',
    ],
  ])('%s', (_, subject, expected, facts) => {
    expect(check(subject, facts).map(({ message }) => message)).toEqual([expected]);
  });
});

test('what is lacking is said', () => {
  const voip = withLeaf({ kind: 'voip-push', topics: [], environments: [] });
  expect(
    check(voip, { topic: 'x', environment: 'sandbox' })
      .map(({ message }) => message)
      .slice(2),
  ).toEqual([
    'The certificate does not include the topic x. Its topics: none.',
    'The certificate serves no environment, not sandbox.',
  ]);
  const both = withLeaf({ kind: 'mdm-push', environments: ['production', 'sandbox'] });
  const [, other] = check(both, { environment: 'other' as never });
  expect(other?.message).toBe('The certificate serves only production and sandbox, not other.');
});

test('what G3 is for', () => {
  const distribution = { kind: 'distribution', commonName: 'Apple Distribution: E', topics: [] } as const;
  const signsCode = withLeaf({ ...distribution, issuerOrganizationalUnit: 'G3', environments: [] });
  expect(check(signsCode)[0]?.message).toBe(
    '“Apple Distribution: E” is a distribution certificate, which signs apps. Its issuer, G3, issues code-signing certificates.',
  );
});

test('each encryption is named with its own', () => {
  const both = withContainer({ encryption: ['PBE-SHA1-3DES', 'PBES2-AES-256-CBC'] });
  expect(check(both).map(({ message }) => message.split(',')[0])).toEqual([
    'The file is encrypted with PBE-SHA1-3DES',
    'The file is encrypted with PBES2-AES-256-CBC',
  ]);
});

describe('the issuer by its signature', () => {
  const organization = ['2.5.4.10', 'Apple Inc.'] as const;
  const named = ['2.5.4.3', wwdr] as const;
  const keyId = {
    ...primitive(0, Buffer.from('5bd9fa1de79a1a0ba399762250863e91c85b77a8', 'hex')),
    tagClass: 0x80,
  };
  const authority = (unit: string, key = otherRsaKey) =>
    readCertificate(makeCertificate({ subject: [named, ['2.5.4.11', unit], organization] }, key)).certificate;
  const leaf = (unit: string) =>
    readCertificate(
      makeCertificate(
        {
          subject: [['0.9.2342.19200300.100.1.1', 'com.example.app']],
          issuer: [named, ['2.5.4.11', unit], organization],
          notAfter: '280101000000Z',
          extensions: [
            ['1.2.840.113635.100.6.3.2', make.null()],
            ['2.5.29.35', make.sequence(keyId)],
          ],
        },
        rsaKey,
        otherRsaKey,
      ),
    ).certificate;
  /** Apple’s own G6, and what it signed, as of an authority whose key the program does not know. */
  const later = { issuer: `CN=${wwdr},OU=G9,O=Apple Inc.`, issuerOrganizationalUnit: 'G9' };
  const rooted = { ...certificate, der: readFileSync(applePath('g6.cer')), subject: later.issuer };
  const otherKey = ['The issuer has the name of Apple’s G4 but a different key.'];
  const didNot = ['The authority in the file did not sign the certificate.'];
  const unknown = [
    `The issuer has the name of an Apple authority, but no known key: CN=${wwdr},OU=G9,O=Apple Inc..`,
  ];

  test.each<[string, Certificate, Certificate[], string[]]>([
    ['the name and key identifier of G4 alone', leaf('G4'), [], otherKey],
    ['an issuer that signed it, with the name of G4', leaf('G4'), [authority('G4')], otherKey],
    ['G6, which signed it', certificate, [], []],
    ['G6, which signed it, in the file', certificate, [{ ...rooted, subject: certificate.issuer }], []],
    ['an issuer that cannot be read', leaf('G6'), [{ ...authority('G6'), der: new Uint8Array(3) }], didNot],
    ['an issuer that did not sign it', leaf('G6'), [authority('G6', rsaKey)], didNot],
    ['an issuer of another name', certificate, [authority('G5', rsaKey)], []],
    ['an unknown issuer', { ...certificate, ...later }, [], unknown],
    ['an unknown issuer that Apple’s root signed', { ...certificate, ...later }, [rooted], []],
    ['an unknown issuer that signed it, without a root', leaf('G9'), [authority('G9')], unknown],
  ])('%s', (_, certificateOfTest, chain, expected) => {
    const findings = check({ ...identity, certificate: certificateOfTest, chain });
    expect(findings.map(({ message }) => message)).toEqual(expected);
  });

  test.each([
    ['G1', '88271709a9b618608becebbaf64759c55254a3b7'],
    ['G4', '5bd9fa1de79a1a0ba399762250863e91c85b77a8'],
    ['G6', '3f2f942351d350c99a283dedb07ce5cfa5906299'],
  ])('the key of %s is the one whose identifier Apple’s certificates name', (name, identifier) => {
    const spki = Buffer.from(authorities.find((each) => each.name === name)?.publicKey ?? '', 'base64');
    const bits = spki.subarray(spki.length > 200 ? 24 : 23);
    expect(createHash('sha1').update(bits).digest('hex')).toBe(identifier);
  });
});

test.each([
  [0, 0, 0],
  [1, 0, 1],
  [1, -1, 0],
  [0, -1, -1],
  [-1, 0, -1],
  [-2, 1, -1],
  [-3, -2_592_000, -3],
  [4, -1, 3],
])('%i days and %i ms are %i days left', (count, milliseconds, expected) => {
  expect(daysLeft(days(count, milliseconds), now)).toBe(expected);
});

const of = (...levels: readonly FindingLevel[]): readonly Finding[] =>
  levels.map((level) => ({ code: 'mac-missing', level, message: 'It has none.', hint: 'Export it again.' }));

test.each<readonly [FindingLevel[], from: 'error' | 'warning', boolean]>([
  [[], 'warning', false],
  [['info'], 'warning', false],
  [['info', 'warning'], 'warning', true],
  [['info', 'warning'], 'error', false],
  [['info', 'error'], 'warning', true],
  [['info', 'error'], 'error', true],
])('among %j something is of the level %s, or worse: %s', (levels, from, there) => {
  expect(hasLevel(of(...levels), from)).toBe(there);
});

test('only errors are errors', () => {
  expect(hasErrors(of('info', 'warning'))).toBe(false);
  expect(hasErrors(of('info', 'error'))).toBe(true);
});

test('a blank at the end of a topic is seen', () => {
  const [{ message = '' } = {}] = check(identity, { topic: 'com.example.app ' });
  expect(message).toContain('does not include the topic "com.example.app ".');
});
