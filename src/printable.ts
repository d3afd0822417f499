/** A colour, which is ours; or a character that would move the cursor, end the line or turn its direction. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /(\u001b\[[0-9;]*m)|(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu;

/**
 * Text that no terminal obeys: certificates, file names and tenants may hold control characters. They are spelled as
 * JSON spells them, so that a JSON document stays what it is; line breaks, tabs and colours stay.
 */
export function printable(text: string): string {
  return text.replace(special, (character, colour?: string) => colour ?? escaped(character));
}

/** The same of a text that has no colour and no line of its own: a message, a name, a value. */
export function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
