import { children, explicit, Malformed, octets, oid, parse } from './asn1.ts';

const signedData = '1.2.840.113549.1.7.2';
const data = '1.2.840.113549.1.7.1';

/**
 * The content of a signed message (CMS, RFC 5652 §5), whose signature is not verified;
 * null: the bytes are none.
 */
export function signedContent(bytes: Uint8Array): Uint8Array | null {
  try {
    const [type, content] = children(parse(bytes));
    if (oid(type) !== signedData) return null;
    const [, , encapsulated] = children(explicit(content, 0));
    const [contentType, inner] = children(encapsulated);
    return oid(contentType) === data ? octets(explicit(inner, 0)) : null;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}
