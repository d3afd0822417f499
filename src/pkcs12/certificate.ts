import { hash, type KeyObject, X509Certificate } from 'node:crypto';
import { orNull } from '../errors/cli-error.ts';
import { spelledOut } from '../text/printable.ts';
import { bundleId, certificateKind, environments, listIn, type Marks, topics } from './apple.ts';
import {
  type Asn1,
  bitString,
  children,
  explicit,
  implicitOctets,
  isContext,
  Malformed,
  octets,
  oid,
  parse,
  tag,
  text,
  wellFormed,
} from './asn1.ts';
import { judgeCurve } from './key.ts';
import { judgeLength } from './limits.ts';
import type { Certificate } from './model.ts';

/**
 * One attribute of a Name: `CN`, `UID`, or the object identifier where it has no short
 * name (RFC 4514 §3).
 */
export interface NameAttribute {
  readonly name: string;
  readonly value: string;
}

const shortNames: Readonly<Record<string, string>> = {
  '0.9.2342.19200300.100.1.1': 'UID',
  '0.9.2342.19200300.100.1.25': 'DC',
  '1.2.840.113549.1.9.1': 'emailAddress',
  '2.5.4.3': 'CN',
  '2.5.4.4': 'SN',
  '2.5.4.5': 'serialNumber',
  '2.5.4.6': 'C',
  '2.5.4.7': 'L',
  '2.5.4.8': 'ST',
  '2.5.4.9': 'STREET',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
  '2.5.4.12': 'title',
  '2.5.4.42': 'GN',
};

/** Reads a Name (RFC 5280 §4.1.2.4) in the order of the file. @throws {Malformed} */
export function readName(node: Asn1 | undefined): NameAttribute[] {
  return children(node).flatMap((relative) =>
    children(relative, tag.set).map((attribute) => {
      const [type, value] = children(attribute);
      const id = oid(type);
      return { name: shortNames[id] ?? id, value: text(value) ?? '' };
    }),
  );
}

/**
 * A Name as one line, escaped as RFC 4514 §2.4 asks; so are control characters, so that
 * no terminal obeys them.
 */
export function formatName(attributes: readonly NameAttribute[]): string {
  return attributes.map(({ name, value }) => `${name}=${escaped(value)}`).join(',');
}

/** The value of the first attribute of that name, or null. */
function attribute(attributes: readonly NameAttribute[], name: string): string | null {
  return attributes.find((candidate) => candidate.name === name)?.value ?? null;
}

