import type { Command } from 'commander';
import { nearestName } from '../text/phrasing.ts';
import { namesOf, notACommand, usage } from './usage.ts';

/** A page of help that belongs to no command: `mfa-cli help environment`. */
export interface Topic {
  readonly word: string;
  readonly summary: string;
  /** Loads its text, for a page of that many columns. */
  load(columns: number): Promise<string>;
}

export const topics: readonly Topic[] = [
  {
    word: 'environment',
    summary: 'variables that mfa-cli reads',
    load: async (columns) => (await import('./topics/environment.ts')).environmentPage(columns),
  },
  {
    word: 'exit-codes',
    summary: 'what each exit code means',
    load: async (columns) => (await import('./topics/environment.ts')).exitCodesPage(columns),
  },
  {
    word: 'fleet-file',
    summary: 'the file that declares a fleet of tenants',
    load: async (columns) => (await import('./topics/fleet-file.ts')).fleetFilePage(columns),
  },
  {
    word: 'findings',
    summary: 'what the checks find, and what fixes it',
    load: async (columns) => (await import('./topics/findings.ts')).findingsPage(columns),
  },
];

/**
 * The topic that `help` is asked for, if it is not a command.
 * @param argv what stands behind `help`
 * @throws {CliError} usage
 */
export function topicOf(argv: readonly string[], program: Command): Topic | undefined {
  const end = argv.findIndex((each) => each.startsWith('-'));
  const words = end === -1 ? argv : argv.slice(0, end);
  const [word, more] = words;
  if (word === undefined || word === 'help') return undefined;
  if (namesOf(program).includes(word)) return requireCommand(words, program);
  const names = topics.map((topic) => topic.word);
  const found = topics.find((topic) => topic.word === word);
  if (found !== undefined && more !== undefined)
    throw usage(`"${more}" is not a part of the help on ${word}`, program);
  if (found !== undefined) return found;
  const near = nearestName(word, [...names, ...namesOf(program)]);
  const instead =
    near === undefined
      ? ` (topics: ${names.join(', ')}; commands: ${namesOf(program).join(', ')})`
      : `; did you mean ${near}?`;
  throw usage(`There is no help on "${word}"${instead}`, program);
}

/** Checks that the words lead to a command, whose help commander prints. @throws {CliError} usage */
function requireCommand(words: readonly string[], program: Command): undefined {
  let command = program;
  for (const word of words) {
    const below = command.commands.find((child) => child.name() === word);
    if (below === undefined) throw notACommand(word, command);
    command = below;
  }
}
