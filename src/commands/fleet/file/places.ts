import { parseJson } from '../../../text/json.ts';
import { type Faults, keyTwice, type Path } from './faults.ts';

/** Where a member begins: its key, which the items of a list have not, and its value, where it has one. Offsets. */
export interface Span {
  readonly key: number | null;
  readonly value: number | null;
}

/** Where in a text its values are. */
export interface Places {
  /** Offset of the whole. */
  root: number;
  /** Of each mapping and list that was read, by the value itself. */
  readonly members: Map<unknown, Map<string, Span>>;
}

/** Where what a place names is; where a part of its path is not there, where the part before it is. */
export function offsetIn(
  { root, members }: Places,
  whole: unknown,
  { path, at }: { path: Path; at: 'key' | 'value' },
): number {
  let [value, span]: [unknown, Span] = [whole, { key: null, value: root }];
  for (const part of path) {
    const inner = members.get(value)?.get(String(part));
    if (inner === undefined) break;
    [value, span] = [(value as Readonly<Record<string, unknown>>)[part], inner];
  }
  return (at === 'value' ? (span.value ?? span.key) : (span.key ?? span.value)) ?? root;
}

/** An object or a list that is open at a place of a text. */
interface Open {
  readonly value: unknown;
  readonly spans: Map<string, Span>;
  /** Of the member that comes next, or whose value does: its name or its index; null: the name is still to come. */
  name: string | null;
  key: number | null;
}

/** Tells each name that an object of a JSON text has twice, and notes where everything is. @param root what the text was read as */
export function walkJson(text: string, root: unknown, faults: Faults, places: Places | null): void {
  const around: Open[] = [];
  const begin = (at: number): unknown => {
    const inner = around.at(-1);
    if (inner === undefined) {
      if (places !== null) places.root = at;
      return root;
    }
    const name = inner.name ?? '';
    if (!inner.spans.has(name)) inner.spans.set(name, { key: inner.key, value: at });
    return (inner.value as Readonly<Record<string, unknown>> | undefined)?.[name];
  };
  for (let at = 0; at < text.length; at++) {
    const inner = around.at(-1);
    switch (text[at]) {
      case ' ':
      case '\t':
      case '\r':
      case '\n':
      case ':':
        break;
      case '{':
      case '[': {
        const spans = new Map<string, Span>();
        const value = begin(at);
        around.push({ value, spans, name: text[at] === '[' ? '0' : null, key: null });
        places?.members.set(value, spans);
        break;
      }
      case '}':
      case ']':
        around.pop();
        break;
      case ',':
        if (inner !== undefined) inner.name = inner.key === null ? String(Number(inner.name) + 1) : null;
        break;
      case '"': {
        const end = endOfText(text, at);
        if (inner?.name === null) {
          const source = text.slice(at, end + 1);
          inner.name = source.includes('\\') ? String(parseJson(source)) : source.slice(1, -1);
          inner.key = at;
          if (inner.spans.has(inner.name)) faults.add({ offset: at }, keyTwice);
        } else begin(at);
        at = end;
        break;
      }
      default:
        begin(at);
        while (/[\w.+-]/.test(text[at + 1] ?? '')) at++;
    }
  }
}

/** Where the quote is that ends the text which begins with the one here. */
function endOfText(text: string, start: number): number {
  for (let at = start + 1; ; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"' || at >= text.length) return at;
  }
}
