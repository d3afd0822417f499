import type { Command, Option } from 'commander';
import { CliError } from '../errors/cli-error.ts';
import type { NamedProgram } from '../programs/run-program.ts';
import type { Entry } from '../text/layout.ts';
import {
  flagOf,
  type OptionDeclaration,
  type OptionGroup,
  type OptionsOf,
  type OptionTable,
} from './define.ts';
import { type SettingName, table as settings, variablesOf } from './table.ts';
import { invalidValue, parseDays, parseSeconds } from './values.ts';

/** The parser's result, by the keys of the options; those not given may be missing. */
export type ParsedOptions = Readonly<Record<string, unknown>>;

/** Declares the options and arguments of a table on a command of the parser. */
export function addOptions(command: Command, table: OptionTable): Command {
  for (const [key, declared] of Object.entries(table)) {
    if (isArgument(declared)) addArgument(command, key, declared);
    else if (declared.type === 'either') addEither(command, flagOf(table, key), declared);
    else command.addOption(optionOf(command, flagOf(table, key), declared));
  }
  return command;
}

type Argument = Extract<OptionDeclaration, { type: `${string}argument${string}` }>;
type Either = Extract<OptionDeclaration, { type: 'either' }>;
type Flagged = Exclude<OptionDeclaration, Argument | Either>;

function isArgument(declared: OptionDeclaration): declared is Argument {
  return ['argument', 'optional-argument', 'arguments'].includes(declared.type);
}

const placeholders: Readonly<Record<Argument['type'], (name: string) => string>> = {
  argument: (name) => `<${name}>`,
  'optional-argument': (name) => `[${name}]`,
  arguments: (name) => `<${name}...>`,
};

function addArgument(command: Command, name: string, declared: Argument): void {
  const { type, meaning, choices } = declared;
  const help = withDefault(meaning, declared.default);
  const argument = command.createArgument(placeholders[type](name), help);
  command.addArgument(choices === undefined ? argument : argument.choices(choices));
}

function addEither(command: Command, flag: string, declared: Either): void {
  const { meaning, negation, group } = declared;
  const pair = [
    inGroup(command.createOption(flag, meaning), group),
    inGroup(command.createOption(`--no-${flag.slice(2)}`, negation), group),
  ];
  for (const option of pair) command.addOption(option);
  refuseBoth(command, pair);
}

/** Both set one value, of which the parser would silently keep the last. */
function refuseBoth(command: Command, pair: readonly Option[]): void {
  const given = new Set<Option>();
  for (const option of pair) {
    command.on(`option:${option.name()}`, () => {
      given.add(option);
      if (given.size < pair.length) return;
      const flags = pair.map(({ long }) => long).join(' and ');
      throw new CliError('usage', `${flags} cannot be used together`);
    });
  }
}

function inGroup(option: Option, group: OptionGroup | undefined): Option {
  return group === undefined ? option : option.helpGroup(headingOf(group));
}

/** The line above the options of a group. */
export function headingOf(group: OptionGroup): string {
  return `${group}:`;
}

function withDefault(meaning: string, standard: string | number | undefined): string {
  return standard === undefined ? meaning : `${meaning}; default: ${standard}`;
}

function optionOf(command: Command, flag: string, declared: Flagged): Option {
  const option = command.createOption(termOf(flag, declared), meaningOf(declared));
  if (declared.type === 'choice') option.choices(declared.choices);
  if (declared.type === 'list') option.argParser(collect);
  if (declared.isHidden) option.hideHelp();
  return inGroup(option, declared.group);
}

/** The options as a list in the help. */
export function entriesOf(table: OptionTable): readonly Entry[] {
  return Object.entries(table).flatMap(([key, declared]): Entry[] => {
    if (isArgument(declared) || declared.type === 'either') return [];
    return [[termOf(flagOf(table, key), declared), meaningOf(declared)]];
  });
}

/** `--only <name...>` */
function termOf(flag: string, declared: Flagged): string {
  const more = declared.type === 'series' ? '...' : '';
  return 'value' in declared ? `${flag} <${declared.value}${more}>` : flag;
}

function collect(value: string, values: readonly string[] = []): readonly string[] {
  return [...values, value];
}

