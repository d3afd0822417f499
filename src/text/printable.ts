/**
 * Escapes untrusted text (of a tenant, a certificate, a file name) for each output.
 * Choose the function where the text leaves the program: `harmless`, `uncontrolled` and
 * `onOneLine` for terminals and CI logs, the `in…` functions for a page, a spreadsheet, a
 * monitor and an annotation.
 */

/**
 * Characters that move the cursor, change colors, end the line or change its direction,
 * except \n and \t; and those that have no width, or are half a character, so that two
 * names look alike.
 */
const control = /(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/**
 * Control characters, or colors that a formatter added. It captures no group: the engine
 * would keep one for every match.
 */
const controlOrColor =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
  /\u001b\[[0-9;]*m|(?![\n\t])[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu;

/**
 * Formatted text for a terminal: keeps colors and escapes other control characters as in
 * JSON, so that a JSON document stays valid. Pass only text that a formatter made from
 * `harmless` values.
 */
export function printable(text: string): string {
  return replaced(text, controlOrColor, keepingColors());
}

function keepingColors(): (found: string) => string {
  const escapeOf = createEscape();
  return (found) => (found[1] === '[' ? found : escapeOf(found));
}

/**
 * Text without terminal control, colors included, and without commands for a CI runner.
 * Keeps line breaks.
 */
export function uncontrolled(text: string): string {
  // Fast path: a report may have a hundred thousand texts, most of them plain.
  if (!/[^ -~]|##|::/.test(text)) return text;
  return uncommanded(replaced(text, control, createEscape()));
}

/** `uncontrolled` for one line: a message, a name, a value. */
export function onOneLine(text: string): string {
  return uncommanded(spelledOut(text));
}

/** One line with every control character escaped and no added spaces. */
export function spelledOut(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029]/gu,
    createEscape(),
  );
}

/**
 * Adds spaces so that a CI runner reads no command: `##[…`, `##vso[…` and `##teamcity[…`
 * anywhere, `::` at the start of a line.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function uncommanded(text: string): string {
  return replaced(text, sign, () => '# ').replace(/^([^\S\n\r\u2028\u2029]*:)(?=:)/gm, '$1 ');
}

/**
 * A value as JSON that neither a terminal nor a CI runner obeys, wherever it is printed:
 * the same value to a program.
 * @param indent spaces of a level; 0: on one line
 */
export function inJson(value: unknown, indent = 2): string {
  return [...jsonPieces(value, indent)].join('');
}

/**
 * The parts of that JSON, one after the other: as one text, a document of 8 MiB may take
 * 100 MB.
 */
export function* jsonPieces(value: unknown, indent: number): Generator<string> {
  const textFor = keepingColors();
  for (const piece of piecesOf(JSON.stringify(value, null, indent)))
    yield piece.replace(controlOrColor, textFor).replace(sign, signInJson);
}

/**
 * A JSON text with the signs of CI runners' commands escaped. `::` begins no line of
 * JSON.
 */
export function uncommandedJson(text: string): string {
  return replaced(text, sign, signInJson);
}

const signInJson = (): string => '\\u0023';

/** The first sign of `##[`, `##vso[` and `##teamcity[`. */
const sign = /#(?=#\w*\[)/g;

/**
 * Units to search at a time: the engine keeps the places of all matches until it is done.
 */
const pieceLength = 64 * 1024;
/** A match may continue after these. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
const unended = /[#\w;\u001b\ud800-\udbff]$|\u001b\[$/;

/** The parts of a text, none of which ends within a match. */
function* piecesOf(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    let end = from + pieceLength;
    while (end < text.length && unended.test(text.slice(end - 2, end))) end++;
    yield text.slice(from, end);
    from = end;
  }
}

/**
 * A text with each match replaced, piece by piece and by a function: with a text to put
 * there, the engine would keep a string for each of millions of matches.
 */
function replaced(text: string, pattern: RegExp, textFor: (found: string) => string): string {
  return [...piecesOf(text)].map((piece) => piece.replace(pattern, textFor)).join('');
}

/**
 * A report with every text `uncontrolled`, before a formatter adds colors. Keeps bytes
 * and dates.
 */
export function harmless<Value>(value: Value): Value;
export function harmless(value: unknown): unknown {
  if (typeof value === 'string') return uncontrolled(value);
  if (Array.isArray(value)) return value.map((item) => harmless(item));
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [uncontrolled(name), harmless(member)]),
  );
}

export function inHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * A cell of CSV (RFC 4180). Numbers stay numbers. An apostrophe precedes text that a
 * spreadsheet would read as a formula, also after a character that some spreadsheets read
 * as the end of a cell.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function inCsv(value: string | number | null): string {
  if (typeof value !== 'string') return `${value ?? ''}`;
  const text = value.replace(/(?<=^|[;\t\r\n])(?=[=+\-@\t\r＝＋－＠])/g, "'");
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as CSV (RFC 4180); the first row is the header. */
export function inCsvRows(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((cells) => `${cells.map(inCsv).join(',')}\r\n`).join('');
}

export function inCell(text: string): string {
  return text.replaceAll('\n', '\\u000a').replaceAll('\t', '\\u0009');
}

/**
 * The message of a workflow command, escaped like `@actions/core`; the runner decodes it.
 */
export function inAnnotation(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a workflow command, which ends at a comma or a colon. */
export function inAnnotationProperty(text: string): string {
  return inAnnotation(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/**
 * A label's value for Prometheus. Escapes control characters first, since their backslash
 * needs escaping.
 */
export function inLabel(value: string): string {
  return printable(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

/**
 * Escapes characters as in JSON. Keeps each escape: a new string for each of a million
 * matches would need 100 MB.
 */
function createEscape(): (character: string) => string {
  const escapes = new Map<string, string>();
  return (character) => {
    const known = escapes.get(character) ?? character.split('').map(escapeOfUnit).join('');
    escapes.set(character, known);
    return known;
  };
}

function escapeOfUnit(unit: string): string {
  return `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** ASCII for the marks, quotes and bars, for a locale without UTF-8. */
const asciiFor: Readonly<Record<string, string>> = {
  '✓': '+',
  '✗': 'x',
  '“': '"',
  '”': '"',
  '‘': "'",
  '’': "'",
  '…': '...',
  '–': '-',
  '—': '-',
  '█': '#',
  '░': '-',
  '•': '*',
  '·': '.',
  '→': '->',
  '❯': '>',
};

/** Replaces the program's own marks with ASCII and keeps letters of names. */
export function inAscii(text: string): string {
  return text.replace(/[✓✗“”‘’…–—█░•·→❯]/gu, (mark) => asciiFor[mark] ?? mark);
}
