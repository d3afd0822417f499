/**
 * Splits a command line as a POSIX shell does: blanks, `'…'`, `"…"` and `\`. Nothing is expanded.
 * @throws {Error} a quote has no end
 */
export function shellWords(line: string): readonly string[] {
  const words: string[] = [];
  const part = /\s*((?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\])+)|(\s*\S)/gsy;
  for (const [, word, stray] of line.trim().matchAll(part)) {
    if (word === undefined) throw new Error(`a quote has no end: ${stray ?? ''}`);
    words.push(unquoted(word));
  }
  return words;
}

function unquoted(word: string): string {
  return word.replaceAll(/'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs, (_, single, double, escaped) => {
    if (single !== undefined) return single;
    if (escaped !== undefined) return escaped;
    return double.replaceAll(/\\(["\\$`])/g, '$1');
  });
}
