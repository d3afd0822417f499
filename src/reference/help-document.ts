import { version } from '../text/version.ts';
import { type ArgumentNode, type CommandNode, flatten, type OptionNode } from './command-tree.ts';
import { exitCodeEntries } from './topics/environment.ts';
import { type Topic, topics } from './usage.ts';

/** What `help --json` prints. Keys are a promise. */
interface HelpDocument {
  readonly program: string;
  readonly version: string;
  /** What was asked about, with all below it. */
  readonly command: DescribedCommand;
  /** Every command takes these beside its own. */
  readonly globalOptions: readonly DescribedOption[];
  /** Pages of help that belong to no command: `mfa-cli help WORD`. */
  readonly topics: readonly { readonly word: string; readonly summary: string }[];
  /** Every command ends with one of them. */
  readonly exitCodes: readonly { readonly code: number; readonly meaning: string }[];
  /** The schema of what is printed where there is no report. */
  readonly errorSchema: string;
}

interface DescribedCommand {
  /** Its words without the program's name: `apns set`; empty for the program. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** In their order. */
  readonly arguments: readonly DescribedArgument[];
  /** Its own. */
  readonly options: readonly DescribedOption[];
  /** Command lines. */
  readonly examples: readonly string[];
  /** The file of the package's `schema/` that describes what it prints with `--json`; null where it only has commands below it. */
  readonly schema: string | null;
  readonly commands: readonly DescribedCommand[];
}

interface DescribedValue {
  /** How the help calls it: `seconds`. */
  readonly name: string;
  readonly type: 'text' | 'number' | 'file' | 'directory' | 'choice';
  /** All that it can be; null where it is no choice. */
  readonly choices: readonly string[] | null;
}

interface DescribedArgument {
  readonly value: DescribedValue;
  /** A value, or words for one; null where there is none. */
  readonly default: string | null;
  readonly required: boolean;
  readonly repeatable: boolean;
  /** As the help has it. */
  readonly help: string;
}

interface DescribedOption extends Omit<DescribedArgument, 'value'> {
  /** With its dashes: `--topic`. */
  readonly name: string;
  /** `-h`; null where it has none. */
  readonly short: string | null;
  /** As the help has it: `-h, --help`, `--topic <topic>`. */
  readonly term: string;
  /** Null where it takes none. */
  readonly value: DescribedValue | null;
  /** Whether the command ends with 2 without it where nobody can be asked. */
  readonly required: boolean;
  /** The environment variables that stand in for it, or that it goes by. */
  readonly variables: readonly string[];
}

/** @param program the whole command line @param asked the path of the command that is asked about, with the program's name */
export function helpDocument(program: CommandNode, asked: string): HelpDocument {
  const path = asked.split(' ').slice(1).join(' ');
  const node = flatten(program).find((one) => one.path === path) ?? program;
  return {
    program: 'mfa-cli',
    version,
    command: describeCommand(node),
    globalOptions: program.options
      .filter(({ spellings }) => !spellings.includes('--help'))
      .map(describeOption),
    topics: topics.map(({ word, summary }) => ({ word, summary })),
    exitCodes: exitCodeEntries.map(([code, meaning]) => ({ code: Number(code), meaning })),
    errorSchema: 'error.schema.json',
  };
}

/** What `help TOPIC --json` prints. Keys are a promise. */
interface TopicDocument {
  readonly topic: string;
  readonly summary: string;
  /** The page. */
  readonly text: string;
}

export async function topicDocument({ word, summary, load }: Topic, columns: number): Promise<TopicDocument> {
  return { topic: word, summary, text: await load(columns) };
}

function describeCommand(node: CommandNode): DescribedCommand {
  const { path, summary, description, examples } = node;
  return {
    path,
    summary,
    description,
    arguments: node.arguments.map(describeArgument),
    options: node.options.map(describeOption),
    examples,
    schema: node.commands.length > 0 ? null : `${path.replaceAll(' ', '-')}.schema.json`,
    commands: node.commands.map(describeCommand),
  };
}

function describeOption(option: OptionNode): DescribedOption {
  const { spellings, term, value, variables } = option;
  const [name = '', short = null] = spellings;
  const { value: described, ...others } = describeArgument(option);
  return { name, short, term, value: value.kind === 'none' ? null : described, ...others, variables };
}

function describeArgument({
  placeholder,
  value,
  standard,
  required,
  repeatable,
  help,
}: ArgumentNode): DescribedArgument {
  const name = placeholder.slice(1, -1).replace(/\.\.\.$/, '');
  const choices = value.kind === 'choice' ? value.choices : null;
  return {
    value: { name, type: typeOf(name, value), choices },
    default: standard,
    required,
    repeatable,
    help,
  };
}

function typeOf(name: string, { kind }: ArgumentNode['value']): DescribedValue['type'] {
  if (kind === 'choice') return kind;
  if (kind === 'file' || kind === 'p12') return 'file';
  if (name === 'directory') return name;
  return /^(n|seconds|days)$/.test(name) ? 'number' : 'text';
}
