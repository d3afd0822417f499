import type { Argument, Command, Option } from 'commander';
import { variableSettings } from '../settings/table.ts';
import { topics } from './usage.ts';

export interface DescribedCommand {
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

export interface DescribedOption extends Omit<DescribedArgument, 'value'> {
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

/** For completions and the man page, which alone show it. */
interface Undescribed {
  /** `<topic>` or `[file]`; empty where an option takes no value. */
  readonly placeholder: string;
  /** Without the choices and the default that the help adds. */
  readonly description: string;
  /** Its value: `none`, `text`, `file`, `p12`, `profile`, `client-app-key`, or `choice pem p12`. */
  readonly kind: string;
}

export type ArgumentNode = DescribedArgument & Undescribed;
/** Its `spellings` are `--help`, and `-h` where there is one. */
export type OptionNode = DescribedOption & Undescribed & { readonly spellings: readonly string[] };

/** A command of the command line, for whoever describes all of it. The options of the root hold everywhere. */
export interface CommandNode extends Omit<DescribedCommand, 'arguments' | 'options' | 'commands'> {
  readonly arguments: readonly ArgumentNode[];
  readonly options: readonly OptionNode[];
  readonly commands: readonly CommandNode[];
}

/** What can be typed behind a command's words, for the completion of a shell. */
export interface Place {
  /** The command's words, nothing for the program. */
  readonly path: string;
  readonly words: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly Pick<OptionNode, 'spellings' | 'description' | 'kind'>[];
  /** Of its arguments, in order. */
  readonly kinds: readonly string[];
}

/** The options, by their names with dashes, that a command needs where nobody can be asked. */
type Needed = (command: Command) => readonly string[];

/** The tree of a program whose commands have declared their options. */
export function readCommandTree(program: Command, needed: Needed): CommandNode {
  return nodeOf(program, '', needed);
}

/** Every command of the tree, each before those below it. */
export function flatten(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(flatten)];
}

/** Every place of the command line, the program's first, with `help` and what stands below it. */
export function placesOf(root: CommandNode): readonly Place[] {
  const below = ({ commands }: CommandNode): Place['words'] =>
    commands.map(({ path, summary }) => ({ name: path.slice(path.lastIndexOf(' ') + 1), summary }));
  const help = flatten(root).map((node): Place => {
    const pages = node === root ? topics.map(({ word, summary }) => ({ name: word, summary })) : [];
    return { path: `help ${node.path}`.trim(), words: [...below(node), ...pages], options: [], kinds: [] };
  });
  const places = flatten(root).map((node): Place => {
    const own = node === root ? [{ name: 'help', summary: 'show the help of a command or on a topic' }] : [];
    const kinds = node.arguments.map(({ kind }) => kind);
    return { path: node.path, words: [...below(node), ...own], options: node.options, kinds };
  });
  const pages = topics.map(
    ({ word }): Place => ({ path: `help ${word}`, words: [], options: [], kinds: [] }),
  );
  return [...places, ...help, ...pages];
}

/** Every spelling of an option that takes a value, those of the program last, since they hold everywhere. */
export function valuedOptions([root, ...others]: readonly Place[]) {
  return [...others, ...(root === undefined ? [] : [root])].flatMap(({ path, options }) =>
    options
      .filter(({ kind }) => kind !== 'none')
      .flatMap(({ spellings, kind }) => spellings.map((spelling) => ({ path, spelling, kind }))),
  );
}

function nodeOf(command: Command, path: string, needed: Needed): CommandNode {
  const help = command.createHelp();
  const names = needed(command);
  const children = help.visibleCommands(command);
  return {
    path,
    summary: command.summary(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => ({
      ...argumentOf(argument, path),
      help: help.argumentDescription(argument),
    })),
    options: help.visibleOptions(command).map((option) => ({
      ...optionOf(option),
      required: names.includes(option.long ?? ''),
      repeatable: option.variadic || collects(option),
      help: help.optionDescription(option),
      variables: declared(option.description).variables,
    })),
    examples: examplesOf(command),
    schema: children.length > 0 ? null : `${path.replaceAll(' ', '-')}.schema.json`,
    commands: children.map((child) => nodeOf(child, `${path} ${child.name()}`.trim(), needed)),
  };
}

function optionOf(option: Option) {
  const { long, short, flags: term, description, argChoices } = option;
  const [placeholder = ''] = /[<[].*$/s.exec(term) ?? [];
  const spellings = [long, short].filter((spelling) => typeof spelling === 'string');
  const [name = ''] = spellings;
  const own = { name, short: short ?? null, term, placeholder, description, spellings };
  if (placeholder === '') return { ...own, value: null, default: null, kind: 'none' };
  return {
    ...own,
    ...readValue(placeholder, description, argChoices, namedBy[long ?? '']),
    default: told(option.defaultValue) ?? declared(description).standard ?? defaultOfSetting(option),
  };
}

function argumentOf(argument: Argument, path: string) {
  const name = argument.name();
  const placeholder = argument.required ? `<${name}>` : `[${name}]`;
  const { description, argChoices, required, variadic: repeatable } = argument;
  const stored = path.startsWith('profile ') && /^(name|old)$/.test(name) ? 'profile' : undefined;
  return {
    ...readValue(placeholder, description, argChoices, stored),
    default: told(argument.defaultValue) ?? declared(description).standard,
    ...{ required, repeatable, placeholder, description },
  };
}

/** How a declaration says it: `key of the client app; default: the topic [MFA_CLI_CLIENT_APP_KEY]`. */
function declared(description: string) {
  const end = description.endsWith(']') ? description.lastIndexOf(' [') : -1;
  const [words, list] = end < 0 ? [description, ''] : [description.slice(0, end), description.slice(end)];
  const [, standard = null] = words.split('; default: ');
  return { standard, variables: list.match(/\b[A-Z][A-Z\d_]+\b/g) ?? [] };
}

/** What the settings say, where the words of the option are theirs. */
function defaultOfSetting({ flags, description }: Option): string | null {
  const row = variableSettings.find(
    ({ option, help, meaning }) => option === flags && description.startsWith(help ?? meaning),
  );
  return row?.default ?? null;
}

function told(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Whether its values are collected: a first one makes a list. */
function collects({ parseArg, argChoices: [value = ''] = [] }: Option): boolean {
  return Array.isArray(parseArg?.(value, undefined));
}

/** The options that take the name of something that this machine has stored. */
const namedBy: Readonly<Record<string, 'profile' | 'client-app-key'>> = {
  '--profile': 'profile',
  '--client-app-key': 'client-app-key',
};

/** A value, as the help and a completion know it. @param stored what this machine has stored under such names */
function readValue(
  placeholder: string,
  description: string,
  choices: readonly string[] | undefined,
  stored: 'profile' | 'client-app-key' | undefined,
): Pick<ArgumentNode, 'value' | 'kind'> {
  const name = placeholder.slice(1, -1).replace(/\.\.\.$/, '');
  if (choices !== undefined)
    return { value: { name, type: 'choice', choices }, kind: ['choice', ...choices].join(' ') };
  const isFile = /^.(file|pem)\b/.test(placeholder);
  const kind = stored ?? (description.startsWith('the .p12 file') ? 'p12' : isFile ? 'file' : 'text');
  const ofName = name === 'directory' ? name : /^(n|seconds|days)$/.test(name) ? 'number' : 'text';
  const type = kind === 'file' || kind === 'p12' ? 'file' : ofName;
  return { value: { name, type, choices: null }, kind };
}

/** The command lines that its help ends with. */
function examplesOf(command: Command): readonly string[] {
  const help: string[] = [];
  command.configureOutput({ writeOut: (text) => void help.push(text) });
  command.outputHelp();
  return [...help.join('').matchAll(/^ {2}\$ (.*)$/gm)].map(([, line = '']) => line);
}
