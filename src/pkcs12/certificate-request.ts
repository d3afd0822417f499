import { createPublicKey, type KeyObject, sign } from 'node:crypto';
import { type Asn1, make, parse, toDer } from './asn1.ts';

/** One attribute of the subject; an e-mail address is ASCII. Apple replaces them all and keeps only the key. */
export interface RequestAttribute {
  readonly name: 'CN' | 'OU' | 'emailAddress';
  readonly value: string;
}

/** The object identifier and the string type that RFC 5280 §4.1.2.4 and appendix A give it. */
const attributeTypes = {
  CN: ['2.5.4.3', make.utf8String],
  OU: ['2.5.4.11', make.utf8String],
  emailAddress: ['1.2.840.113549.1.9.1', make.ia5String],
} as const;
const sha256WithRsaEncryption = '1.2.840.113549.1.1.11';

/** A certificate request for an RSA key, signed with that key and SHA-256, as DER. @see RFC 2986 §4 */
export function encodeCertificateRequest(
  subject: readonly RequestAttribute[],
  privateKey: KeyObject,
): Uint8Array {
  const info = make.sequence(
    make.integer(0),
    make.sequence(...subject.map(encodeAttribute)),
    parse(createPublicKey(privateKey).export({ type: 'spki', format: 'der' })),
    make.implicitSet(0),
  );
  const algorithm = make.sequence(make.oid(sha256WithRsaEncryption), make.null());
  const signature = sign('sha256', toDer(info), privateKey);
  return toDer(make.sequence(info, algorithm, make.bitString(signature)));
}

function encodeAttribute({ name, value }: RequestAttribute): Asn1 {
  const [id, makeString] = attributeTypes[name];
  return make.set(make.sequence(make.oid(id), makeString(value)));
}
