import type { Command } from 'commander';
import type { Context, Environment, Outside } from '../context.ts';
import type { ExitCode } from '../errors/entry.ts';
import type { Destination } from '../errors/hint.ts';
import type { NamedProgram } from '../programs/run-program.ts';
import type { Behavior, CommandNode, DeclaredCommand } from '../reference/command-tree.ts';
import { flagOf, type OptionTable } from '../settings/define.ts';
import { destinationOf } from '../settings/destination.ts';
import { type CommandOptions, globalOptions } from '../settings/global-options.ts';
import {
  addOptions,
  givenFor,
  type ParsedOptions,
  programsIn,
  readOptions,
} from '../settings/parser.ts';
import type { Style } from '../terminal/style.ts';
import { type Entry, formatEntries } from '../text/layout.ts';
import type { EndOfRun, HookFacts, HookOptions } from './hook.ts';

/**
 * The code of a command. The runner calls `work` with the parsed options, prints the
 * report as JSON or with `format`, and takes the exit code from `exitCode`. Its members
 * are properties, so that the compiler holds their options against the declared ones.
 */
export interface CommandModule<Options, Report, Output extends string | Uint8Array = string> {
  /**
   * Runs the command and prints nothing on stdout.
   * @param describe reads the tree of all commands
   */
  readonly work: (
    options: Options,
    context: Context,
    describe: () => Promise<CommandNode>,
  ) => Promise<Report>;
  /**
   * Formats the report, with its last line break. Pure. Text is fitted to the terminal;
   * bytes are data (JSON, a script, CSV) and stay as they are. `now` is for relative
   * times.
   */
  readonly format: (report: Report, style: Style, options: Options, now: Date) => Output;
  /** The exit code of a report; default: 0. */
  readonly exitCode?: (
    report: Report,
    options: Options,
    context: Pick<Outside, 'signal'>,
  ) => ExitCode;
  /** The report's data for the program of `--hook`. */
  readonly atEnd?: EndOfRun<Report, Options>;
}

