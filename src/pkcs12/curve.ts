import { type Asn1, bitString, isUniversal, octets, tag, Unsupported } from './asn1.ts';

/**
 * Refuses a compressed point (SEC 1 §2.3.4) on a curve that is written out in the file instead of named (RFC 5480
 * §2.1.1): OpenSSL computes a square root, which takes 80 ms modulo a prime chosen for the purpose, but 1 ms at most
 * on named curves.
 * @param parameters of any algorithm; only ECParameters (RFC 3279 §2.3.5) are judged
 * @param point a BIT STRING, or none
 * @throws {Malformed}
 */
export function judgeCurve(parameters: Asn1 | undefined, point: Asn1 | undefined): void {
  if (!isUniversal(parameters, tag.sequence) || typeof parameters.value === 'string') return;
  const [, field, coefficients, base] = parameters.value;
  if (!isUniversal(field, tag.sequence) || !isUniversal(coefficients, tag.sequence)) return;
  if (
    (isUniversal(base, tag.octetString) && isCompressed(octets(base))) ||
    (isUniversal(point, tag.bitString) && isCompressed(bitString(point)))
  )
    throw new Unsupported('has a compressed key on an elliptic curve that is not a named one');
}

function isCompressed([form = 0]: Uint8Array): boolean {
  return form === 2 || form === 3;
}
