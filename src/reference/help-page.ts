import type { Command, Help, Option } from 'commander';
import { optionGroups } from '../settings/define.ts';
import { headingOf } from '../settings/parser.ts';
import { columnOf, type Entry, formatEntries, wrap } from '../text/layout.ts';
import { globalEntries } from './global-entries.ts';

const optionsPage = 'mfa-cli help options';

/** A heading, and what stands below it. */
interface Section {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/**
 * The help of a command: commands before options, each below the heading of its group.
 * The options of every command have a page of their own.
 */
export function formatHelp(command: Command, help: Help): string {
  const width = help.helpWidth ?? Number.POSITIVE_INFINITY;
  const sections = [
    { title: 'Arguments:', entries: argumentsOf(command, help) },
    ...commandSections(command, help),
    ...optionSections(command, help),
  ].filter(({ entries }) => entries.length > 0);
  const column = columnOf(sections.flatMap(({ entries }) => entries));
  const paragraphs = [
    `Usage: ${help.commandUsage(command)}`,
    wrap(help.commandDescription(command), width).join('\n'),
    ...sections.map(
      ({ title, entries }) => `${title}\n${formatEntries(entries, width, '  ', column).trimEnd()}`,
    ),
    command.parent === null ? globalLines(width) : `Global options: ${optionsPage}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function argumentsOf(command: Command, help: Help): readonly Entry[] {
  return help
    .visibleArguments(command)
    .map((argument) => [help.argumentTerm(argument), help.argumentDescription(argument)]);
}

function commandSections(command: Command, help: Help): readonly Section[] {
  const children = help.visibleCommands(command);
  const titles = new Set(children.map(titleOf));
  return [...titles].map((title) => ({
    title,
    entries: children
      .filter((child) => titleOf(child) === title)
      .map((child) => [help.subcommandTerm(child), help.subcommandDescription(child)]),
  }));
}

function titleOf(command: Command): string {
  return command.helpGroup() || 'Commands:';
}

function optionSections(command: Command, help: Help): readonly Section[] {
  const options = ownOptions(command, help);
  const titles = [undefined, ...optionGroups.map(headingOf)];
  return titles.map((title) => ({
    title: title ?? 'Options:',
    entries: options
      .filter(({ helpGroupHeading }) => helpGroupHeading === title)
      .map((option) => [help.optionTerm(option), help.optionDescription(option)]),
  }));
}

/** Those that not every command has. */
function ownOptions(command: Command, help: Help): readonly Option[] {
  if (command.parent === null) return [];
  return help.visibleOptions(command).filter(({ long }) => long !== '--help');
}

function globalLines(width: number): string {
  const terms = globalEntries.map(([term]) => term).join(', ');
  const lines = wrap(terms, width - 2).map((line) => `  ${line}`);
  return [`Global options (${optionsPage}):`, ...lines].join('\n');
}
