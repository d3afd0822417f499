import {
  type Asn1,
  children,
  explicit,
  implicitOctets,
  isContext,
  isUniversal,
  Malformed,
  octets,
  oid,
  parse,
  tag,
  text,
  toDer,
} from './asn1.ts';
import { readEncryption } from './encryption.ts';
import type { Locked } from './protections.ts';

/**
 * One part of an AuthenticatedSafe (RFC 7292 §4.1): SafeContents in the clear, encrypted,
 * or a content type that this program cannot read.
 */
export type SafePart =
  | { readonly kind: 'clear'; readonly content: Uint8Array }
  | { readonly kind: 'encrypted'; readonly encrypted: Locked }
  | { readonly kind: 'unsupported'; readonly contentType: string };

/** The safe bags that matter here (RFC 7292 §4.2), `key` as PKCS #8 DER. */
export type SafeBag = { readonly friendlyName: string | null } & (
  | { readonly kind: 'key'; readonly key: Uint8Array }
  | { readonly kind: 'shrouded-key'; readonly encrypted: Locked }
  | { readonly kind: 'certificate'; readonly certificate: Uint8Array }
);

const bags = '1.2.840.113549.1.12.10.1';

/**
 * Object identifiers of content types, safe bags and their attributes (RFC 7292 §4, RFC
 * 2985).
 */
export const oids = {
  data: '1.2.840.113549.1.7.1',
  encryptedData: '1.2.840.113549.1.7.6',
  keyBag: `${bags}.1`,
  shroudedKeyBag: `${bags}.2`,
  certBag: `${bags}.3`,
  safeContentsBag: `${bags}.6`,
  friendlyName: '1.2.840.113549.1.9.20',
  localKeyId: '1.2.840.113549.1.9.21',
  x509Certificate: '1.2.840.113549.1.9.22.1',
} as const;

/** Reads an AuthenticatedSafe without decrypting anything. @throws {Malformed} */
export function readAuthenticatedSafe(bytes: Uint8Array): SafePart[] {
  return children(parse(bytes)).map((contentInfo) => {
    const [contentType, content] = children(contentInfo);
    const id = oid(contentType);
    if (id === oids.data) return { kind: 'clear', content: octets(explicit(content, 0)) };
    if (id !== oids.encryptedData) return { kind: 'unsupported', contentType: id };
    const [, info] = children(explicit(content, 0));
    const [, algorithm, ciphertext] = children(info);
    if (!isContext(ciphertext, 0)) throw new Malformed('no encrypted content');
    const encrypted = { scheme: readEncryption(algorithm), bytes: implicitOctets(ciphertext) };
    return { kind: 'encrypted', encrypted };
  });
}

/**
 * Reads SafeContents, including nested ones; zero bytes mean no bags, as NSS writes it.
 * Bags of other types are skipped.
 * @throws {Malformed}
 */
export function readSafeContents(bytes: Uint8Array): SafeBag[] {
  return bytes.length === 0 ? [] : readBags(parse(bytes));
}

function readBags(safeContents: Asn1): SafeBag[] {
  return children(safeContents).flatMap((bag) => {
    const [type, wrapped, attributes] = children(bag);
    const friendlyName = readFriendlyName(attributes);
    switch (oid(type)) {
      case oids.keyBag:
        return [{ kind: 'key', friendlyName, key: toDer(explicit(wrapped, 0)) }];
      case oids.shroudedKeyBag:
        return [
          { kind: 'shrouded-key', friendlyName, encrypted: readEncryptedKey(explicit(wrapped, 0)) },
        ];
      case oids.certBag:
        return readCertificate(explicit(wrapped, 0)).map((certificate) => ({
          kind: 'certificate',
          friendlyName,
          certificate,
        }));
      case oids.safeContentsBag:
        return readBags(explicit(wrapped, 0));
      default:
        return [];
    }
  });
}

/** EncryptedPrivateKeyInfo (RFC 5958 §3). @throws {Malformed} */
export function readEncryptedKey(node: Asn1): Locked {
  const [algorithm, ciphertext] = children(node);
  return { scheme: readEncryption(algorithm), bytes: octets(ciphertext) };
}

function readCertificate(certBag: Asn1): Uint8Array[] {
  const [type, certificate] = children(certBag);
  return oid(type) === oids.x509Certificate ? [octets(explicit(certificate, 0))] : [];
}

function readFriendlyName(attributes: Asn1 | undefined): string | null {
  if (attributes === undefined) return null;
  for (const attribute of children(attributes, tag.set)) {
    const [type, values] = children(attribute);
    if (oid(type) !== oids.friendlyName) continue;
    const [name] = children(values, tag.set);
    return isUniversal(name, tag.bmpString) ? text(name) : null;
  }
  return null;
}
