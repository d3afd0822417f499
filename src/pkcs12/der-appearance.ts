import { type Asn1, isContext, isUniversal, Malformed, oid, parsePrefix, tag } from './asn1.ts';

const pkcs7 = '1.2.840.113549.1.7.';
const pkcs5 = '1.2.840.113549.1.5.';
const pkcs12Pbe = '1.2.840.113549.1.12.1.';

export const certificateInDer = 'a certificate without its private key (DER)';
export const requestWords = 'a certificate signing request';
const withoutCertificate = 'without its certificate';

/** Whether it is a private key, by what `derAppearance` says of it. */
export function isLooseKey(looks: string | null): boolean {
  return looks?.endsWith(withoutCertificate) === true;
}

/** What a DER file that is not a PFX turns out to be, by the types of its first fields; null where they do not tell. */
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
  return isUniversal(inner, tag.integer) && isUniversal(innerThird, tag.sequence) ? requestWords : null;
}

function childrenOf(node: Asn1): readonly Asn1[] {
  return typeof node.value === 'string' ? [] : node.value;
}
