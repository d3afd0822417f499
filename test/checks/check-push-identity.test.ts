import { expect, test } from 'vitest';
import { checkPushIdentity } from '../../src/checks/check-push-identity.ts';
import {
  type CheckFacts,
  type Finding,
  type FindingLevel,
  hasErrors,
  hasLevel,
} from '../../src/checks/finding.ts';
import { daysLeft } from '../../src/checks/validity.ts';
import { make } from '../../src/pkcs12/asn1.ts';
import { readCertificate } from '../../src/pkcs12/certificate.ts';
import type { Certificate, Container, PushIdentity } from '../../src/pkcs12/model.ts';
import { meanings } from '../../src/reference/topics/findings.ts';
import { certificate as makeCertificate, otherRsaKey, primitive, rsaKey } from '../pkcs12/build.ts';

const now = new Date('2027-01-01T12:00:00Z');
const days = (count: number, milliseconds = 0) => new Date(now.getTime() + count * 86_400_000 + milliseconds);
const g4 = 'CN=Apple Worldwide Developer Relations Certification Authority,OU=G4,O=Apple Inc.,C=US';

const g1 = { issuerOrganizationalUnit: 'Apple Worldwide Developer Relations' };

const certificate: Certificate = {
  der: new Uint8Array(),
  subject: 'UID=com.example.app,CN=Apple Push Services: com.example.app',
  issuer: g4,
  commonName: 'Apple Push Services: com.example.app',
  issuerCommonName: 'Apple Worldwide Developer Relations Certification Authority',
  issuerOrganizationalUnit: 'G4',
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
  authorityKeyId: '5bd9fa1de79a1a0ba399762250863e91c85b77a8',
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
const iterations = (highest: number, total: number) => withContainer({ iterations: { highest, total } });
const issuedBy = (issuerCommonName: string, organization = 'Apple Inc.', unit: string | null = null) =>
  withLeaf({
    issuer: `C=US,O=${organization},CN=${issuerCommonName}`,
    issuerCommonName,
    issuerOrganizationalUnit: unit,
  });

type Row = readonly [string, PushIdentity, Partial<CheckFacts>?];

const wwdr = 'Apple Worldwide Developer Relations Certification Authority';
const sandbox = withLeaf({ kind: 'development-push', environments: ['sandbox'] });
const production = withLeaf({ kind: 'production-push', environments: ['production'] });
const unpaired: PushIdentity = { ...identity, paired: false, identities: 0 };
const ofKind = (kind: Certificate['kind'], topics = certificate.topics) =>
  withLeaf({ kind, topics, environments: [] });
const previous = (notAfter: Date, fingerprint = 'cc') => ({ previous: { fingerprint, notAfter } });

const organization = ['2.5.4.10', 'Apple Inc.'] as const;
const wwdrName = ['2.5.4.3', 'Apple Worldwide Developer Relations Certification Authority'] as const;
const g4Fingerprint = 'ea4757885538dd8cb59ff4556f676087d83c85e70902c122e42c0808b5bce14c';
const keyId = {
  ...primitive(0, Buffer.from('5bd9fa1de79a1a0ba399762250863e91c85b77a8', 'hex')),
  tagClass: 0x80,
};
const authority = (unit: string, key = otherRsaKey) =>
  readCertificate(makeCertificate({ subject: [wwdrName, ['2.5.4.11', unit], organization] }, key))
    .certificate;
const leaf = (unit: string) =>
  readCertificate(
    makeCertificate(
      {
        subject: [['0.9.2342.19200300.100.1.1', 'com.example.app']],
        issuer: [wwdrName, ['2.5.4.11', unit], organization],
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
  ['issued by G1', withLeaf({ ...g1, authorityKeyId: '88271709a9b618608becebbaf64759c55254a3b7' })],
  ['issued by another G1', withLeaf(g1)],
  ['issued by G6', issuedBy(wwdr, 'Apple Inc.', 'G6')],
  ['issued by G3', issuedBy(wwdr, 'Apple Inc.', 'G3')],
  ['issued for MDM', issuedBy('Apple Application Integration 2 Certification Authority')],
  ['issued by another', issuedBy('LAB Worldwide Developer Relations CA')],
  ['issued by another organization', issuedBy(wwdr, 'Apple Inc.x')],
  ['issued by an organization with a comma', issuedBy(wwdr, 'x\\,O=Apple Inc.')],
  ['issued for MDM, the first', issuedBy('Apple Application Integration Certification Authority')],
  ['issued for MDM, a later one', issuedBy('Apple Application Integration 12 Certification Authority')],
  ['issued by a generation', issuedBy('Apple Application Integration 2 Certification Authority - G1')],
  ['issued by a later one', issuedBy('Apple Application Integration 2 Certification Authority - G12')],
  ...[
    'Not Apple Worldwide Developer Relations Certification Authority',
    'Apple Worldwide Developer Relations Certification Authority X',
    'Apple Application Integration X Certification Authority',
    'Apple Application Integration 2 Certification Authority - GX',
    'Apple Something Certification Authority',
  ].map((name): Row => [`issued by "${name}"`, issuedBy(name)]),
  ['issued by an organization that comes first', withLeaf({ issuer: 'O=Apple Inc.,CN=x' })],
  ['issued by the name alone', withLeaf({ issuerCommonName: null })],
  ['issued by another G4', withLeaf({ authorityKeyId: '00' })],
  ['issued by a G4 without a key identifier', withLeaf({ authorityKeyId: null })],
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
  ['two new encryptions', withContainer({ encryption: ['PBES2-AES-128-CBC', 'PBES2-AES-256-CBC'] })],
  ['bytes too many', withContainer({ trailingBytes: 2000 })],
  ['many iterations', iterations(600_000, 1_200_000)],
  // The issuer by its signature, where it is in the file.
  ['an issuer by its name alone', signedBy(leaf('G4'))],
  ['G4 itself, which signed it', signedBy(leaf('G4'), { ...authority('G4'), fingerprint: g4Fingerprint })],
  [
    'G4 itself beside another that signed it',
    signedBy(leaf('G4'), authority('G4'), { ...authority('G4'), fingerprint: g4Fingerprint }),
  ],
  ['an issuer that cannot be read', signedBy(leaf('G6'), { ...authority('G6'), der: new Uint8Array(3) })],
  ['an issuer that signed it', signedBy(leaf('G6'), authority('G6'))],
  ['an issuer that did not sign it', signedBy(leaf('G6'), authority('G6', rsaKey))],
  ['one that did beside one that did not', signedBy(leaf('G6'), authority('G6', rsaKey), authority('G6'))],
  ['an issuer of another name', signedBy(leaf('G6'), authority('G5', rsaKey))],
  ['an issuer that signed it, with the name of G4', signedBy(leaf('G4'), authority('G4'))],
  ['everything at once: errors first, then warnings, then infos', everything, allFacts],
];

test('the findings of a file, in words', async () => {
  const told = rows.map(([name, subject, facts]) => {
    const found = checkPushIdentity(subject, { now, ...facts });
    expect(hasErrors(found)).toBe(found.some(({ level }) => level === 'error'));
    for (const { code, level, message, hint } of found) {
      // The levels are those that `mfa-cli help findings` tells.
      expect(meanings[code]).toMatch(new RegExp(`^${level}: `));
      expect(message).toMatch(/^[A-Z0-9“].*\.$/);
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
