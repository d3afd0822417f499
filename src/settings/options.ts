import type { Command } from 'commander';
import { type Entry, formatEntries } from '../text/layout.ts';
import { addSettings } from './table.ts';

/** The options of `ConnectionOptions` beyond the global ones. */
export function addConnectionOptions(command: Command): Command {
  return addSettings(command, 'tenant', 'app-id', 'client-id', 'scope', 'platform-token');
}

export function addP12Options(command: Command): Command {
  return addPasswordCommand(addSettings(command, 'p12', 'p12-password'), "the .p12's password");
}

/** @param what `the .p12's password` */
export function addPasswordCommand(command: Command, what: string): Command {
  addOptions(command, { '--password-command <program>': `run this program, which prints ${what}` });
  return addRepeatable(
    command,
    '--password-arg <argument>',
    'argument for that program, repeatable',
  );
}

/** The options of `HookOptions` but the alerts. */
export function addHookOptions(command: Command): Command {
  addOptions(command, {
    '--hook <program>': 'program to run at the end, with the JSON report on stdin',
  });
  addRepeatable(command, '--hook-arg <argument>', 'argument for the hook, repeatable');
  return addOptions(command, {
    '--hook-timeout <seconds>': 'time limit for the hook; default: 30',
    '--hook-must-succeed': 'exit 8 if only the hook failed',
  });
}

/** The hook of a command that reports when certificates expire. */
export function addAlertOptions(command: Command): Command {
  return addOptions(addHookOptions(command), {
    '--notify-at <days>':
      'run the hook once per certificate at each of these days left: 45,30,14,7,1,0',
  });
}

/** A repeatable option with one value each time. */
export function addRepeatable(command: Command, flags: string, words: string): Command {
  const collect = (value: string, values: readonly string[] = []): readonly string[] => [
    ...values,
    value,
  ];
  return command.option(flags, words, collect);
}

export function addTokenKeyOptions(command: Command): Command {
  return addSettings(command, 'p8', 'key-id', 'team-id');
}

/** A list of terms at the end of a command's help, fitted to the page. */
export function addList(command: Command, title: string, entries: readonly Entry[]): Command {
  const list = (): string => {
    const columns = command.configureOutput().getOutHelpWidth?.() ?? Number.POSITIVE_INFINITY;
    return `\n${title}\n${formatEntries(entries, columns, '  ')}`.trimEnd();
  };
  return command.addHelpText('after', list);
}

/** The help of an option, alone or in a list with its choices. */
type OptionWords = string | readonly [words: string, ...choices: readonly string[]];

/** Declares options that are not settings, by their flags. */
export function addOptions(
  command: Command,
  options: Readonly<Record<string, OptionWords>>,
): Command {
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
    '--fail-on <level>': [
      'lowest level of findings that stops the command with exit code 4; default: error',
      'error',
      'warning',
    ],
    '--warn-days <days>': 'warn if this many days or fewer are left; default: 30',
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
  const words = 'APNs environment; default: production, if the certificate serves it';
  return addSettings(
    addOptions(command, { '--environment <name>': [words, ...environments] }),
    'apns-host',
  );
}

/** The content of an MFA push. */
export interface PushOptions {
  readonly message?: string;
  readonly title?: string;
  readonly challenge?: string;
}

export function addPushOptions(command: Command): Command {
  return addOptions(command, {
    '--message <text>': 'text of the alert; default: "A sign-in is waiting: approve or deny it"',
    '--title <text>': 'title of the alert',
    '--challenge <answer>': 'ChallengeAnswer that the app returns; default: random',
  });
}