function escaped(value: string): string {
  return value
    .replace(/["+,;<>\\]|^[ #]| $/g, '\\$&')
    .replace(/\p{Cc}/gu, (control) =>
      Buffer.from(control, 'utf8').toString('hex').replace(/../g, '\\$&'),
    );
}

export interface ReadCertificate {
  readonly certificate: Certificate;
  /** As text; null if Node.js cannot read the key. */
  readonly publicKey: string | null;
  readonly isAuthority: boolean;
}

const authorityKeyIdentifier = '2.5.29.35';
const extendedKeyUsage = '2.5.29.37';
const teamId = /^[A-Z0-9]{10}$/;
/** The size limit: Apple's take 1.7 KiB, one with a thousand names 30 KiB. */
const maxBytes = 65_536;

/**
 * Reads an X.509 certificate (RFC 5280 §4.1) and Apple's extensions.
 * @throws {Malformed}
 */
export function readCertificate(der: Uint8Array): ReadCertificate {
  judgeLength('certificate', der, maxBytes);
  const fields = children(children(parse(der))[0]);
  const [, , issuerNode, , subjectNode, keyNode] = isContext(fields[0], 0)
    ? fields.slice(1)
    : fields;
  const [algorithm, point] = children(keyNode);
  judgeCurve(children(algorithm)[1], point);
  const x509 = wellFormed('no X.509 certificate', () => new X509Certificate(der));
  const subject = readName(subjectNode);
  const issuer = readName(issuerNode);
  const extensions = readExtensions(fields);
  const marks: Marks = {
    extensions,
    extendedKeyUsage: listIn(extensions.get(extendedKeyUsage)).map((purpose) => oid(purpose)),
    commonName: attribute(subject, 'CN'),
    userId: attribute(subject, 'UID'),
  };
  const kind = certificateKind(marks);
  const bundle = bundleId(kind, marks);
  const key = orNull(() => x509.publicKey);
  const organization = attribute(subject, 'O');
  const [keyId] = listIn(extensions.get(authorityKeyIdentifier));
  const certificate: Certificate = {
    der,
    subject: formatName(subject),
    issuer: formatName(issuer),
    // Without control characters a name cannot control the terminal that shows it.
    commonName: marks.commonName && spelledOut(marks.commonName),
    issuerCommonName: attribute(issuer, 'CN'),
    issuerOrganizationalUnit: attribute(issuer, 'OU'),
    kind,
    bundleId: bundle && spelledOut(bundle),
    teamId: subject.find(({ name, value }) => name === 'OU' && teamId.test(value))?.value ?? null,
    organization: organization && spelledOut(organization),
    topics: topics(kind, marks).map(spelledOut),
    environments: environments(marks),
    serialNumber: x509.serialNumber.toLowerCase(),
    notBefore: date(x509.validFrom),
    notAfter: date(x509.validTo),
    fingerprint: hash('sha256', der),
    fingerprintSha1: hash('sha1', der),
    authorityKeyId: isContext(keyId, 0) ? Buffer.from(implicitOctets(keyId)).toString('hex') : null,
    publicKey: describeKey(key, keyNode),
  };
  return {
    certificate,
    publicKey: key === null ? null : publicKeyIdentity(key),
    isAuthority: x509.ca,
  };
}

/** A public key as text: equal texts mean the same key. */
export function publicKeyIdentity(key: KeyObject): string {
  // A JWK is cheap; SubjectPublicKeyInfo loads OpenSSL's encoders, about 2 ms the first
  // time.
  if (key.asymmetricKeyType === 'rsa') return JSON.stringify(key.export({ format: 'jwk' }));
  return key.export({ type: 'spki', format: 'der' }).toString('base64');
}

const keyTypes: Readonly<Record<string, string>> = {
  rsa: 'RSA',
  'rsa-pss': 'RSA-PSS',
  ec: 'EC',
  dsa: 'DSA',
  ed25519: 'Ed25519',
};

/** `RSA` and 2048, `EC` and the bits of its curve. */
function describeKey(key: KeyObject | null, node: Asn1 | undefined): Certificate['publicKey'] {
  const type = key?.asymmetricKeyType;
  if (key === null || type === undefined) return { type: 'unknown', bits: null };
  return {
    type: keyTypes[type] ?? type,
    bits: type.startsWith('rsa') ? modulusBits(node) : keyBits(key),
  };
}

/**
 * For an RSA key Node.js also converts the exponent to a number, which takes time
 * quadratic in its length.
 */
function modulusBits(node: Asn1 | undefined): number {
  const [modulus] = children(parse(bitString(children(node)[1])));
  const bytes = typeof modulus?.value === 'string' ? modulus.value.replace(/^\0+/, '') : '';
  return bytes === '' ? 0 : 8 * bytes.length - Math.clz32(bytes.charCodeAt(0)) + 24;
}

function keyBits(key: KeyObject): number | null {
  const { modulusLength, namedCurve } = key.asymmetricKeyDetails ?? {};
  const curveBits = namedCurve?.match(/\d{3}/)?.[0];
  return modulusLength ?? (curveBits === undefined ? null : Number(curveBits));
}

function readExtensions(fields: readonly Asn1[]): Map<string, Uint8Array> {
  const wrapped = fields.find((field) => isContext(field, 3));
  const list = wrapped === undefined ? [] : children(explicit(wrapped, 3));
  return new Map(
    list.map((extension) => {
      const parts = children(extension);
      return [oid(parts[0]), octets(parts.at(-1))];
    }),
  );
}

function date(text: string): Date {
  const value = new Date(text);
  if (Number.isNaN(value.getTime())) throw new Malformed('no such date');
  return value;
}
