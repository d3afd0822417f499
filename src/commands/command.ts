import type { ExitCode } from '../advice.ts';
import type { Context } from '../context.ts';
import type { Style } from '../terminal/style.ts';

/**
 * The work of a leaf command. The runner calls `work` with the parsed options, prints the report as JSON or by `format`,
 * and asks `exitCode`. Its words stand in the registry; its options, in the file of the same name that ends in
 * `.options.ts`, are loaded without it.
 */
export interface CommandModule<Options, Report> {
  /** Does it, and prints nothing on stdout. */
  work(options: Options, context: Context): Promise<Report>;
  /** The report for a person, with its last line break; pure. */
  format(report: Report, style: Style): string | Uint8Array;
  /** 0 unless the report says otherwise. */
  exitCode?(report: Report): ExitCode;
}

// biome-ignore lint/suspicious/noExplicitAny: the registry holds commands of every shape; each is typed in its own file
export type AnyCommand = CommandModule<any, any>;
