import type { Command, CommanderError } from 'commander';
import type { CliError } from '../errors/cli-error.ts';
import { nearestName, nearestNames } from '../text/nearest-name.ts';
import { alternatives } from '../text/phrasing.ts';
import { isDashedOption } from '../text/typing.ts';
import { commandPath, namesOf, strayWord, type Topic, topics, usage } from './words.ts';

const longestName = 40;

/**
 * The error for a word that is not a command of the group or the program.
 * @param next the word after it
 */
export function notACommand(word: string, group: Command, next = ''): CliError {
  const otherwise = elsewhere.get(`${group.name()} ${word}`);
  const near =
    otherwise === undefined ? nearCommands(word.slice(0, longestName), group, next) : [otherwise];
  const isFamily = group.parent !== null && group.commands.length > 0;
  const names = !isFamily || near.length > 0 ? '' : `. Commands: ${namesOf(group).join(', ')}`;
  return usage(
    `"${word}" is not a command of ${commandPath(group)}${names}${suggestion(near)}`,
    group,
  );
}

/** Words that people try, and the command that does it. */
const elsewhere: ReadonlyMap<string, string> = new Map([
  ['fleet calendar', 'mfa-cli fleet status --format ics'],
  ['fleet csv', 'mfa-cli fleet status --format csv'],
  ['fleet html', 'mfa-cli fleet status --format html'],
  ['fleet ics', 'mfa-cli fleet status --format ics'],
  ['fleet page', 'mfa-cli fleet status --format html'],
]);

/**
 * The meanings of a wrong word: a command of the group by a near name, or of a family:
 * `apns set`.
 */
function nearCommands(word: string, group: Command, next = ''): readonly string[] {
  const names = namesOf(group);
  if (word === 'help' && group.parent !== null)
    return [`mfa-cli help ${group.name()} ${next}`.trim()];
  const found = [
    nearestNames(word, names),
    group.commands.flatMap((family) =>
      namesOf(family).flatMap((name) => (name === word ? [`${family.name()} ${name}`] : [])),
    ),
  ];
  return found.find((near) => near.length > 0 && near.length <= maxSuggestions) ?? [];
}

const maxSuggestions = 3;

/** Translates an error of commander's parser. @param command the command that threw it */
export function parserError(error: CommanderError, command: Command): CliError {
  const message = error.message.replace(/^error: /, '');
  const [, quoted = ''] = /'(.*)'/s.exec(message) ?? [];
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownOption(quoted, command);
    case 'commander.optionMissingArgument':
      return usage(`Option ${quoted.split(' ')[0]} needs a value: ${quoted}`, command);
    case 'commander.missingArgument':
      return missingArguments(command);
    case 'commander.excessArguments':
      return excessArguments(command);
    case 'commander.invalidArgument':
      return noChoice(message, command);
    default:
      return usage(message.charAt(0).toUpperCase() + message.slice(1).replace(/\.$/, ''), command);
  }
}

function missingArguments(command: Command): CliError {
  const names = command.registeredArguments.flatMap((one) =>
    one.required ? `<${one.name()}>` : [],
  );
  // The first argument may be the missing one: `api /PATH`.
  const given = command.args.map((word) => `"${word.slice(0, longestName)}"`).join(' and ');
  const only = given === '' ? '' : `; only ${given} was given`;
  return usage(`${commandPath(command)} needs ${names.join(' and ')}${only}`, command);
}

function excessArguments(command: Command): CliError {
  const dashed = command.args.find(isDashedOption);
  if (dashed !== undefined) {
    const option = `--${dashed.replace(/^\P{L}+/u, '')}`.slice(0, longestName);
    return usage(
      `The dash of ${dashed.slice(0, longestName)} is no hyphen: type ${option}`,
      command,
    );
  }
  const given = command.args.length;
  const accepted = wordsForArguments(command.registeredArguments.length);
  const excess = `${given} ${given === 1 ? 'was' : 'were'} given`;
  return usage(`${commandPath(command)} accepts ${accepted}, but ${excess}`, command);
}

