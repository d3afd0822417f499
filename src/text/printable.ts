/** Every character that would move the cursor, switch a colour, end the line or turn its direction, but for \n and \t. */
const control = /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/** The same, and colours, which a formatter has put in. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const controlOrColour = /(\u001b\[[0-9;]*m)|(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Formatted text as a terminal gets it: colours stay, every other control character is spelled as JSON spells it, so
 * that a JSON document stays what it is. Only text that a formatter made of `harmless` values may come here.
 */
export function printable(text: string): string {
  return text.replace(controlOrColour, (character, colour?: string) => colour ?? escaped(character));
}

/** Text that no terminal obeys, colours included: certificates, file names and tenants may hold control characters. */
export function uncontrolled(text: string): string {
  return text.replace(control, escaped);
}

/** The same of a text that has no line of its own: a message, a name, a value. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, escaped);
}

/** A report whose every text is `uncontrolled`, before a formatter adds its colours. Bytes and dates stay. */
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
