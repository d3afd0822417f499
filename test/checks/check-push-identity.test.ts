import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { authorities } from '../../src/checks/apple-authorities.ts';
import type { CheckFacts } from '../../src/checks/check.ts';
import { checkPushIdentity } from '../../src/checks/check-push-identity.ts';
import { type Finding, type FindingLevel, hasErrors, hasLevel } from '../../src/checks/finding.ts';
import { daysLeft } from '../../src/checks/validity.ts';
import { make } from '../../src/pkcs12/asn1.ts';
import { readCertificate } from '../../src/pkcs12/certificate.ts';
import type { Certificate, Container, PushIdentity } from '../../src/pkcs12/model.ts';
import { certificate as makeCertificate, otherRsaKey, primitive, rsaKey } from '../pkcs12/build.ts';
import { applePath } from '../support/apple-fixtures.ts';

const now = new Date('2027-01-01T12:00:00Z');
const days = (count: number, milliseconds = 0) =>
  new Date(now.getTime() + count * 86_400_000 + milliseconds);
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
  organization: null,
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
  path: 'cert.p12',
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
const iterations = (highest: number, total: number) =>
  withContainer({ iterations: { highest, total } });
const issuedBy = (
  issuerCommonName: string,
  organization = 'Apple Inc.',
  unit: string | null = null,
) =>
  withLeaf({
    issuer: `C=US,O=${organization},CN=${issuerCommonName}`,
    issuerCommonName,
    issuerOrganizationalUnit: unit,
  });

type Row = readonly [string, PushIdentity, Partial<CheckFacts>?];

const sandbox = withLeaf({ kind: 'development-push', environments: ['sandbox'] });
const production = withLeaf({ kind: 'production-push', environments: ['production'] });
const unpaired: PushIdentity = { ...identity, paired: false, identities: 0 };
const ofKind = (kind: Certificate['kind'], topics = certificate.topics) =>
  withLeaf({ kind, topics, environments: [] });
const previous = (notAfter: Date, fingerprint = 'cc') => ({ previous: { fingerprint, notAfter } });

const organization = ['2.5.4.10', 'Apple Inc.'] as const;
const named = ['2.5.4.3', wwdr] as const;
const keyId = {
  ...primitive(0, Buffer.from('5bd9fa1de79a1a0ba399762250863e91c85b77a8', 'hex')),
  tagClass: 0x80,
};
const authority = (unit: string, key = otherRsaKey) =>
  readCertificate(makeCertificate({ subject: [named, ['2.5.4.11', unit], organization] }, key))
    .certificate;
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

const signedBy = (leafCertificate: Certificate, ...chain: Certificate[]): PushIdentity => ({
  ...identity,
  certificate: leafCertificate,
  chain,
});

/** Apple’s own G6, and what it signed, as of an authority whose key the program does not know. */
const later = { issuer: `CN=${wwdr},OU=G9,O=Apple Inc.`, issuerOrganizationalUnit: 'G9' };
const rooted = { ...certificate, der: readFileSync(applePath('g6.cer')), subject: later.issuer };

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
const allFacts: Partial<CheckFacts> = {
  topic: 'a',
  environment: 'production',
  previous: { fingerprint: 'cc', notAfter: days(1) },
};

