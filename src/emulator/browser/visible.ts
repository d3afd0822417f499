/**
 * What cannot be seen, and what turns the direction of the text around it: controls, marks of direction, joiners, fillers.
 * In emoji, joiners and variation selectors are part of the picture.
 */
const unseen =
  /(?<=\p{Extended_Pictographic}(?:\p{Emoji_Modifier}|\uFE0F)?)(?:\u200D|\uFE0F)|([\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])/gu;

/** A stranger's text, in which nothing is hidden: U+202E is `\u{202e}`. */
export function visible(text: string): string {
  // Blanks are seen between words alone.
  return text.replace(/^\p{Zs}+$/u.test(text) ? /(\p{Zs})/gu : unseen, (character, hidden?: string) =>
    hidden === undefined ? character : `\\u{${hidden.codePointAt(0)?.toString(16)}}`,
  );
}

/** No longer than a person reads: what is behind stands for itself. */
export function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

const longest = 200;
