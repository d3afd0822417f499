import type { Argument, Command, Help, Option } from 'commander';
import { variableSettings } from '../settings/options.ts';

export interface DescribedCommand {
  /** The command's words without the program's name: `apns set`; empty for the program. */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** In order. */
  readonly arguments: readonly DescribedArgument[];
  /** The command's own options, without the global ones. */
  readonly options: readonly DescribedOption[];
  /** Command lines. */
  readonly examples: readonly string[];
  /** The file in the package's `schema/` that describes the command's `--json` output; null for a group of commands. */
  readonly schema: string | null;
  readonly commands: readonly DescribedCommand[];
}

interface DescribedValue {
  /** The name in the help: `seconds`. */
  readonly name: string;
  readonly type: 'text' | 'number' | 'file' | 'directory' | 'choice';
  /** All allowed values; null if the type is not a choice. */
  readonly choices: readonly string[] | null;
}

interface DescribedArgument {
  readonly value: DescribedValue;
  /** The default value or its description; null if there is none. */
  readonly default: string | null;
  readonly required: boolean;
  readonly repeatable: boolean;
  /** The text of the help. */
  readonly help: string;
}

interface DescribedOption extends Omit<DescribedArgument, 'value'> {
  /** With dashes: `--topic`. */
  readonly name: string;
  /** The short form: `-h`; null if there is none. */
  readonly short: string | null;
  /** The term in the help: `-h, --help`, `--topic <topic>`. */
  readonly term: string;
  /** Null if the option takes no value. */
  readonly value: DescribedValue | null;
  /** Whether the command exits with 2 if the option is missing and there is no terminal. */
  readonly required: boolean;
  /** The environment variables that can replace the option or that it reads. */
  readonly variables: readonly string[];
}

/** An argument, and details for completions and the man page only. */
interface ArgumentNode {
  readonly described: DescribedArgument;
  /** `<topic>` or `[file]`; empty if an option takes no value. */
  readonly placeholder: string;
  /** The help without its choices and default. */
  readonly description: string;
  /** The kind of value: `none`, `text`, `file`, `p12`, `profile`, `client-app-key`, or `choice pem p12`. */
  readonly kind: string;
}

export interface OptionNode extends Omit<ArgumentNode, 'described'> {
  readonly described: DescribedOption;
  /** `--help` and perhaps `-h`. */
  readonly spellings: readonly string[];
}

/** A command with all commands below it. The options of the root apply to every command. */
export interface CommandNode extends Omit<DescribedCommand, 'arguments' | 'options' | 'commands'> {
  readonly arguments: readonly ArgumentNode[];
  readonly options: readonly OptionNode[];
  readonly commands: readonly CommandNode[];
}

/** The options, with dashes, that a command requires without a terminal. */
type Needed = (command: Command) => readonly string[];

/** Reads the tree of a program whose commands have declared their options. */
export function readCommandTree(program: Command, needed: Needed): CommandNode {
  return nodeOf(program, '', needed);
}

/** Every command of the tree, each before its subcommands. */
export function flatten(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(flatten)];
}

function nodeOf(command: Command, path: string, needed: Needed): CommandNode {
  const help = command.createHelp();
  const names = needed(command);
  const children = help.visibleCommands(command);
  return {
    path,
    summary: command.summary(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) => argumentOf(argument, path, help)),
    options: help
      .visibleOptions(command)
      .map((option) => optionOf(option, names.includes(option.long ?? ''), help)),
    examples: examplesOf(command),
    schema: children.length > 0 ? null : `${path.replaceAll(' ', '-')}.schema.json`,
    commands: children.map((child) => nodeOf(child, `${path} ${child.name()}`.trim(), needed)),
  };
}

