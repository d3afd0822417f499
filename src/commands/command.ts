import type { Command } from 'commander';
import type { Context, Outside } from '../context.ts';
import type { EndOfRun } from '../delivery/hook.ts';
import type { ExitCode } from '../errors/entry.ts';
import type { CommandNode } from '../reference/command-tree.ts';
import type { Style } from '../terminal/style.ts';

/** How a command stands on the command line: all that help, completions and the parser need; and where its work is. */
export interface Declaration {
  /** Its own word: `whoami`, or `set` of `apns set`. */
  readonly word: string;
  /** Beside its word in the help. */
  readonly summary: string;
  /** Declares arguments, options and examples on the command, which already has its name and summary. */
  options(command: Command): void | Promise<void>;
  /** The options, with their dashes, without which it ends with 2 where nobody can be asked; no variable stands in for them. */
  readonly needs?: readonly string[];
  /** Imports the file with its work, once it is run. */
  load(): Promise<{ readonly command: AnyCommand }>;
}

/** Commands that share their first word, in the order of its help. */
export interface Family {
  readonly word: string;
  readonly summary: string;
  /** A command line. */
  readonly example: string;
  readonly commands: readonly Declaration[];
}

/**
 * The work of a leaf command. The runner calls `work` with the parsed options, prints the report as JSON or by `format`,
 * and asks `exitCode`.
 */
export interface CommandModule<Options, Report> {
  /** Does it, and prints nothing on stdout. `describe` reads the whole command line, for a command that prints it. */
  work(options: Options, context: Context, describe: () => Promise<CommandNode>): Promise<Report>;
  /**
   * The report with its last line break: text for a person, which is fitted to a terminal, or bytes where it is data (JSON,
   * a script, a format that the options ask for), which are printed as they are; pure. `now` is for how long a moment is off.
   */
  format(report: Report, style: Style, options: Options, now: Date): string | Uint8Array;
  /** 0 unless the report says otherwise. */
  exitCode?(report: Report, options: Options, context: Pick<Outside, 'signal'>): ExitCode;
  /** What its report tells the program of `--hook`, which the runner calls. */
  readonly atEnd?: EndOfRun<Report>;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds commands of every shape; each is typed in its own file
export type AnyCommand = CommandModule<any, any>;