function wordsForArguments(number: number): string {
  if (number === 0) return 'no arguments';
  return number === 1 ? 'one argument' : `${number} arguments`;
}

/**
 * The error for a value that is not among the choices.
 * @param message commander's message, the only place with the value
 */
function noChoice(message: string, command: Command): CliError {
  const [, option, value, given, argument, list = ''] =
    /^(?:option '([^\s']+)(?:\s[^']*)?' argument '(.*)' is invalid|command-argument value '(.*)' is invalid for argument '([^']*)')\. Allowed choices are ([^']*)\.$/s.exec(
      message,
    ) ?? [];
  const [name, word = ''] = option === undefined ? [`<${argument}>`, given] : [option, value];
  const choices = list.split(', ');
  const near = nearestName(word.slice(0, longestName).toLowerCase(), choices);
  const meant = suggestion(near === undefined ? [] : [near]);
  return usage(`${name} must be ${alternatives(choices)}, not "${word}"${meant}`, command);
}

/** @param word as typed, perhaps with a value, which may be a secret */
function unknownOption(word: string, command: Command): CliError {
  const [operand] = command.args;
  const isGroup = command.commands.length > 0;
  // commander checks the options before the command.
  if (isGroup && operand !== undefined && !operand.startsWith('-'))
    return notACommand(operand, command, command.args[1]);
  const [typed, dashes = '', name = ''] = /^(-{1,2})([\p{L}\p{M}\p{N}_-]*)/u.exec(word) ?? [word];
  const help = command.createHelp();
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)];
  const known = options.find(({ long }) => long === typed);
  if (known !== undefined) {
    const rule =
      known.required || known.optional ? 'needs its value after a space or =' : 'accepts no value';
    return usage(`Option ${typed} ${rule}`, command);
  }
  const found = nearestNames(
    name.slice(0, longestName).toLowerCase().replaceAll('_', '-').replace(/^-+/, ''),
    options.map(({ long }) => long?.slice(2) ?? ''),
  );
  const near = found.length <= maxSuggestions ? found : [];
  const shown = shownName(dashes, name, near.length === 1);
  const message = `Unknown option ${shown}${suggestion(near.map((one) => `--${one}`))}`;
  const misplaced = isGroup && near.length === 0;
  const fix = `Put options after the command: \`${commandPath(command)} <command> [options]\`.`;
  return usage(message, command, misplaced ? { fix } : {});
}

/**
 * Hides what may be a value: after a single dash, a letter without a near name is shown
 * alone.
 */
function shownName(dashes: string, name: string, isNear: boolean): string {
  const letters = [...name];
  const shown = dashes === '-' && !isNear ? 1 : longestName;
  return `${dashes}${letters.slice(0, shown).join('')}${letters.length > shown ? '…' : ''}`;
}

function suggestion(near: readonly string[]): string {
  return near.length === 0 ? '' : `; did you mean ${alternatives(near)}?`;
}

/**
 * The topic asked for, or undefined if the words name a command.
 * @param words the words after `help`, without options
 * @throws {CliError} usage
 */
export function topicOf(words: readonly string[], program: Command): Topic | undefined {
  const [word, more] = words;
  if (word === undefined || word === 'help') return undefined;
  if (namesOf(program).includes(word)) {
    const stray = strayWord(words, program, false);
    if (stray !== null) throw notACommand(...stray);
    return undefined;
  }
  const names = topics.map((topic) => topic.word);
  const found = topics.find((topic) => topic.word === word);
  if (found !== undefined && more !== undefined)
    throw usage(`The help topic ${word} accepts no further word, but "${more}" was given`, program);
  if (found !== undefined) return found;
  const pages = nearestNames(word, [...names, ...namesOf(program)]);
  const near =
    pages.length > 0 && pages.length <= maxSuggestions ? pages : nearCommands(word, program);
  const instead =
    near.length === 0
      ? ` (topics: ${names.join(', ')}; commands: ${namesOf(program).join(', ')})`
      : suggestion(near);
  throw usage(`No help found for "${word}"${instead}`, program);
}
