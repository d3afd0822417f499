import { isMap, isScalar, type YAMLMap } from 'yaml';
import type { Faults, Path, Place } from './faults.ts';
import { isMapping, setMember } from './mapping.ts';
import { type Piece, type Pieces, piecesOf } from './pieces.ts';
import { readPlainPiece } from './plain-piece.ts';
import { missingColon } from './syntax-faults.ts';
import { parsePiece, type YamlPiece } from './yaml-piece.ts';
import { createYamlPlaces } from './yaml-places.ts';
import { createYamlValues, keyTwice, offsetIn, type YamlValues } from './yaml-values.ts';

/** A YAML text as plain values, and where in the text each of them is. */
export interface YamlSource {
  /** False: it is no YAML, or has no end; there is no structure that could be judged. */
  readonly whole: boolean;
  readonly value: unknown;
  offsetOf(place: Place): number;
}

/** The nodes of a text take some 75 times its room. Those of small pieces are gone before the collector has to move them. */
export const pieceSize = 8 * 1024;

/** Reads a text in YAML 1.2, tells the faults of its syntax, and where they and others are. */
export function readYaml(text: string, size: number, faults: Faults): YamlSource {
  const values = createYamlValues(text.length, faults);
  const pieces = text.length > size ? piecesOf(text, size) : null;
  const source =
    pieces === null ? readAtOnce(text, values, faults) : readInPieces(text, pieces, values, faults);
  const find = createYamlPlaces(values.targetOf);
  return {
    whole: source.whole && values.whole,
    value: source.value,
    offsetOf(place) {
      if ('offset' in place) return place.offset;
      const [root, path] = source.rootFor(place.path);
      return find(root, path, place.at);
    },
  };
}

interface Read {
  readonly whole: boolean;
  readonly value: unknown;
  /** The nodes to look for a path in, and what is left of it there. */
  rootFor(path: Path): readonly [YamlPiece, Path];
}

function readAtOnce(text: string, values: YamlValues, faults: Faults): Read {
  const piece = parsePiece(text, 0, faults);
  return { whole: !piece.broken, value: values.read(piece), rootFor: (path) => [piece, path] };
}

type Mapping = Record<string, unknown>;

/** Keeps the nodes of no tenants: where one of them is at fault, its piece is parsed again. */
function readInPieces(text: string, pieces: Pieces, values: YamlValues, faults: Faults): Read {
  const top: Mapping = {};
  const tenants: Mapping = {};
  const pieceOf = new Map<string, Piece>();
  let whole = true;
  const parse = ({ start, end }: Piece, told: Faults | null): YamlPiece =>
    parsePiece(text.slice(start, end), start, told);
  const join = (piece: Piece, mapping: Mapping): { parsed: YamlPiece; names: readonly string[] } => {
    const parsed = parse(piece, faults);
    const names = parsed.broken ? null : joinMapping(parsed, mapping, values, faults);
    if (names === null) whole = false;
    return { parsed, names: names ?? [] };
  };
  const head = join(pieces.head, top);
  for (const piece of pieces.tenants) {
    const names = joinPlain(text.slice(piece.start, piece.end), tenants) ?? join(piece, tenants).names;
    for (const name of names) pieceOf.set(name, piece);
  }
  const tail = pieces.tail === null ? null : join(pieces.tail, top);
  let latest: { readonly piece: Piece; readonly parsed: YamlPiece } | null = null;
  return {
    whole,
    value: Object.assign(top, { tenants }),
    rootFor(path) {
      const [key, name] = path;
      const piece = key === 'tenants' ? pieceOf.get(String(name)) : undefined;
      if (piece === undefined) return [tail?.names.includes(String(key)) ? tail.parsed : head.parsed, path];
      latest = latest?.piece === piece ? latest : { piece, parsed: parse(piece, null) };
      return [latest.parsed, path.slice(1)];
    },
  };
}

/** Adds the entries of a piece in the plainest YAML, and returns their names; null for any other, and where one is there already. */
function joinPlain(text: string, joined: Mapping): readonly string[] | null {
  const mapping = readPlainPiece(text);
  if (mapping === null) return null;
  const names = Object.keys(mapping);
  if (names.some((name) => Object.hasOwn(joined, name))) return null;
  Object.assign(joined, mapping);
  return names;
}

/** Adds the entries of a mapping that has none of them yet; returns their names, or null if it is no mapping. */
function joinMapping(piece: YamlPiece, joined: Mapping, values: YamlValues, faults: Faults): string[] | null {
  const { root } = piece;
  const mapping = values.read(piece);
  if (!isMap(root) || !isMapping(mapping)) {
    const offset = root === null ? piece.start : offsetIn(root, piece);
    if (values.whole) faults.add({ offset }, missingColon);
    return null;
  }
  const names: string[] = [];
  for (const [name, value] of Object.entries(mapping)) {
    if (Object.hasOwn(joined, name)) faults.add({ offset: keyIn(root, name, piece) }, keyTwice);
    else {
      setMember(joined, name, value);
      names.push(name);
    }
  }
  return names;
}

function keyIn({ items }: YAMLMap, name: string, piece: YamlPiece): number {
  const key = items.map((item) => item.key).find((each) => isScalar(each) && String(each.value) === name);
  return isScalar(key) ? offsetIn(key, piece) : piece.start;
}
