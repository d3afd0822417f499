import {
  type Asn1,
  isContext,
  isUniversal,
  Malformed,
  oid,
  parsePrefix,
  tag,
  toBinary,
} from './asn1.ts';

const pkcs7 = '1.2.840.113549.1.7.';
const pkcs5 = '1.2.840.113549.1.5.';
const pkcs12Pbe = '1.2.840.113549.1.12.1.';
export const certificateInDer = 'a certificate without its private key (DER)';
const requestWords = 'a certificate signing request';
const withoutCertificate = 'without its certificate';
const convertedWords = 'a binary file that was converted to text in transit';
const emptyWords = 'is empty';
const webPageWords = 'a web page (HTML)';
const provisioningWords = 'a provisioning profile (.mobileprovision)';
const base64Words = 'base64 text';

/**
 * The kind of a DER file that is not a PFX, by the types of its first fields; null:
 * unknown.
 */
export function derAppearance(bytes: Uint8Array): string | null {
  try {
    return appearanceOf(childrenOf(parsePrefix(bytes).node));
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

/** @throws {Malformed} */
function appearanceOf([first, second, third]: readonly Asn1[]): string | null {
  const version = isUniversal(first, tag.integer);
  if (isUniversal(first, tag.oid) && oid(first).startsWith(pkcs7))
    return 'PKCS #7 (certificates without a key)';
  if (version && isUniversal(second, tag.sequence) && isUniversal(third, tag.octetString))
    return `a private key (PKCS #8) ${withoutCertificate}`;
  if (version && (isUniversal(second, tag.integer) || isUniversal(second, tag.octetString)))
    return `a private key ${withoutCertificate}`;
  if (!isUniversal(first, tag.sequence)) return null;
  const [inner, , innerThird] = childrenOf(first);
  if (isUniversal(inner, tag.oid) && isUniversal(second, tag.octetString))
    return [pkcs5, pkcs12Pbe].some((prefix) => oid(inner).startsWith(prefix))
      ? `an encrypted private key (PKCS #8) ${withoutCertificate}`
      : null;
  if (!isUniversal(second, tag.sequence)) return null;
  if (isContext(inner, 0) || (isUniversal(inner, tag.integer) && childrenOf(first).length > 4))
    return certificateInDer;
  return isUniversal(inner, tag.integer) && isUniversal(innerThird, tag.sequence)
    ? requestWords
    : null;
}

function childrenOf(node: Asn1): readonly Asn1[] {
  return typeof node.value === 'string' ? [] : node.value;
}

/** The bytes from the start of a file that tell its kind. */
const headBytes = 65_536;
const version3 = '\x02\x01\x03';
const pkcs7Oids = '\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07';

/**
 * Whether the file starts as a PFX does (RFC 7292 §4), even if it is damaged or of
 * another version.
 */
export function beginsLikePfx(bytes: Uint8Array): boolean {
  const head = toBinary(bytes.subarray(0, 64));
  const length = bytes[1] ?? 0;
  const content = head.slice(length > 0x80 ? 2 + (length & 0x7f) : 2);
  if (!head.startsWith('0') || !content.startsWith('\x02')) return false;
  return content.startsWith(version3) || content.slice(0, 24).includes(pkcs7Oids);
}

/**
 * Whether a program changed the line breaks or bytes of a binary file as if it were text.
 */
export function looksConverted(bytes: Uint8Array): boolean {
  const head = toBinary(bytes.subarray(0, headBytes));
  const times = (part: string) => head.split(part).length - 1;
  const allLineFeeds = times('\n');
  if (allLineFeeds >= 4 && times('\r\n') === allLineFeeds) return true;
  return times('\xef\xbf\xbd') >= 4 || /^0\xc2[\x80-\x84]/.test(head);
}

/** Whether it is a signed property list with the members of a provisioning profile. */
function isProvisioningProfile(head: string): boolean {
  return (
    head.startsWith('0') &&
    head.includes('<plist') &&
    /<key>(?:AppIDName|ProvisionedDevices|TeamIdentifier|ProvisionsAllDevices)<\/key>/.test(head)
  );
}

/**
 * The kind of an unexpected file, as the predicate of a sentence: `is empty`,
 * `looks like a web page`.
 */
export function appearance(bytes: Uint8Array): string {
  if (bytes.length === 0) return emptyWords;
  const head = toBinary(bytes.subarray(0, headBytes));
  const withoutMark = head.startsWith('\xef\xbb\xbf') ? head.slice(3) : head;
  const looks =
    pemAppearance(head, bytes.length) ??
    (isProvisioningProfile(head) ? provisioningWords : null) ??
    firstThatMatches(starts, withoutMark) ??
    (looksConverted(bytes) ? convertedWords : null) ??
    (beginsLikePfx(bytes) ? 'a .p12 file' : null) ??
    derAppearance(bytes) ??
    firstThatMatches(wholes, withoutMark);
  return looks === null ? 'is binary data of an unknown kind' : `looks like ${looks}`;
}

/** The kinds that `appearance` names in one way. */
const kinds = [
  [requestWords, 'request'],
  [base64Words, 'base64'],
  [emptyWords, 'damaged'],
  [convertedWords, 'damaged'],
  [webPageWords, 'web-page'],
  [provisioningWords, 'provisioning-profile'],
] as const;

/**
 * For the hints: the kind of a file that is not a .p12, as it decides the next step: a
 * part of a push identity, Apple's other credential (`auth-key`), or a file to get again;
 * null: any other.
 */
export function wrongKind(bytes: Uint8Array) {
  const labels = pemLabels(toBinary(bytes.subarray(0, headBytes)));
  if (isAuthKey(labels, bytes.length)) return 'auth-key';
  const der = labels.length === 0 ? derAppearance(bytes) : null;
  const hasKey =
    der?.endsWith(withoutCertificate) || labels.some((label) => label.endsWith('PRIVATE KEY'));
  const hasCertificate =
    der === certificateInDer || labels.some((label) => label.endsWith('CERTIFICATE'));
  if (hasCertificate) return hasKey ? 'certificate-and-key' : 'certificate';
  if (hasKey) return 'key';
  const looks = appearance(bytes);
  return kinds.find(([words]) => looks.endsWith(words))?.[1] ?? null;
}

type Pattern = readonly [RegExp | string, words: string];

const starts: readonly Pattern[] = [
  [/^\s*(Bag Attributes|subject=|Key Attributes)/, 'PEM text'],
  [/^\s*(<!doctype|<html|<head|<body)/i, webPageWords],
  ['\xff\xfe', 'UTF-16 text'],
  ['\xfe\xff', 'UTF-16 text'],
  ['\xfe\xed\xfe\xed', 'a Java keystore (JKS)'],
  ['PK\x03\x04', 'a ZIP archive'],
];

const wholes: readonly Pattern[] = [
  [/^\s*M[\w+/-]{3}[\w+/\s-]*(=\s*){0,2}$/, base64Words],
  [/^[\t\r\n -~]+$/, 'text'],
];

function firstThatMatches(patterns: readonly Pattern[], head: string): string | null {
  const found = patterns.find(([pattern]) =>
    typeof pattern === 'string' ? head.startsWith(pattern) : pattern.test(head),
  );
  return found?.[1] ?? null;
}

const pemWords: Readonly<Record<string, string>> = {
  CERTIFICATE: 'a certificate',
  'TRUSTED CERTIFICATE': 'a certificate',
  'CERTIFICATE REQUEST': requestWords,
  'NEW CERTIFICATE REQUEST': requestWords,
  'PRIVATE KEY': 'a private key',
  'RSA PRIVATE KEY': 'a private key',
  'EC PRIVATE KEY': 'a private key',
  'ENCRYPTED PRIVATE KEY': 'an encrypted private key',
  'PUBLIC KEY': 'a public key',
  PKCS7: 'PKCS #7 certificates',
};
/**
 * A lone elliptic-curve key in PEM, as Apple issues it, is about 250 bytes long; an RSA
 * key takes more than 800.
 */
const authKeyBytes = 400;

function pemAppearance(head: string, length: number): string | null {
  const labels = pemLabels(head);
  if (labels.length === 0) return null;
  if (isAuthKey(labels, length)) return 'an APNs auth key (.p8), not a certificate';
  const words = new Set(labels.map((label) => pemWords[label] ?? 'something else'));
  return `PEM text with ${[...words].join(' and ')}`;
}

function pemLabels(head: string): readonly string[] {
  return [...head.matchAll(/-----BEGIN ([A-Z0-9 ]{1,64})-----/g)].map(([, label = '']) => label);
}

function isAuthKey(labels: readonly string[], length: number): boolean {
  return labels.length === 1 && labels[0] === 'PRIVATE KEY' && length < authKeyBytes;
}
