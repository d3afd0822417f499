import type { Command } from 'commander';
import type { Context, Outside } from '../context.ts';
import type { EndOfRun } from '../delivery/hook.ts';
import type { ExitCode } from '../errors/entry.ts';
import type { CommandNode } from '../reference/command-tree.ts';
import type { Style } from '../terminal/style.ts';

/** A command's part in help, completions and the parser, and the import of its work. */
export interface Declaration {
  /** Its own word: `whoami`, or `set` of `apns set`. */
  readonly word: string;
  /** Shown next to its word in the help. */
  readonly summary: string;
  /** Declares arguments, options and examples on the command, which has its name and summary. */
  options(command: Command): void | Promise<void>;
  /** Options, with dashes, that are required without a terminal; no variable replaces them. */
  readonly needs?: readonly string[];
  /** Imports the file with its work when it runs. */
  load(): Promise<{ readonly command: AnyCommand }>;
}

/** Commands with the same first word, in the order of its help. */
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
  /** Runs without printing on stdout. `describe` reads the whole command line, for a command that prints it. */
  work(options: Options, context: Context, describe: () => Promise<CommandNode>): Promise<Report>;
  /**
   * The report with its last line break: text for a person, which is fitted to a terminal, or bytes for data (JSON, scripts,
   * formats), which are printed unchanged; pure. `now` is for relative times.
   */
  format(report: Report, style: Style, options: Options, now: Date): string | Uint8Array;
  /** 0 by default. */
  exitCode?(report: Report, options: Options, context: Pick<Outside, 'signal'>): ExitCode;
  /** The part of the report that the runner passes to the program of `--hook`. */
  readonly atEnd?: EndOfRun<Report>;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds commands of every shape; each is typed in its own file
export type AnyCommand = CommandModule<any, any>;
