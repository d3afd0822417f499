import { type Asn1, children, integer, isUniversal, Malformed, parse, tag, text } from './asn1.ts';

/** A value of entitlements in DER. */
type Entitlement = string | number | boolean | readonly Entitlement[] | Entitlements;

export interface Entitlements extends ReadonlyMap<string, Entitlement> {}

/** The most ASN.1 values: each entitlement takes three. */
const maxValues = 20_000;
const universalClass = 0x00;
const applicationClass = 0x40;
const contextClass = 0x80;
/**
 * `[APPLICATION 16]` around all, and `[16]` around a dictionary, as Apple's
 * CoreEntitlements has them.
 */
const appleTag = 16;
/** Maximum nesting of values. */
const depthLimit = 50;

/**
 * Reads the entitlements of a code signature in DER, in either of their forms: Apple's,
 * and the older one, a SET of pairs.
 * @throws {Malformed}
 */
export function readDerEntitlements(bytes: Uint8Array): Entitlements {
  const node = parse(bytes, maxValues);
  if (isDictionary(node)) return dictionaryOf(node, 0);
  const isWhole = has(node, applicationClass, appleTag);
  const [version, dictionary] = isWhole ? listOf(node) : [];
  if (dictionary === undefined || integer(version) !== 1) throw new Malformed('no entitlements');
  return dictionaryOf(dictionary, 0);
}

function has(node: Asn1, tagClass: number, type: number): boolean {
  return node.tagClass === tagClass && node.type === type;
}

function isDictionary(node: Asn1): boolean {
  return has(node, universalClass, tag.set) || has(node, contextClass, appleTag);
}

function listOf({ value }: Asn1): readonly Asn1[] {
  if (typeof value === 'string') throw new Malformed('no list');
  return value;
}

function dictionaryOf(node: Asn1, depth: number): Entitlements {
  const entries = new Map<string, Entitlement>();
  if (!isDictionary(node)) throw new Malformed('no dictionary');
  for (const pair of listOf(node)) {
    const [key, value, ...others] = children(pair);
    const name = isUniversal(key, tag.utf8String) ? text(key) : null;
    if (name === null || value === undefined || others.length > 0 || entries.has(name))
      throw new Malformed('no pair of key and value');
    entries.set(name, entitlementOf(value, depth + 1));
  }
  return entries;
}

function entitlementOf(node: Asn1, depth: number): Entitlement {
  if (depth > depthLimit) throw new Malformed('too deep');
  if (isDictionary(node)) return dictionaryOf(node, depth);
  if (has(node, universalClass, tag.sequence))
    return listOf(node).map((each) => entitlementOf(each, depth + 1));
  if (has(node, universalClass, tag.boolean)) return node.value !== '\0';
  if (has(node, universalClass, tag.integer)) return integer(node);
  const string = has(node, universalClass, tag.utf8String) ? text(node) : null;
  if (string === null) throw new Malformed('an unknown kind of value');
  return string;
}
