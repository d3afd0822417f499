import type { Command, Help, Option } from 'commander';
import { optionGroups } from '../settings/define.ts';
import { headingOf } from '../settings/parser.ts';
import { columnOf, type Entry, formatEntries, wrap } from '../text/layout.ts';

export const optionsPage = 'mfa-cli help options';

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
    { title: 'Commands:', entries: commandsOf(command, help) },
    ...optionSections(command, help),
  ].filter(({ entries }) => entries.length > 0);
  const column = columnOf(sections.flatMap(({ entries }) => entries));
  const paragraphs = [
    `Usage: ${help.commandUsage(command)}`,
    wrap(help.commandDescription(command), width).join('\n'),
    ...sections.map(
      ({ title, entries }) => `${title}\n${formatEntries(entries, width, '  ', column).trimEnd()}`,
    ),
    `Global options: ${optionsPage}`,
  ];
  return `${paragraphs.join('\n\n')}\n`;
}

function argumentsOf(command: Command, help: Help): readonly Entry[] {
  return help
    .visibleArguments(command)
    .map((argument) => [help.argumentTerm(argument), help.argumentDescription(argument)]);
}

function commandsOf(command: Command, help: Help): readonly Entry[] {
  return help
    .visibleCommands(command)
    .map((child) => [help.subcommandTerm(child), help.subcommandDescription(child)]);
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
  return help.visibleOptions(command).filter(({ long }) => long !== '--help');
}
