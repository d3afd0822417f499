import type { Command } from 'commander';
import type { ExitCode } from '../advice.ts';
import type { Context } from '../context.ts';
import type { Style } from '../terminal/style.ts';

/**
 * The work of a leaf command. The runner calls `work` with the parsed options, prints the report as JSON or by `format`,
 * and asks `exitCode`. Its words stand in the registry; its options, in the file of the same name that ends in
 * `.options.ts`, are loaded without it.
 */
export interface CommandModule<Options, Report> {
  /** Does it, and prints nothing on stdout. `program` makes the command line anew, for a command that describes it. */
  work(options: Options, context: Context, program: () => Command): Promise<Report>;
  /** The report for a person, or in the format that the options ask for, with its last line break; pure. */
  format(report: Report, style: Style, options: Options): string | Uint8Array;
  /** 0 unless the report says otherwise. */
  exitCode?(report: Report, options: Options): ExitCode;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds commands of every shape; each is typed in its own file
export type AnyCommand = CommandModule<any, any>;