/** A list of terms at the end of a command's help. */
interface TermList {
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** The effects of a command, as its family declares them. */
type Effects = { readonly [Effect in keyof Behavior]?: true };

/** Only a command that keeps stdout for data may print bytes. */
type OutputOf<Does extends Effects> = Does extends { readonly keepsStdout: true }
  ? string | Uint8Array
  : string;

/**
 * A command as its family declares it. Its code must take the declared options, and no
 * others.
 */
interface CommandDeclaration<Own extends OptionTable, Report extends object, Does extends Effects> {
  /** The command's last word: `whoami`, or `set` of `apns set`. */
  readonly word: string;
  /** An imperative without a full stop. */
  readonly summary: string;
  readonly options: Own;
  /**
   * The options that the command requires without a terminal. No variable replaces them.
   */
  readonly needs?: readonly (keyof Own & string)[];
  /** The effects that the command may have; those that are absent it never has. */
  readonly behavior?: Does;
  /** The help's first line, where it is not simply made from the arguments. */
  readonly usage?: string;
  /** Loads a list for the help. */
  readonly list?: () => Promise<TermList>;
  /** Command lines. */
  readonly examples: readonly string[];
  /** Of a command that ends with a hook: what its options say of it. */
  readonly hook?: (options: CommandOptions<Own>) => HookOptions;
  /** Imports the command's code when it runs. */
  readonly load: () => Promise<{
    readonly command: CommandModule<CommandOptions<Own>, Report, OutputOf<Does>>;
  }>;
}

/**
 * A command for help, completions and the parser; the types of its options and its report
 * are its own affair.
 */
export interface Declaration extends DeclaredCommand, Heading {
  /** Declares arguments, options and examples. */
  addTo(command: Command): Promise<void>;
  /** Where the given options send a command, for hints. */
  destinationOf(parsed: ParsedOptions, env: Environment): Destination;
  /** Imports the command's code. */
  load(): Promise<LoadedCommand>;
}

interface LoadedCommand {
  /** The run with the options that were parsed. @throws {CliError} usage */
  runWith(parsed: ParsedOptions): CommandRun;
}

/** A command with its options. */
export interface CommandRun {
  /** The programs that it may start. */
  readonly programs: readonly NamedProgram[];
  /** Null: it has none. */
  readonly hook: HookOptions | null;
  work(context: Context, describe: () => Promise<CommandNode>): Promise<CommandResult>;
}

/** The result of a command. */
interface CommandResult {
  /** The `--json` document. */
  readonly report: object;
  /** @param clean takes what may not be printed out of the report */
  format(clean: <Value>(value: Value) => Value, style: Style, now: Date): string | Uint8Array;
  exitCode(context: Pick<Outside, 'signal'>): ExitCode;
  /** The facts for a hook; null if the command has none. */
  facts(): HookFacts | null;
}

const noEffects: Behavior = {
  sends: false,
  destroys: false,
  needsSession: false,
  asks: false,
  keepsStdout: false,
};

/** The line of a command or family on the first page of the help. */
export interface Heading {
  readonly word: string;
  /** An imperative without a full stop. */
  readonly summary: string;
}

/** Commands with the same first word. */
export interface Family extends Heading {
  /** A command line. */
  readonly example: string;
  /** Imports its commands, in the order of the help. */
  load(): Promise<{ readonly commands: readonly Declaration[] }>;
}

/**
 * Declares a command. Behind it nobody knows the types of the options and of the report:
 * here the compiler has held the command's code against them.
 */
export function declareCommand<
  const Own extends OptionTable,
  Report extends object,
  const Does extends Effects = Record<never, never>,
>(declared: CommandDeclaration<Own, Report, Does>): Declaration {
  const { word, summary, options: own, needs = [], usage, list, examples } = declared;
  return {
    word,
    summary,
    options: own,
    needs: needs.map((key) => flagOf(own, key)),
    behavior: { ...noEffects, ...declared.behavior },
    async addTo(command) {
      addOptions(command, own);
      if (usage !== undefined) command.usage(usage);
      if (list !== undefined) addList(command, await list());
      const lines = examples.map((example) => `  $ ${example}`);
      command.addHelpText('after', `\nExamples:\n${lines.join('\n')}`);
    },
    destinationOf(parsed, env) {
      const table = { ...globalOptions, ...own };
      const given = {
        tenant: givenFor('tenant', table, parsed),
        profile: givenFor('profile', table, parsed),
        appId: givenFor('app-id', table, parsed),
        clientId: givenFor('client-id', table, parsed),
      };
      return destinationOf(given, env);
    },
    async load() {
      const { command } = await declared.load();
      return { runWith: (parsed) => runOf(declared, command, parsed) };
    },
  };
}

function runOf<Own extends OptionTable, Report extends object, Does extends Effects>(
  declared: CommandDeclaration<Own, Report, Does>,
  command: CommandModule<CommandOptions<Own>, Report, OutputOf<Does>>,
  parsed: ParsedOptions,
): CommandRun {
  const options: CommandOptions<Own> = readOptions(
    { ...globalOptions, ...declared.options },
    parsed,
  );
  return {
    programs: programsIn(declared.options, options),
    hook: askedFor(declared.hook?.(options)),
    async work(context, describe) {
      const report = await command.work(options, context, describe);
      return {
        report,
        format: (clean, style, now) => command.format(clean(report), style, options, now),
        exitCode: (outside) => command.exitCode?.(report, options, outside) ?? 0,
        facts: () => hookFactsOf(report, options, command.atEnd),
      };
    },
  };
}

/** The hook of a command that does not report when certificates expire. */
export function hookOf(
  { hook, hookArg, hookTimeout, hookMustSucceed }: Omit<HookOptions, 'notifyAt' | 'isRehearsal'>,
  { isRehearsal }: Pick<HookOptions, 'isRehearsal'>,
): HookOptions {
  return { hook, hookArg, hookTimeout, hookMustSucceed, notifyAt: undefined, isRehearsal };
}

/** The options of the hook; null if none of them was given. */
function askedFor(hook: HookOptions | undefined): HookOptions | null {
  if (hook === undefined) return null;
  const { hook: program, hookArg, hookTimeout, hookMustSucceed, notifyAt } = hook;
  const given = [program, hookArg, hookTimeout, hookMustSucceed, notifyAt];
  return given.some((value) => value !== undefined) ? hook : null;
}

function hookFactsOf<Report, Options>(
  report: Report,
  options: Options,
  end: EndOfRun<Report, Options> | undefined,
): HookFacts | null {
  if (end === undefined) return null;
  return {
    did: end.did(report),
    isUnknown: end.isUnknown?.(report) ?? false,
    dues: end.dues?.(report) ?? null,
    ledger: end.ledger?.(report, options) ?? null,
  };
}

function addList(command: Command, { title, entries }: TermList): void {
  command.addHelpText('after', () => {
    const columns = command.configureOutput().getOutHelpWidth?.() ?? Number.POSITIVE_INFINITY;
    return `\n${title}\n${formatEntries(entries, columns, '  ')}`.trimEnd();
  });
}
