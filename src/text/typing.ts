const quoted =
  /^(["'`]).*\1$|^[\u201c\u201d\u201e].*[\u201c\u201d]$|^[\u2018\u2019\u201a].*[\u2018\u2019]$/su;
/** Dashes that a text program or a chat puts in place of a hyphen. */
const dash = /[\u2010-\u2015\u2212\ufe58\uff0d]/u;

/** A slip in a name that was pasted from a text, as a predicate; null: none is known. */
export function typingMistake(text: string): string | null {
  if (quoted.test(text.trim())) return 'has quotes around it, which are part of it: remove them';
  const [found] = dash.exec(text) ?? [];
  return found === undefined ? null : `has the dash "${found}": type a hyphen, "-"`;
}

/** Whether a word is an option that begins with such a dash: `–dry-run`. */
export function isDashedOption(word: string): boolean {
  return /^(?:[\u2010-\u2015\u2212\ufe58\uff0d]-?|-[\u2010-\u2015\u2212\ufe58\uff0d])\p{L}/u.test(
    word,
  );
}
