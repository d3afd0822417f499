import type { Argument, Command, Option } from 'commander';
import { variableSettings } from '../settings/table.ts';
import { topics } from './usage.ts';

/** What can stand for an option or an argument; `none` is an option without a value, `p12` a file of that kind. */
type Value =
  | { readonly kind: 'none' | 'text' | 'file' | 'p12' | 'profile' | 'client-app-key' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] };

export interface OptionNode {
  /** `--topic`, and `-h` where there is one. */
  readonly spellings: readonly string[];
  /** As the help shows it: `-h, --help`, `--topic <topic>`. */
  readonly term: string;
  /** `<topic>`, or nothing. */
  readonly placeholder: string;
  readonly description: string;
  /** The description with choices and default, as the help has it. */
  readonly help: string;
  readonly value: Value;
  /** A value, or words: `the topic`. Null where there is none. */
  readonly standard: string | null;
  readonly variables: readonly string[];
  /** Whether it takes several values. */
  readonly repeatable: boolean;
  /** Whether the command needs it where nobody can be asked. */
  readonly required: boolean;
}

/** Its placeholder is `<name>` or `[file]`. */
export type ArgumentNode = Omit<OptionNode, 'spellings' | 'term' | 'variables'>;

/** A command of the command line, for whoever describes all of it: completions and the man page. */
export interface CommandNode {
  /** Its words without the program's name: `apns set`; nothing for the program. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** Its own options; those of the root hold everywhere. */
  readonly options: readonly OptionNode[];
  readonly arguments: readonly ArgumentNode[];
  /** Command lines. */
  readonly examples: readonly string[];
  readonly commands: readonly CommandNode[];
}

/** What can be typed behind a command's words, for the completion of a shell. A kind is a `Value`: `file`, `choice pem p12`. */
export interface Place {
  /** The command's words, nothing for the program. */
  readonly path: string;
  readonly words: readonly { readonly name: string; readonly summary: string }[];
  readonly options: readonly (Pick<OptionNode, 'spellings' | 'description'> & { readonly kind: string })[];
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
    const options = node.options.map(({ spellings, description, value }) => ({
      spellings,
      description,
      kind: kindOf(value),
    }));
    const own = node === root ? [{ name: 'help', summary: 'show the help of a command or on a topic' }] : [];
    const kinds = node.arguments.map(({ value }) => kindOf(value));
    return { path: node.path, words: [...below(node), ...own], options, kinds };
  });
  const pages = topics.map(
    ({ word }): Place => ({ path: `help ${word}`, words: [], options: [], kinds: [] }),
  );
  return [...places, ...help, ...pages];
}

function kindOf(value: Value): string {
  return value.kind === 'choice' ? ['choice', ...value.choices].join(' ') : value.kind;
}

function nodeOf(command: Command, path: string, needed: Needed): CommandNode {
  const help = command.createHelp();
  const names = needed(command);
  return {
    path,
    summary: command.summary(),
    description: command.description(),
    options: help.visibleOptions(command).map((option) => ({
      ...optionOf(option),
      help: help.optionDescription(option),
      required: names.includes(option.long ?? ''),
    })),
    arguments: command.registeredArguments.map((argument) => ({
      ...argumentOf(argument, path),
      help: help.argumentDescription(argument),
    })),
    examples: examplesOf(command),
    commands: help
      .visibleCommands(command)
      .map((child) => nodeOf(child, path === '' ? child.name() : `${path} ${child.name()}`, needed)),
  };
}

function optionOf(option: Option): Omit<OptionNode, 'help' | 'required'> {
  const { long, short, flags, description, argChoices } = option;
  const [placeholder = ''] = /[<[].*$/s.exec(flags) ?? [];
  return {
    spellings: [long, short].filter((spelling) => typeof spelling === 'string'),
    term: flags,
    placeholder,
    description,
    value:
      placeholder === ''
        ? { kind: 'none' }
        : valueFor({ placeholder, description, choices: argChoices, names: namedBy[long ?? ''] }),
    standard:
      placeholder === ''
        ? null
        : (told(option.defaultValue) ?? declared(description).standard ?? defaultOfSetting(option)),
    variables: declared(description).variables,
    repeatable: option.variadic || collects(option),
  };
}

function argumentOf(argument: Argument, path: string): Omit<ArgumentNode, 'help'> {
  const name = argument.name();
  const placeholder = argument.required ? `<${name}>` : `[${name}]`;
  const { description, argChoices: choices, required, variadic: repeatable } = argument;
  const names = path.startsWith('profile ') && /^(name|old)$/.test(name) ? 'profile' : undefined;
  const value = valueFor({ placeholder, description, choices, names });
  const standard = told(argument.defaultValue) ?? declared(description).standard;
  return { placeholder, description, value, standard, required, repeatable };
}

/** How a declaration says it: `key of the client app; default: the topic [MFA_CLI_CLIENT_APP_KEY]`. */
function declared(description: string): Pick<OptionNode, 'standard' | 'variables'> {
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

interface Valued extends Pick<ArgumentNode, 'placeholder' | 'description'> {
  readonly choices: readonly string[] | undefined;
  readonly names: 'profile' | 'client-app-key' | undefined;
}

function valueFor({ placeholder, description, choices, names }: Valued): Value {
  if (choices !== undefined) return { kind: 'choice', choices };
  if (names !== undefined) return { kind: names };
  if (description.startsWith('the .p12 file')) return { kind: 'p12' };
  return { kind: /^.(file|pem)\b/.test(placeholder) ? 'file' : 'text' };
}

/** The command lines that its help ends with. */
function examplesOf(command: Command): readonly string[] {
  const help: string[] = [];
  command.configureOutput({ writeOut: (text) => void help.push(text) });
  command.outputHelp();
  return [...help.join('').matchAll(/^ {2}\$ (.*)$/gm)].map(([, line = '']) => line);
}
