import type { Command } from 'commander';
import type { Context, Outside } from '../context.ts';
import type { ExitCode } from '../errors/entry.ts';
import type { CommandNode } from '../reference/command-tree.ts';
import type { Style } from '../terminal/style.ts';

/** How a leaf command stands on the command line: all that help, completions and the parser need. */
export interface Declaration {
  /** `['whoami']`, `['apns', 'set']` */
  readonly words: readonly [string] | readonly [string, string];
  /** After its words in the help of the group. */
  readonly summary: string;
  /** Declares arguments, options and examples on the command, which already has its name and summary. */
  options(command: Command): void;
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
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds commands of every shape; each is typed in its own file
export type AnyCommand = CommandModule<any, any>;

/** The file of a leaf command. */
export interface CommandFile {
  readonly declaration: Declaration;
  readonly command: AnyCommand;
}

/** Loads a command's file. The build sets its declaration beside it, so that the start loads no command's work. */
export interface CommandLoader {
  (): Promise<CommandFile>;
  readonly declaration?: Declaration;
}
