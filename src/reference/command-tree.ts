import type { Argument, Command, Help, Option } from 'commander';
import {
  kindOf,
  type OptionDeclaration,
  type OptionTable,
  type ValueKind,
} from '../settings/define.ts';
import { globalOptions } from '../settings/global-options.ts';
import { variableSettings } from '../settings/options.ts';
import { variablesFor } from '../settings/parser.ts';

export interface DescribedCommand {
  /**
   * The command's words without the program's name: `apns set`; empty for the program.
   */
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  /** In order. */
  readonly arguments: readonly DescribedArgument[];
  /** The command's own options, without the global ones. */
  readonly options: readonly DescribedOption[];
  /** Command lines. */
  readonly examples: readonly string[];
  /**
   * The file in the package's `schema/` that describes the command's `--json` output;
   * null for a group of commands.
   */
  readonly schema: string | null;
  /** The effects of a run, whichever options it has; null for a group of commands. */
  readonly behavior: Behavior | null;
  readonly commands: readonly DescribedCommand[];
}

/**
 * The effects that a command may have. With `--dry-run` it neither sends nor destroys.
 */
export interface Behavior {
  /** Whether it may change the tenant or send a push to a phone. */
  readonly sends: boolean;
  /**
   * Whether it may delete at the tenant, or delete a session or profile of this machine.
   */
  readonly destroys: boolean;
  /** Whether it exits with 5 if it comes to the tenant and nobody is signed in. */
  readonly needsSession: boolean;
  /** Whether it may ask a question in a terminal. */
  readonly asks: boolean;
  /** Whether stdout may be data for a file or another program, even without `--json`. */
  readonly keepsStdout: boolean;
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
  /**
   * Whether the command exits with 2 if the option is missing and there is no terminal.
   */
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
  /** The kind of value: a `ValueKind`, `none`, or `choice pem p12`. */
  readonly kind: string;
}

export interface OptionNode extends Omit<ArgumentNode, 'described'> {
  readonly described: DescribedOption;
  /** `--help` and perhaps `-h`. */
  readonly spellings: readonly string[];
}

/**
 * A command with all commands below it. The options of the root apply to every command.
 */
export interface CommandNode extends Omit<DescribedCommand, 'arguments' | 'options' | 'commands'> {
  readonly arguments: readonly ArgumentNode[];
  readonly options: readonly OptionNode[];
  readonly commands: readonly CommandNode[];
}

/** The declaration of a command, as far as the tree shows it. */
export interface DeclaredCommand {
  readonly options: OptionTable;
  /** The options, with dashes, that the command requires without a terminal. */
  readonly needs: readonly string[];
  readonly behavior: Behavior;
}

/** The declaration of a command of the parser; undefined for a group of commands. */
type DeclarationOf = (command: Command) => DeclaredCommand | undefined;

/** Reads the tree of a program whose commands have declared their options. */
export function readCommandTree(program: Command, declarationOf: DeclarationOf): CommandNode {
  return nodeOf(program, '', declarationOf);
}

/** Every command of the tree, each before its subcommands. */
export function flatten(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.commands.flatMap(flatten)];
}

function nodeOf(command: Command, path: string, declarationOf: DeclarationOf): CommandNode {
  const help = command.createHelp();
  const declaration = declarationOf(command);
  const table: OptionTable = { ...globalOptions, ...declaration?.options };
  const needs = declaration?.needs ?? [];
  const children = help.visibleCommands(command);
  return {
    path,
    summary: command.summary(),
    description: command.description(),
    arguments: command.registeredArguments.map((argument) =>
      argumentOf(argument, table[argument.name()], help),
    ),
    options: help
      .visibleOptions(command)
      .map((option) =>
        optionOf(option, table[option.attributeName()], needs.includes(option.long ?? ''), help),
      ),
    examples: examplesOf(command),
    schema: children.length > 0 ? null : `${path.replaceAll(' ', '-')}.schema.json`,
    behavior: declaration?.behavior ?? null,
    commands: children.map((child) =>
      nodeOf(child, `${path} ${child.name()}`.trim(), declarationOf),
    ),
  };
}

/** @param declared undefined: the parser's own, `--help` and `--version` */
function optionOf(
  option: Option,
  declared: OptionDeclaration | undefined,
  required: boolean,
  help: Help,
): OptionNode {
  const { long, short, flags: term, description, argChoices } = option;
  const [placeholder = ''] = /[<[].*$/s.exec(term) ?? [];
  const spellings = [long, short].filter((spelling) => typeof spelling === 'string');
  const [name = ''] = spellings;
  const { value, kind } =
    placeholder === ''
      ? { value: null, kind: 'none' }
      : readValue(placeholder, declared, argChoices);
  const standard = value === null ? null : (defaultOf(declared) ?? defaultOfSetting(option));
  const described = {
    name,
    short: short ?? null,
    term,
    value,
    default: standard,
    required,
    repeatable: option.variadic || declared?.type === 'list',
    help: help.optionDescription(option),
    variables: declared === undefined ? [] : variablesFor(declared),
  };
  return { described, spellings, placeholder, description, kind };
}

function argumentOf(
  argument: Argument,
  declared: OptionDeclaration | undefined,
  help: Help,
): ArgumentNode {
  const name = argument.name();
  const placeholder = argument.required ? `<${name}>` : `[${name}]`;
  const { description, argChoices, required, variadic: repeatable } = argument;
  const { value, kind } = readValue(placeholder, declared, argChoices);
  const described = {
    value,
    default: defaultOf(declared),
    required,
    repeatable,
    help: help.argumentDescription(argument),
  };
  return { described, placeholder, description, kind };
}

function defaultOf(declared: OptionDeclaration | undefined): string | null {
  const isStated = declared !== undefined && 'default' in declared;
  return isStated && declared.default !== undefined ? String(declared.default) : null;
}

/** The default in the settings, if the option's help comes from there. */
function defaultOfSetting({ flags, description }: Option): string | null {
  const row = variableSettings().find(
    ({ option }) => option?.term === flags && description.startsWith(option.meaning),
  );
  return row?.default ?? null;
}

/** A value for the help and completions. */
function readValue(
  placeholder: string,
  declared: OptionDeclaration | undefined,
  choices: readonly string[] | undefined,
): { readonly value: DescribedValue; readonly kind: string } {
  const name = placeholder.slice(1, -1).replace(/\.\.\.$/, '');
  if (choices !== undefined)
    return { value: { name, type: 'choice', choices }, kind: ['choice', ...choices].join(' ') };
  const kind = declared === undefined ? 'text' : kindOf(declared);
  return { value: { name, type: describedTypes[kind], choices: null }, kind };
}

const describedTypes: Readonly<Record<ValueKind, DescribedValue['type']>> = {
  text: 'text',
  number: 'number',
  file: 'file',
  directory: 'directory',
  p12: 'file',
  profile: 'text',
  'client-app-key': 'text',
};

/** The command lines in the examples of its help. */
function examplesOf(command: Command): readonly string[] {
  const help: string[] = [];
  command.configureOutput({ writeOut: (text) => void help.push(text) });
  command.outputHelp();
  return [...help.join('').matchAll(/^ {2}\$ (.*)$/gm)].map(([, line = '']) => line);
}
