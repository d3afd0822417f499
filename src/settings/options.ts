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

/** A list of terms at the end of a command's help, as wide as the page. */
export function addList(command: Command, title: string, entries: readonly Entry[]): Command {
  const list = (): string => {
    const columns = command.configureOutput().getOutHelpWidth?.() ?? Number.POSITIVE_INFINITY;
    return `\n${title}\n${formatEntries(entries, columns, '  ')}`.trimEnd();
  };
  return command.addHelpText('after', list);
}

/** The options of `JudgingOptions` without `--force`. */
export function addJudgingOptions(command: Command): Command {
  return command
    .addOption(
      command
        .createOption('--fail-on <level>', 'from which findings on to end with 4; default: error')
        .choices(['error', 'warning']),
    )
    .option('--warn-days <days>', 'warn with this many days left or fewer; default: 30');
}

/** The examples at the end of a command's help, one a line. */
export function addExamples(command: Command, ...examples: readonly string[]): Command {
  return command.addHelpText(
    'after',
    `\nExamples:\n${examples.map((example) => `  $ ${example}`).join('\n')}`,
  );
}

/** The options of `ApnsOptions` but the topic. */
export function addApnsHostOptions(command: Command): Command {
  const environment = command
    .createOption(
      '--environment <name>',
      'APNs environment; default: production, where the certificate serves it',
    )
    .choices(['production', 'sandbox']);
  return addSettings(command.addOption(environment), 'apns-host');
}

/** What an MFA push says. */
export interface PushOptions {
  readonly message?: string;
  readonly title?: string;
  readonly challenge?: string;
}

export function addPushOptions(command: Command): Command {
  return command
    .option('--message <text>', 'what the person reads; default: "A sign-in is waiting: approve or deny it"')
    .option('--title <text>', 'title of the alert')
    .option('--challenge <answer>', 'ChallengeAnswer that the app sends back; default: a random one');
}
