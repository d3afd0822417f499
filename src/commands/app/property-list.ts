import { parseBuffer } from 'bplist-parser';
import sax from 'sax';
import { orNull } from '../../errors/cli-error.ts';

/** A value of a property list; null: of a type that has no meaning here. */
export type PropertyValue =
  | string
  | number
  | bigint
  | boolean
  | Date
  | Uint8Array
  | null
  | readonly PropertyValue[]
  | PropertyDictionary;

export interface PropertyDictionary extends ReadonlyMap<string, PropertyValue> {}

/** Maximum bytes of a property list. */
export const propertyListLimit = 1024 * 1024;
/** Maximum nesting of values. */
const depthLimit = 100;

class Malformed extends Error {}

/** Reads a property list in XML or in Apple's binary form; null if it is none. */
export function parsePropertyList(bytes: Uint8Array): PropertyValue {
  if (bytes.length > propertyListLimit) return null;
  const start = Buffer.from(bytes.subarray(0, 8)).toString('latin1');
  return orNull(() =>
    start === 'bplist00' ? parseBinary(bytes) : parseXml(Buffer.from(bytes).toString('utf8')),
  );
}

export function isDictionary(value: PropertyValue | undefined): value is PropertyDictionary {
  return value instanceof Map;
}

/** Maximum cost of a binary list: the bytes of its values, and as much again for each. */
const costLimit = 8 * propertyListLimit;
const costOfValue = 32;

/**
 * The parser follows each reference by a slice of the buffer. Values may share their
 * parts, so a short list may unfold into an endless one.
 */
function parseBinary(bytes: Uint8Array): PropertyValue {
  const buffer = Buffer.from(bytes);
  requireKnownMarkers(buffer);
  let left = costLimit;
  buffer.slice = (from = 0, to = buffer.length) => {
    if (from > to || to > buffer.length) throw new Malformed('a value beyond the end');
    left -= costOfValue + to - from;
    if (left < 0) throw new Malformed('endless');
    return buffer.subarray(from, to);
  };
  const [value] = parseBuffer<unknown[]>(buffer);
  return converted(value, 0);
}

const dateMarker = 0x33;
const dateKind = 0x3;
const intKind = 0x1;
/**
 * Data, strings, arrays and dictionaries: a count of 15 means that the true one follows,
 * as an integer.
 */
const countedKinds = [0x4, 0x5, 0x6, 0xa, 0xd];

/** The parser prints a line about an object that it only guesses at. */
function requireKnownMarkers(buffer: Buffer): void {
  const trailer = buffer.length - 32;
  const width = buffer.readUInt8(trailer + 6);
  const count = Number(buffer.readBigUInt64BE(trailer + 8));
  const table = Number(buffer.readBigUInt64BE(trailer + 24));
  for (let index = 0; index < count; index++) {
    const offset = buffer.readUIntBE(table + index * width, width);
    const marker = buffer.readUInt8(offset);
    const kind = marker >> 4;
    const isLong = countedKinds.includes(kind) && (marker & 0xf) === 0xf;
    const isKnown = isLong
      ? buffer.readUInt8(offset + 1) >> 4 === intKind
      : kind !== dateKind || marker === dateMarker;
    if (!isKnown) throw new Malformed('an unknown kind of value');
  }
}

function converted(value: unknown, depth: number): PropertyValue {
  if (depth > depthLimit) throw new Malformed('too deep');
  if (Array.isArray(value)) return value.map((each) => converted(each, depth + 1));
  if (isScalar(value)) return value;
  if (typeof value !== 'object' || value === null || 'UID' in value) return null;
  const entries = Object.entries(value);
  return new Map(entries.map(([key, each]) => [key, converted(each, depth + 1)]));
}

function isScalar(value: unknown): value is string | number | bigint | boolean | Date | Uint8Array {
  if (value instanceof Date || value instanceof Uint8Array) return true;
  return ['string', 'number', 'bigint', 'boolean'].includes(typeof value);
}

/** An element of XML, and what stands in it. */
interface Element {
  readonly name: string;
  text: string;
  readonly children: Child[];
}

interface Child {
  readonly name: string;
  readonly value: PropertyValue;
}

/** The parser reads an unknown declaration from its start again at each character. */
const longDeclaration = /<!(?!--|\[CDATA\[|DOCTYPE)[^>]{128}/;

function parseXml(text: string): PropertyValue {
  if (longDeclaration.test(text)) throw new Malformed('an unknown declaration');
  const reader = sax.parser(true);
  const open: Element[] = [];
  let root: Child | null = null;
  const addText = (more: string): void => {
    const element = open.at(-1);
    if (element !== undefined) element.text += more;
  };
  reader.onerror = (error) => {
    throw error;
  };
  reader.onopentag = ({ name }) => {
    if (open.length > depthLimit) throw new Malformed('too deep');
    open.push({ name, text: '', children: [] });
  };
  reader.ontext = addText;
  reader.oncdata = addText;
  reader.onclosetag = () => {
    const element = open.pop();
    if (element === undefined) return;
    const child = { name: element.name, value: valueIn(element) };
    const parent = open.at(-1);
    if (parent === undefined) root = child;
    else parent.children.push(child);
  };
  reader.write(text.replace(/^\uFEFF/, '')).close();
  return rootValue(root);
}

function rootValue(root: Child | null): PropertyValue {
  if (root?.name !== 'plist') throw new Malformed('no property list');
  return root.value;
}

function valueIn({ name, text, children }: Element): PropertyValue {
  const isContainer = ['plist', 'dict', 'array'].includes(name);
  if (!isContainer && children.length > 0) throw new Malformed('an element in a plain value');
  switch (name) {
    case 'plist':
      return onlyOf(children).value;
    case 'dict':
      return dictionaryOf(children);
    case 'array':
      return children.map(({ value }) => value);
    case 'string':
    case 'key':
      return text;
    case 'integer':
    case 'real':
      return Number(text.trim());
    case 'true':
      return true;
    case 'false':
      return false;
    case 'date':
      return new Date(text.trim());
    case 'data':
      return Buffer.from(text, 'base64');
    default:
      throw new Malformed('an unknown element');
  }
}

function onlyOf([only, ...others]: readonly Child[]): Child {
  if (only === undefined || others.length > 0) throw new Malformed('not one value');
  return only;
}

/** Of a key that stands twice the last value counts, as for the system. */
function dictionaryOf(children: readonly Child[]): PropertyDictionary {
  const entries = new Map<string, PropertyValue>();
  for (let at = 0; at < children.length; at += 2) {
    const key = children[at];
    const value = children[at + 1];
    if (key?.name !== 'key' || typeof key.value !== 'string') throw new Malformed('no key');
    if (value === undefined || value.name === 'key') throw new Malformed('a key without a value');
    entries.set(key.value, value.value);
  }
  return entries;
}
