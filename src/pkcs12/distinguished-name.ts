import { type Asn1, children, oid, tag, text } from './asn1.ts';

/** One attribute of a Name: `CN`, `UID`, or the object identifier where it has no short name (RFC 4514 §3). */
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

/** A Name as one line, escaped as RFC 4514 §2.4 asks; so are control characters, so that no terminal obeys them. */
export function formatName(attributes: readonly NameAttribute[]): string {
  return attributes.map(({ name, value }) => `${name}=${escaped(value)}`).join(',');
}

/** The value of the first attribute of that name, or null. */
export function attribute(attributes: readonly NameAttribute[], name: string): string | null {
  return attributes.find((candidate) => candidate.name === name)?.value ?? null;
}

function escaped(value: string): string {
  return value
    .replace(/["+,;<>\\]|^[ #]| $/g, '\\$&')
    .replace(/\p{Cc}/gu, (control) => Buffer.from(control, 'utf8').toString('hex').replace(/../g, '\\$&'));
}
