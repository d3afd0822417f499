import { version } from '../text/version.ts';
import { type CommandNode, type DescribedCommand, flatten } from './command-tree.ts';
import { exitCodeEntries } from './topics/environment.ts';
import { type Topic, topics } from './words.ts';

/** The document of `help --json`. Keys are a promise. */
interface HelpDocument {
  readonly program: string;
  readonly version: string;
  /** The command asked for, with its subcommands. */
  readonly command: DescribedCommand;
  /** Every command takes these in addition to its own. */
  readonly globalOptions: DescribedCommand['options'];
  /** Help pages beyond commands: `mfa-cli help WORD`. */
  readonly topics: readonly { readonly word: string; readonly summary: string }[];
  /** The exit codes of all commands. */
  readonly exitCodes: readonly { readonly code: number; readonly meaning: string }[];
  /** The schema of the document that an error prints. */
  readonly errorSchema: string;
}

/**
 * @param program the whole command line
 * @param asked the path of the command asked for, with the program's name
 */
export function helpDocument(program: CommandNode, asked: string): HelpDocument {
  const path = asked.split(' ').slice(1).join(' ');
  const node = flatten(program).find((one) => one.path === path) ?? program;
  return {
    program: 'mfa-cli',
    version,
    command: describeCommand(node),
    globalOptions: program.options
      .filter(({ spellings }) => !spellings.includes('--help'))
      .map(({ described }) => described),
    topics: topics.map(({ word, summary }) => ({ word, summary })),
    exitCodes: exitCodeEntries.map(([code, meaning]) => ({ code: Number(code), meaning })),
    errorSchema: 'error.schema.json',
  };
}

/** The document of `help TOPIC --json`. Keys are a promise. */
interface TopicDocument {
  readonly topic: string;
  readonly summary: string;
  /** The page as `help TOPIC` prints it. */
  readonly text: string;
}

export async function topicDocument(
  { word, summary, load }: Topic,
  columns: number,
): Promise<TopicDocument> {
  return { topic: word, summary, text: await load(columns) };
}

function describeCommand(node: CommandNode): DescribedCommand {
  return {
    ...node,
    arguments: node.arguments.map(({ described }) => described),
    options: node.options.map(({ described }) => described),
    commands: node.commands.map(describeCommand),
  };
}
