import type { Command } from 'commander';
import { type Entry, formatEntries } from '../text/layout.ts';
import { addSettings } from './table.ts';

/** The options of `ConnectionOptions` beyond the global ones. */
export function addConnectionOptions(command: Command): Command {
  return addSettings(command, 'tenant', 'app-id', 'client-id', 'scope', 'platform-token');
}

/** The options of `P12Options`: which file, and its password. */
export function addP12Options(command: Command): Command {
  return addPasswordCommand(addSettings(command, 'p12', 'p12-password'), "the .p12's password");
}

/** @param what `the .p12's password` */
export function addPasswordCommand(command: Command, what: string): Command {
  addOptions(command, { '--password-command <program>': `program that prints ${what}` });
  return addRepeatable(command, '--password-arg <argument>', 'an argument of that program, repeatable');
}

/** The options of `HookOptions` but the alerts. */
export function addHookOptions(command: Command): Command {
  addOptions(command, { '--hook <program>': 'program to call at the end, with the JSON report on stdin' });
  addRepeatable(command, '--hook-arg <argument>', 'an argument of the hook, repeatable');
  return addOptions(command, {
    '--hook-timeout <seconds>': 'how long the hook may take; default: 30',
    '--hook-must-succeed': 'end with 8 where all went well but the hook',
  });
}

/** The hook of a command that shows how long certificates last. */
export function addAlertOptions(command: Command): Command {
  return addOptions(addHookOptions(command), {
    '--notify-at <days>': 'call the hook once a certificate and stage: 45,30,14,7,1,0',
  });
}

/** An option that may be given again and again, each time with one value. */
export function addRepeatable(command: Command, flags: string, words: string): Command {
  const collect = (value: string, values: readonly string[] = []): readonly string[] => [...values, value];
  return command.option(flags, words, collect);
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
