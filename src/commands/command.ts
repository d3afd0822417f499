import type { Command } from 'commander';
import type { Context, Outside } from '../context.ts';
import type { EndOfRun } from '../delivery/hook.ts';
import type { ExitCode } from '../errors/entry.ts';
import type { CommandNode } from '../reference/command-tree.ts';
import type { Style } from '../terminal/style.ts';

/** A command for help, completions and the parser, with the import of its code. */
export interface Declaration {
  /** The command's last word: `whoami`, or `set` of `apns set`. */
  readonly word: string;
  /** An imperative without a full stop. */
  readonly summary: string;
  /** Declares arguments, options and examples. */
  options(command: Command): void | Promise<void>;
  /** The options, with dashes, that the command requires without a terminal. No variable replaces them. */
  readonly needs?: readonly string[];
  /** Imports the command's code when it runs. */
  load(): Promise<{ readonly command: AnyCommand }>;
}

/** Commands with the same first word, in the order of the help. */
export interface Family {
  readonly word: string;
  readonly summary: string;
  /** A command line. */
  readonly example: string;
  readonly commands: readonly Declaration[];
}

/**
 * The code of a command. The runner calls `work` with the parsed options, prints the report as JSON or with `format`, and
 * takes the exit code from `exitCode`.
 */
export interface CommandModule<Options, Report> {
  /** Runs the command and prints nothing on stdout. @param describe reads the tree of all commands */
  work(options: Options, context: Context, describe: () => Promise<CommandNode>): Promise<Report>;
  /**
   * Formats the report, with its last line break. Pure. Text is fitted to the terminal; bytes are data (JSON, a script, CSV)
   * and stay as they are. `now` is for relative times.
   */
  format(report: Report, style: Style, options: Options, now: Date): string | Uint8Array;
  /** The exit code of a report; default: 0. */
  exitCode?(report: Report, options: Options, context: Pick<Outside, 'signal'>): ExitCode;
  /** The report's data for the program of `--hook`. */
  readonly atEnd?: EndOfRun<Report>;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry has commands of every type; each is typed in its own file
export type AnyCommand = CommandModule<any, any>;
