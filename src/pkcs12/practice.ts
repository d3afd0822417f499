import { createPublicKey, generateKeyPairSync, hash, type KeyObject } from 'node:crypto';
import { make } from './asn1.ts';
import {
  commonName,
  digitalSignature,
  encodeCertificate,
  extension,
  organizationalUnit,
} from './encode-certificate.ts';

const userId = '0.9.2342.19200300.100.1.1';
const clientAuth = '1.3.6.1.5.5.7.3.2';
const applePush = '1.2.840.113635.100.6.3';

const day = 24 * 60 * 60 * 1000;
/** Days; the same as for Apple's certificates. */
const lifetime = 395;

/** The person's side of a certificate for rehearsals. */
export interface PracticeSubject {
  readonly bundleId: string;
  readonly teamId: string;
  readonly privateKey: KeyObject;
}

/**
 * A certificate for rehearsals, as DER: marked like a universal push certificate of
 * Apple, but signed by an unknown authority.
 * @param issuer the common name of its authority, whose key is discarded
 * @see RFC 5280 §4.1
 */
export function encodePracticeCertificate(
  issuer: string,
  { bundleId, teamId, privateKey }: PracticeSubject,
  now: Date,
): Uint8Array {
  const authority = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  const topic = [make.utf8String(bundleId), make.sequence(make.utf8String('topic'))];
  const daysFromNow = (days: number): string => utcTime(new Date(now.getTime() + days * day));
  const extensions = [
    extension('2.5.29.19', make.sequence(), true),
    extension('2.5.29.15', digitalSignature, true),
    extension('2.5.29.37', make.sequence(make.oid(clientAuth)), true),
    extension('2.5.29.14', make.octetString(hash('sha256', publicKey, 'buffer').subarray(0, 20))),
    extension(`${applePush}.1`, make.null()),
    extension(`${applePush}.2`, make.null()),
    extension(`${applePush}.6`, make.sequence(...topic)),
  ];
  const subject = [
    [userId, bundleId],
    [commonName, `Practice Push Services: ${bundleId}`],
    [organizationalUnit, teamId],
  ] as const;
  const validity = [daysFromNow(-1), daysFromNow(lifetime)] as const;
  const content = {
    issuer: [[commonName, issuer]] as const,
    subject,
    publicKey,
    validity,
    extensions,
  };
  return encodeCertificate(content, authority.privateKey);
}

/** `271224160000Z`: to the second, until 2049. */
function utcTime(date: Date): string {
  return `${date.toISOString().slice(2, 19).replace(/[-:T]/g, '')}Z`;
}
