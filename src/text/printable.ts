/** Every character that would move the cursor, switch a color, end the line or turn its direction, except \n and \t. */
const control = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** The same, and the colors that a formatter added. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlOrColor = /(\u001b\[[0-9;]*m)|(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Formatted text for a terminal: colors stay, every other control character is escaped as in JSON, so that a JSON
 * document stays valid. Only text that a formatter made from `harmless` values may come here.
 */
export function printable(text: string): string {
  return text.replace(controlOrColor, (character, color?: string) => color ?? escaped(character));
}

/** Text that no terminal obeys, colors included: certificates, file names and tenants may contain control characters. */
export function uncontrolled(text: string): string {
  // Most texts are plain, and a report may hold a hundred thousand of them.
  return /^[ -~]*$/.test(text) ? text : text.replace(control, escaped);
}

/** The same for a text within a line: a message, a name, a value. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, escaped);
}

/** A report with every text `uncontrolled`, before a formatter adds its colors. Bytes and dates stay. */
export function harmless<Value>(value: Value): Value;
export function harmless(value: unknown): unknown {
  if (typeof value === 'string') return uncontrolled(value);
  if (Array.isArray(value)) return value.map((item) => harmless(item));
  if (!isPlain(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [uncontrolled(name), harmless(member)]),
  );
}

function isPlain(value: unknown): value is object {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