/** `client app key; default: the topic [MFA_CLI_CLIENT_APP_KEY]`. */
function meaningOf(declared: Flagged): string {
  const { default: standard, variables } = declared;
  const meaning = declared.meaning ?? settings[declared.setting].meaning;
  const named = variables ?? variablesOf(settingsIn(declared)).join(', ');
  const end = named === '' ? '' : ` [${named}]`;
  return `${withDefault(meaning, standard)}${end}`;
}

/** The variables that can replace an option or that it reads. */
export function variablesFor(declared: OptionDeclaration): readonly string[] {
  if ('variables' in declared && declared.variables !== undefined)
    return declared.variables.match(/\b[A-Z][A-Z\d_]+\b/g) ?? [];
  return variablesOf(settingsIn(declared));
}

/** The settings that an option sets. */
function settingsIn(declared: OptionDeclaration): readonly SettingName[] {
  if (!('setting' in declared) || declared.setting === undefined) return [];
  return [declared.setting].flat();
}

/** An option that sets a setting, as the help shows it. */
export interface SettingOption {
  /** `--tenant` */
  readonly flag: string;
  /** `--tenant <url>` */
  readonly term: string;
  readonly meaning: string;
}

/** The option of a table that sets the setting; undefined: none does. */
export function optionFor(setting: SettingName, table: OptionTable): SettingOption | undefined {
  const key = keyFor(setting, table);
  const declared = key === undefined ? undefined : table[key];
  if (key === undefined || declared === undefined) return undefined;
  if (isArgument(declared) || declared.type === 'either') return undefined;
  const flag = flagOf(table, key);
  const meaning = declared.meaning ?? settings[declared.setting].meaning;
  return { flag, term: termOf(flag, declared), meaning };
}

function keyFor(setting: SettingName, table: OptionTable): string | undefined {
  return Object.keys(table).find((key) => {
    const declared = table[key];
    return declared !== undefined && settingsIn(declared).includes(setting);
  });
}

/**
 * The values given to a command, by its declaration: every key is there, first those of
 * the command line, in its order.
 * @throws {CliError} usage
 */
export function readOptions<Table extends OptionTable>(
  table: Table,
  parsed: ParsedOptions,
): OptionsOf<Table> {
  const givenKeys = Object.keys(parsed).filter((key) => Object.hasOwn(table, key));
  const keys = new Set([...givenKeys, ...Object.keys(table)]);
  const values = [...keys].flatMap((key) => {
    const declared = table[key];
    if (declared === undefined) return [];
    const value = parsed[key];
    const isText = typeof value === 'string';
    return [[key, isText ? parsedAs(declared, flagOf(table, key), value) : value]];
  });
  // The parser was made from the same table: this is the one place that says so to the
  // compiler.
  return Object.fromEntries(values) as OptionsOf<Table>;
}

function parsedAs(declared: OptionDeclaration, flag: string, text: string): string | number {
  if (declared.type === 'days') return parseDays(text, flag);
  if (declared.type === 'seconds') return parseSeconds(text, flag);
  return declared.type === 'number' ? parseNumber(text, flag, declared.most) : text;
}

/** The programs that the given options name. */
export function programsIn(
  table: OptionTable,
  options: OptionsOf<OptionTable>,
): readonly NamedProgram[] {
  return Object.entries(table).flatMap(([key, declared]) => {
    const program = options[key];
    if (declared.type !== 'program' || typeof program !== 'string') return [];
    const argument = flagOf(table, declared.argumentsIn);
    return [{ program, option: flagOf(table, key), argument }];
  });
}

/** The value that was given for a setting; undefined: none was. */
export function givenFor(
  setting: SettingName,
  table: OptionTable,
  parsed: ParsedOptions,
): string | undefined {
  const key = keyFor(setting, table);
  const value = key === undefined ? undefined : parsed[key];
  return typeof value === 'string' ? value : undefined;
}

/** @throws {CliError} usage */
function parseNumber(text: string, option: string, most: number): number {
  const number = Number(text);
  if (/^\d{1,7}$/.test(text) && number >= 1 && number <= most) return number;
  throw invalidValue(text, { option }, `a number from 1 to ${most}`);
}