function optionOf(option: Option, required: boolean, help: Help): OptionNode {
  const { long, short, flags: term, description, argChoices } = option;
  const [placeholder = ''] = /[<[].*$/s.exec(term) ?? [];
  const spellings = [long, short].filter((spelling) => typeof spelling === 'string');
  const [name = ''] = spellings;
  const { standard, variables } = declared(description);
  const hasValue = placeholder !== '';
  const { value, kind } = hasValue
    ? readValue(placeholder, description, argChoices, namedBy[name])
    : { value: null, kind: 'none' };
  const described = {
    ...{ name, short: short ?? null, term, value },
    default: hasValue ? (told(option.defaultValue) ?? standard ?? defaultOfSetting(option)) : null,
    ...{ required, repeatable: option.variadic || collects(option) },
    ...{ help: help.optionDescription(option), variables },
  };
  return { described, spellings, placeholder, description, kind };
}

function argumentOf(argument: Argument, path: string, help: Help): ArgumentNode {
  const name = argument.name();
  const placeholder = argument.required ? `<${name}>` : `[${name}]`;
  const { description, argChoices, required, variadic: repeatable } = argument;
  const stored = path.startsWith('profile ') && /^(name|old)$/.test(name) ? 'profile' : undefined;
  const { value, kind } = readValue(placeholder, description, argChoices, stored);
  const standard = told(argument.defaultValue) ?? declared(description).standard;
  const described = {
    ...{ value, default: standard, required, repeatable },
    help: help.argumentDescription(argument),
  };
  return { described, placeholder, description, kind };
}

/** Reads a declaration: `key of the client app; default: the topic [MFA_CLI_CLIENT_APP_KEY]`. */
function declared(description: string) {
  const end = description.endsWith(']') ? description.lastIndexOf(' [') : -1;
  const [words, list] =
    end < 0 ? [description, ''] : [description.slice(0, end), description.slice(end)];
  const [, standard = null] = words.split('; default: ');
  return { standard, variables: list.match(/\b[A-Z][A-Z\d_]+\b/g) ?? [] };
}

/** The default in the settings, if the option's help comes from there. */
function defaultOfSetting({ flags, description }: Option): string | null {
  const row = variableSettings().find(
    ({ option }) => option?.term === flags && description.startsWith(option.meaning),
  );
  return row?.default ?? null;
}

function told(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

/** Whether the option is repeatable: parsing one value makes a list. */
function collects({ parseArg, argChoices: [value = ''] = [] }: Option): boolean {
  return Array.isArray(parseArg?.(value, undefined));
}

/** The options whose values this machine has stored. */
const namedBy: Readonly<Record<string, 'profile' | 'client-app-key'>> = {
  '--profile': 'profile',
  '--client-app-key': 'client-app-key',
};

/** A value for the help and completions. @param stored the kind of a value that this machine has stored */
function readValue(
  placeholder: string,
  description: string,
  choices: readonly string[] | undefined,
  stored: 'profile' | 'client-app-key' | undefined,
): { readonly value: DescribedValue; readonly kind: string } {
  const name = placeholder.slice(1, -1).replace(/\.\.\.$/, '');
  if (choices !== undefined)
    return { value: { name, type: 'choice', choices }, kind: ['choice', ...choices].join(' ') };
  const isFile = /^.(file|pem)\b/.test(placeholder);
  const kind =
    stored ?? (description.startsWith('the .p12 file') ? 'p12' : isFile ? 'file' : 'text');
  const ofName = name === 'directory' ? name : /^(n|seconds|days)$/.test(name) ? 'number' : 'text';
  const type = kind === 'file' || kind === 'p12' ? 'file' : ofName;
  return { value: { name, type, choices: null }, kind };
}

/** The command lines in the examples of its help. */
function examplesOf(command: Command): readonly string[] {
  const help: string[] = [];
  command.configureOutput({ writeOut: (text) => void help.push(text) });
  command.outputHelp();
  return [...help.join('').matchAll(/^ {2}\$ (.*)$/gm)].map(([, line = '']) => line);
}
