import type { Command } from 'commander';
import { CliError, type FactsOf } from '../errors/cli-error.ts';

/** `mfa-cli apns set`. */
export function commandPath(command: Command): string {
  return command.parent === null
    ? command.name()
    : `${commandPath(command.parent)} ${command.name()}`;
}

export function namesOf(parent: Command): readonly string[] {
  return parent.commands.map((command) => command.name());
}

export function usage(message: string, command: Command, facts: FactsOf<'usage'> = {}): CliError {
  const path = commandPath(command).split(' ');
  return new CliError('usage', message, { facts: { ...facts, command: path } });
}

/**
 * The first of the leading words that names no command, its group, and the word after it;
 * null: each names one.
 * @param takesArguments whether words after a command are its arguments
 */
export function strayWord(
  words: readonly string[],
  program: Command,
  takesArguments: boolean,
): readonly [word: string, group: Command, next: string | undefined] | null {
  let command = program;
  for (const [index, word] of words.entries()) {
    if (word.startsWith('-') || (takesArguments && command.commands.length === 0)) return null;
    const below = command.commands.find((child) => child.name() === word);
    if (below === undefined) return [word, command, words[index + 1]];
    command = below;
  }
  return null;
}

/** A help page beyond commands: `mfa-cli help environment`. */
export interface Topic {
  readonly word: string;
  readonly summary: string;
  /** Loads the text for a page of that many columns. */
  load(columns: number): Promise<string>;
}

export const topics: readonly Topic[] = [
  {
    word: 'options',
    summary: 'options of every command',
    load: async (columns) => (await import('./topics/options.ts')).optionsPage(columns),
  },
  {
    word: 'environment',
    summary: 'environment variables that mfa-cli reads',
    load: async (columns) => (await import('./topics/environment.ts')).environmentPage(columns),
  },
  {
    word: 'exit-codes',
    summary: 'meaning of each exit code',
    load: async (columns) => (await import('./topics/environment.ts')).exitCodesPage(columns),
  },
  {
    word: 'fleet-file',
    summary: 'format of the file that declares a fleet of tenants',
    load: async (columns) => (await import('./topics/fleet-file.ts')).fleetFilePage(columns),
  },
  {
    word: 'findings',
    summary: 'findings of the checks, and how to fix each',
    load: async (columns) => (await import('./topics/findings.ts')).findingsPage(columns),
  },
  {
    word: 'agents',
    summary: 'rules for programs that call mfa-cli',
    load: async (columns) => (await import('./topics/agents.ts')).agentsPage(columns),
  },
];
