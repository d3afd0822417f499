/** The most sentences of one kind. */
const longestList = 20;

/** The first of many sentences, and how many more there are. */
export function say(sentences: readonly string[], line: (text: string) => void): void {
  for (const sentence of sentences.slice(0, longestList)) line(sentence);
  const more = sentences.length - longestList;
  if (more > 0) line(`… and ${more} more`);
}