/** Each finding on both sides of its boundary, and what the sentences say. */
const rows: readonly Row[] = [
  ['nothing to find', identity],
  ['no key', { ...unpaired, privateKey: null }],
  ['no certificate', { ...unpaired, certificate: null }],
  ['neither', { ...unpaired, certificate: null, privateKey: null }],
  ['a key of another certificate', unpaired],
  ['two identities', { ...identity, identities: 2 }],
  ['a distribution certificate', ofKind('distribution', [])],
  ['a development certificate', ofKind('development', [])],
  ['any other', ofKind('other', [])],
  ['VoIP', ofKind('voip-push')],
  ['MDM', ofKind('mdm-push')],
  ['a pass', ofKind('pass-type')],
  ['a website', ofKind('website-push')],
  ['production only', production],
  ['sandbox only', sandbox],
  ['a topic of it', identity, { topic: 'com.example.app.voip' }],
  ['a topic of another', identity, { topic: 'com.example.ap' }],
  ['a topic in other letters', identity, { topic: 'com.example.App' }],
  ['no topic in it', withLeaf({ topics: [] })],
  ['no topic in it, one asked for', withLeaf({ topics: [] }), { topic: 'a' }],
  ['production asked for and served', identity, { environment: 'production' }],
  ['sandbox asked for and served', identity, { environment: 'sandbox' }],
  ['production asked for, sandbox served', sandbox, { environment: 'production' }],
  ['sandbox asked for, production served', production, { environment: 'sandbox' }],
  ['the last millisecond', withLeaf({ notAfter: now })],
  ['the millisecond after', withLeaf({ notAfter: days(0, -1) })],
  ['30 days left', withLeaf({ notAfter: days(31, -1) })],
  ['31 days left', withLeaf({ notAfter: days(31) })],
  ['the first millisecond', withLeaf({ notBefore: now })],
  ['the millisecond before', withLeaf({ notBefore: days(0, 1) })],
  ['a later one set before', identity, previous(days(201))],
  ['a later one of the same day set before', identity, previous(days(200, 1))],
  ['within the days that were asked for', withLeaf({ notAfter: days(45) }), { warnDays: 45 }],
  ['beyond the days that were asked for', withLeaf({ notAfter: days(31) }), { warnDays: 30 }],
  ['one as late set before', identity, previous(days(200))],
  ['itself set before', identity, previous(days(300), 'aa')],
  ['2047 bits', withLeaf({ publicKey: { type: 'RSA', bits: 2047 } })],
  ['a key whose bits nobody says', withLeaf({ publicKey: { type: 'RSA', bits: null } })],
  ['4096 bits', withLeaf({ publicKey: { type: 'RSA', bits: 4096 } })],
  ['an elliptic curve', withLeaf({ publicKey: { type: 'EC', bits: 256 } })],
  ['issued by G6', issuedBy(wwdr, 'Apple Inc.', 'G6')],
  ...['Apple Worldwide Developer Relations', 'G3', 'G4', 'G5', 'G7', 'G8', 'G9', '', null].map(
    (unit): Row => [`issued by ${unit} by name`, issuedBy(wwdr, 'Apple Inc.', unit)],
  ),
  ...['', ' 2', ' 12'].map((number): Row => {
    const name = `Apple Application Integration${number} Certification Authority`;
    return [
      `issued for MDM by${number} by name`,
      issuedBy(name, 'Apple Inc.', 'Apple Certification Authority'),
    ];
  }),
  ['issued by another', issuedBy('LAB Worldwide Developer Relations CA')],
  ['issued by another organization', issuedBy(wwdr, 'Apple Inc.x')],
  ['issued by an organization with a comma', issuedBy(wwdr, 'x\\,O=Apple Inc.')],
  ...[
    'Not Apple Worldwide Developer Relations Certification Authority',
    'Apple Worldwide Developer Relations Certification Authority X',
    'Apple Application Integration X Certification Authority',
    'Apple Application Integration 2 Certification Authority - GX',
    'Apple Something Certification Authority',
  ].map((name): Row => [`issued by "${name}"`, issuedBy(name)]),
  ['issued by an organization that comes first', withLeaf({ issuer: 'O=Apple Inc.,CN=x' })],
  ['issued by the name alone', withLeaf({ issuerCommonName: null })],
  ['issued by G6 without a key identifier', withLeaf({ authorityKeyId: null })],
  ['issued by nobody', withLeaf({ issuer: '', issuerCommonName: null })],
  ['no MAC', withContainer({ mac: null })],
  ['a key in the clear', withContainer({ privateKeyInClear: true })],
  ['300,000 iterations', iterations(300_000, 900_000)],
  ['300,001 iterations', iterations(300_001, 900_000)],
  ['1,000,000 in all', iterations(1, 1_000_000)],
  ['1,000,001 in all', iterations(1, 1_000_001)],
  ['no password', withContainer({ passwordEmpty: true })],
  ['RC2', withContainer({ encryption: ['PBE-SHA1-RC2-40'] })],
  ['3DES', withContainer({ encryption: ['PBE-SHA1-3DES'] })],
  ['3DES under PBES2', withContainer({ encryption: ['PBES2-3DES-CBC'] })],
  ['AES', withContainer({ encryption: ['PBES2-AES-256-CBC'] })],
  ['both', withContainer({ encryption: ['PBE-SHA1-3DES', 'PBES2-AES-256-CBC'] })],
  ['a byte too many', withContainer({ trailingBytes: 1 })],

  ['several days left', withLeaf({ notAfter: days(2) })],
  ['one day left', withLeaf({ notAfter: days(1, 5) })],
  ['the day before', withLeaf({ notBefore: days(1) })],
  [
    'a certificate without a name',
    withLeaf({ kind: 'distribution', commonName: null, topics: [], environments: [] }),
  ],
  [
    'a distribution certificate that G3 issued',
    withLeaf({
      kind: 'distribution',
      commonName: 'Apple Distribution: E',
      issuerOrganizationalUnit: 'G3',
      environments: [],
      topics: [],
    }),
  ],
  ['a blank at the end of a topic', identity, { topic: 'com.example.app ' }],
  [
    'VoIP without topics and environments',
    withLeaf({ kind: 'voip-push', topics: [], environments: [] }),
    { topic: 'x', environment: 'sandbox' },
  ],
  [
    'another environment than both',
    withLeaf({ kind: 'mdm-push', environments: ['production', 'sandbox'] }),
    { environment: 'other' as never },
  ],
  ['two old encryptions', withContainer({ encryption: ['PBE-SHA1-RC2-40', 'PBE-SHA1-3DES'] })],
  [
    'two new encryptions',
    withContainer({ encryption: ['PBES2-AES-128-CBC', 'PBES2-AES-256-CBC'] }),
  ],
  ['bytes too many', withContainer({ trailingBytes: 2000 })],
  ['many iterations', iterations(600_000, 1_200_000)],
  // The issuer by its signature.
  ['the name and key identifier of G4 alone', signedBy(leaf('G4'))],
  ['an issuer that signed it, with the name of G4', signedBy(leaf('G4'), authority('G4'))],
  [
    'G6, which signed it, in the file',
    signedBy(certificate, { ...rooted, subject: certificate.issuer }),
  ],
  [
    'an issuer that cannot be read',
    signedBy(leaf('G6'), { ...authority('G6'), der: new Uint8Array(3) }),
  ],
  ['an issuer that did not sign it', signedBy(leaf('G6'), authority('G6', rsaKey))],
  [
    'an issuer that signed it, behind one of its name that did not',
    signedBy(
      { ...certificate, ...later },
      { ...authority('G9', rsaKey), subject: later.issuer, fingerprint: 'dd' },
      rooted,
    ),
  ],
  ['an issuer of another name', signedBy(certificate, authority('G5', rsaKey))],
  ['an unknown issuer', signedBy({ ...certificate, ...later })],
  ['an unknown issuer that Apple’s root signed', signedBy({ ...certificate, ...later }, rooted)],
  ['an unknown issuer that signed it, without a root', signedBy(leaf('G9'), authority('G9'))],
  ['everything at once: errors first, then warnings, then infos', everything, allFacts],
];

