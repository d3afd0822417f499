/**
 * What strangers wrote (a tenant, a certificate, a file's name), made harmless for whoever reads it next. The kind is chosen
 * where the text leaves the program: `harmless`, `uncontrolled` and `onOneLine` for terminals and the logs of CI,
 * the `in…` functions for a page, a spreadsheet, a monitor and an annotation.
 */

/** Every character that would move the cursor, switch a color, end the line or turn its direction, except \n and \t. */
const control = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** Those characters, and the colors that a formatter added. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlOrColor = /(\u001b\[[0-9;]*m)|(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Formatted text for a terminal: colors stay, every other control character is escaped as in JSON, so that a JSON
 * document stays valid. Only text that a formatter made from `harmless` values may come here.
 */
export function printable(text: string): string {
  return text.replace(controlOrColor, (character, color?: string) => color ?? escaped(character));
}

/**
 * Text that neither a terminal obeys, colors included, nor the runner of a CI job: certificates, file names and tenants may
 * contain anything. Line breaks stay.
 */
export function uncontrolled(text: string): string {
  // Most texts are plain, and a report may hold a hundred thousand of them.
  if (!/[^ -~]|##|::/.test(text)) return text;
  return uncommanded(text.replace(control, escaped));
}

/** A text within a line, obeyed by nothing: a message, a name, a value. */
export function onOneLine(text: string): string {
  return uncommanded(spelledOut(text));
}

/** A text within a line, every control character escaped: a fact that JSON also holds, without added blanks. */
export function spelledOut(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, escaped);
}

/**
 * A text of which the runner of a CI job takes nothing for a command, which a blank prevents: `##[…`, `##vso[…` and
 * `##teamcity[…` anywhere, `::` where a line begins.
 * @see https://github.com/actions/runner/blob/main/src/Runner.Common/ActionCommand.cs
 */
export function uncommanded(text: string): string {
  return text.replace(/#(?=#\w*\[)/g, '# ').replace(/^([^\S\n\r\u2028\u2029]*:)(?=:)/gm, '$1 ');
}

/** A report with every text `uncontrolled`, before a formatter adds its colors. Bytes and dates stay. */
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

/** A text in HTML, as an element's content or a quoted attribute. */
export function inHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * A cell of CSV (RFC 4180). A number is a number, even a negative one. Text that a spreadsheet would take for a formula has an
 * apostrophe before it, also behind what another spreadsheet takes for the end of a cell.
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function inCsv(value: string | number | null): string {
  if (typeof value !== 'string') return `${value ?? ''}`;
  const text = value.replace(/(?<=^|[;\t\r\n])(?=[=+\-@\t\r＝＋－＠])/g, "'");
  return /[",\r\n;\t]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** A table as CSV (RFC 4180), its head among the rows. */
export function inCsvRows(rows: readonly (readonly (string | number | null)[])[]): string {
  return rows.map((cells) => `${cells.map(inCsv).join(',')}\r\n`).join('');
}

/** A cell of a report's table, of which what a report may hold still would make two, or shift the columns. */
export function inCell(text: string): string {
  return text.replaceAll('\n', '\\u000a').replaceAll('\t', '\\u0009');
}

/** What follows the second `::` of a workflow command, as `@actions/core` escapes it: the runner turns it back. */
export function inAnnotation(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** A property of a workflow command, which a comma or a colon would end. */
export function inAnnotationProperty(text: string): string {
  return inAnnotation(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

/** A label's value for Prometheus. Control characters are escaped first: later, their backslash would stay as it is. */
export function inLabel(value: string): string {
  return printable(value).replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** Our marks, quotes and bars, and what stands for them where a locale has no UTF-8. */
const asciiFor: Readonly<Record<string, string>> = {
  ...{ '✓': '+', '✗': 'x', '“': '"', '”': '"', '‘': "'", '’': "'", '…': '...', '–': '-', '—': '-' },
  ...{ '█': '#', '░': '-', '•': '*', '·': '.', '→': '->', '❯': '>' },
};

/** The text with ASCII for our own marks; letters of names stay. */
export function inAscii(text: string): string {
  return text.replace(/[✓✗“”‘’…–—█░•·→❯]/gu, (mark) => asciiFor[mark] ?? mark);
}
