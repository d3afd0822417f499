import type { Command } from 'commander';
import { type Entry, formatEntries } from '../text/layout.ts';
import { addSettings } from './table.ts';

/** The options of `ConnectionOptions` beyond the global ones. */
export function addConnectionOptions(command: Command): Command {
  return addSettings(command, 'tenant', 'app-id', 'client-id', 'scope', 'platform-token');
}

/** The options of `P12Options`: which file, and its password. */
export function addP12Options(command: Command): Command {
  return addSettings(command, 'p12', 'p12-password');
}

/** The options of `TokenKeyOptions`. */
export function addTokenKeyOptions(command: Command): Command {
  return addSettings(command, 'p8', 'key-id', 'team-id');
}

/** A list of terms at the end of a command's help, as wide as the page. */
export function addList(command: Command, title: string, entries: readonly Entry[]): Command {
  const list = (): string => {
    const columns = command.configureOutput().getOutHelpWidth?.() ?? Number.POSITIVE_INFINITY;
    return `\n${title}\n${formatEntries(entries, columns, '  ')}`.trimEnd();
  };
  return command.addHelpText('after', list);
}

/** What the help says of an option; behind it, in a list, the only values that the option takes. */
type OptionWords = string | readonly [words: string, ...choices: readonly string[]];

/** Declares options that no setting stands for, by their flags. */
export function addOptions(command: Command, options: Readonly<Record<string, OptionWords>>): Command {
  for (const [flags, given] of Object.entries(options)) {
    const [words, ...choices] = [given].flat();
    const option = command.createOption(flags, words);
    command.addOption(choices.length === 0 ? option : option.choices(choices));
  }
  return command;
}

/** The options of `JudgingOptions` without `--force`. */
export function addJudgingOptions(command: Command): Command {
  return addOptions(command, {
    '--fail-on <level>': ['from which findings on to end with 4; default: error', 'error', 'warning'],
    '--warn-days <days>': 'warn with this many days left or fewer; default: 30',
  });
}

/** The examples at the end of a command's help, one a line. */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`,
  );
}

const environments = ['production', 'sandbox'] as const;

/** The options of `ApnsOptions` but the topic. */
export function addApnsHostOptions(command: Command): Command {
  const words = 'APNs environment; default: production, where the certificate serves it';
  return addSettings(addOptions(command, { '--environment <name>': [words, ...environments] }), 'apns-host');
}

/** What an MFA push says. */
export interface PushOptions {
  readonly message?: string;
  readonly title?: string;
  readonly challenge?: string;
}

export function addPushOptions(command: Command): Command {
  return addOptions(command, {
    '--message <text>': 'what the person reads; default: "A sign-in is waiting: approve or deny it"',
    '--title <text>': 'title of the alert',
    '--challenge <answer>': 'ChallengeAnswer that the app sends back; default: a random one',
  });
}