test('the findings of a file, in words', async () => {
  const told = rows.map(([name, subject, facts]) => {
    const found = checkPushIdentity(subject, { now, ...facts });
    expect(hasErrors(found)).toBe(found.some(({ level }) => level === 'error'));
    for (const { message, hint } of found) {
      expect(message).toMatch(/^[A-Z0-9"].*\.$/);
      expect(hint).toMatch(/^[A-Z].*\.$/);
    }
    const lines = found.map(
      ({ code, level, message, hint }) => `  ${level} ${code}: ${message}\n    ${hint}\n`,
    );
    return `${name}\n${lines.join('')}`;
  });
  await expect(told.join('')).toMatchFileSnapshot('../golden/findings.txt');
});

test.each([
  ['G1', '88271709a9b618608becebbaf64759c55254a3b7'],
  ['G4', '5bd9fa1de79a1a0ba399762250863e91c85b77a8'],
  ['G6', '3f2f942351d350c99a283dedb07ce5cfa5906299'],
])('the key of %s is the one whose identifier Apple’s certificates name', (name, identifier) => {
  const spki = Buffer.from(
    authorities.find((each) => each.name === name)?.publicKey ?? '',
    'base64',
  );
  const bits = spki.subarray(spki.length > 200 ? 24 : 23);
  expect(createHash('sha1').update(bits).digest('hex')).toBe(identifier);
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
  levels.map((level) => ({
    code: 'mac-missing',
    level,
    message: 'It has none.',
    hint: 'Export it again.',
  }));

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
