import type { Command } from 'commander';
import type { ExitCode } from '../advice.ts';
import type { Context } from '../context.ts';
import type { Style } from '../terminal/style.ts';

/** What goes to stdout: text, or bytes where the result is binary. */
export type Printed = string | Uint8Array;

/**
 * A leaf command. The runner calls `register` when its words are on the command line, then `work` with the parsed
 * options, prints the report as JSON or by `format`, and asks `exitCode`.
 */
export interface CommandModule<Options, Report> {
  /** Declares arguments, options and examples on the command, which already has its name and summary. */
  register(command: Command): void;
  /** Does it, and prints nothing on stdout. */
  work(options: Options, context: Context): Promise<Report>;
  /** The report for a person, with its last line break; pure, but for loading what it is made with. */
  format(report: Report, style: Style): Printed | Promise<Printed>;
  /** 0 unless the report says otherwise. */
  exitCode?(report: Report): ExitCode;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds commands of every shape; each is typed in its own file
export type AnyCommand = CommandModule<any, any>;
