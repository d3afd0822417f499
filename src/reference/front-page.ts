import { columnOf, type Entry, formatEntries, wrap } from '../text/layout.ts';
import { globalEntries } from './global-entries.ts';
import { optionsPage } from './help-page.ts';
import { topics } from './words.ts';

/** Commands below one heading of the first page. */
interface CommandGroup {
  readonly title: string;
  readonly entries: readonly Entry[];
}

export const purpose =
  'Checks and sets the Apple push certificate that a CyberArk Identity (now Idira Identity) tenant uses for mobile sign-in.';

export const usageWords = '<command> [options]';

const examples = `Examples:
  $ mfa-cli login --tenant abc1234.id.cyberark.cloud
  $ mfa-cli apns inspect cert.p12
  $ mfa-cli apns set cert.p12`;

/** Whether a line only asks for the first page of the help, which needs no parser. */
export function asksForFrontPage(words: readonly string[]): boolean {
  const [first = '--help', ...others] = words;
  return others.length === 0 && (first === '--help' || first === '-h');
}

/** `mfa-cli --help`. */
export function frontPage(groups: readonly CommandGroup[], width: number): string {
  const column = columnOf(groups.flatMap(({ entries }) => entries));
  const paragraphs = [
    `Usage: mfa-cli ${usageWords}`,
    wrap(purpose, width).join('\n'),
    ...groups.map(
      ({ title, entries }) => `${title}:\n${formatEntries(entries, width, '  ', column).trimEnd()}`,
    ),
    globalLines(width),
    examples,
    `Topics:\n${formatEntries(topicEntries(), width, '  ').trimEnd()}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function globalLines(width: number): string {
  const terms = globalEntries.map(([term]) => term).join(', ');
  const lines = wrap(terms, width - 2).map((line) => `  ${line}`);
  return [`Global options (${optionsPage}):`, ...lines].join('\n');
}

function topicEntries(): readonly Entry[] {
  return topics.map(({ word, summary }) => [`mfa-cli help ${word}`, summary]);
}
