/** The longest text about a certificate, in UTF-16 units. */
export const longestNote = 200;

/** Characters that are not seen, or that break a line or turn its direction. */
const unseen =
  '\\u0000-\\u001f\\u007f-\\u009f\\u00ad\\u061c\\u200b-\\u200f\\u2028-\\u202e\\u2060-\\u206f\\ufeff';

/** One line without them. A JSON Schema takes no flags, and so no classes of Unicode. */
export const oneLine = new RegExp(`^[^${unseen}]*$`);

/** Whether a text about a certificate, such as its owner, fits on a line of a report. */
export function isNote(text: string): boolean {
  return text.length <= longestNote && oneLine.test(text);
}
