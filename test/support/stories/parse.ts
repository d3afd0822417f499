/** A line of a story: a step, a command, an input of it, or something that is asserted. */
export interface StoryLine {
  /** From 1 on, in the file. */
  readonly number: number;
  readonly text: string;
  /** The lines between `<<` and `>>`, each with its line break; null where there are none. */
  readonly body: string | null;
}

export interface Story {
  readonly title: string;
  /** The line of its title. */
  readonly number: number;
  /** With the lines above the first title, with which every story of the file begins. */
  readonly lines: readonly StoryLine[];
}

/** A file that is no story: the message names the line. */
class StoryError extends Error {
  constructor(number: number, message: string) {
    super(`line ${number}: ${message}`);
    this.name = 'StoryError';
  }
}

/**
 * Reads a file of stories, as test/stories/README.md describes it.
 * @throws {StoryError} two stories have one title, a text has no end, or a story has no lines
 */
export function parseStories(text: string): readonly Story[] {
  const [opening, ...sections] = sectionsOf(readLines(text));
  const stories = sections.flatMap((section) => storiesOf(section, opening?.lines ?? []));
  const titles = new Set<string>();
  for (const { title, number } of stories) {
    if (titles.has(title)) throw new StoryError(number, `a second story is called "${title}"`);
    titles.add(title);
  }
  return stories;
}

interface Section {
  readonly title: string;
  readonly number: number;
  readonly lines: StoryLine[];
}

/** The lines above the first title, then those below each. */
function sectionsOf(lines: readonly StoryLine[]): readonly Section[] {
  const sections: Section[] = [{ title: '', number: 0, lines: [] }];
  for (const line of lines) {
    const title = /^## (.+)$/.exec(line.text)?.[1];
    if (title === undefined) sections.at(-1)?.lines.push(line);
    else sections.push({ title, number: line.number, lines: [] });
  }
  return sections;
}

/** Leaves out comments and empty lines, and joins a line with those below that begin with a blank. */
function readLines(text: string): readonly StoryLine[] {
  const source = text.split('\n');
  const lines: { number: number; text: string; body: string | null }[] = [];
  for (let index = 0; index < source.length; index++) {
    const line = (source[index] ?? '').trimEnd();
    const number = index + 1;
    if (line === '' || /^#(?!#)/.test(line)) continue;
    if (/^\s/.test(line)) {
      const above = lines.at(-1);
      if (above === undefined) throw new StoryError(number, 'there is no line that it continues');
      above.text += ` ${line.trim()}`;
    } else {
      lines.push({ number, text: line, body: null });
    }
    const opened = lines.at(-1);
    if (opened === undefined || !opened.text.endsWith(' <<')) continue;
    const end = source.indexOf('>>', index);
    if (end === -1) throw new StoryError(number, 'no line ">>" ends the text');
    opened.text = opened.text.slice(0, -' <<'.length);
    opened.body = source
      .slice(index + 1, end)
      .map((each) => `${each}\n`)
      .join('');
    index = end;
  }
  return lines;
}

/** A section as a story, or one for each word of its `each NAME: A | B`. */
function storiesOf(
  { title, number, lines }: Section,
  opening: readonly StoryLine[],
): readonly Story[] {
  const [first, ...rest] = lines;
  if (first === undefined) throw new StoryError(number, 'the story has no lines');
  const [, name, list] = /^each (\w+): (.+)$/.exec(first.text) ?? [];
  if (name === undefined || list === undefined) {
    return [{ title, number, lines: [...opening, ...lines] }];
  }
  return list.split(' | ').map((word) => {
    const filled = (text: string): string => text.replaceAll(`<${name}>`, () => word.trim());
    const titled = title.includes(`<${name}>`) ? filled(title) : `${title}: ${word.trim()}`;
    const own = rest.map((line) => ({
      number: line.number,
      text: filled(line.text),
      body: line.body === null ? null : filled(line.body),
    }));
    return { title: titled, number, lines: [...opening, ...own] };
  });
}
