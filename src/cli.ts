import { Command, CommanderError, type Option } from 'commander';
import type { AnyCommand, Declaration } from './commands/command.ts';
import { commands, groups } from './commands/registry.ts';
import type { Outside } from './context.ts';
import type { ExitCode } from './errors/advice.ts';
import { CliError } from './errors/cli-error.ts';
import type { CommandNode } from './reference/command-tree.ts';
import { type Topic, topics } from './reference/topics.ts';
import { commandPath, notACommand, parserError, usage } from './reference/usage.ts';
import { unknownVariables } from './settings/own-environment.ts';
import { givenTimeout } from './settings/timeout.ts';
import { type Entry, fitted, formatEntries, formatEntry } from './text/layout.ts';
import { nearestName } from './text/phrasing.ts';
import { harmless } from './text/printable.ts';
import { version } from './text/version.ts';

/**
 * Runs one command line to its exit code: finds and loads the command, parses, works, prints the report, and turns
 * every error into words, JSON and a code.
 */
export async function run(argv: readonly string[], context: Outside): Promise<ExitCode> {
  try {
    refuseSecrets(argv);
    let exitCode: ExitCode = 0;
    const { terminal } = context;
    const columns = terminal.columns('stdout');
    const width = Number.isFinite(columns) ? columns : pageWidth;
    const program = createProgram((text) => terminal.print(fitted(text, columns)), width);
    await addCommands(program, async (command, options) => {
      exitCode = await execute(command, options, context);
    });
    const [first, ...others] = argv;
    const topic = first === 'help' ? topicOf(leadingWords(others), program) : undefined;
    if (topic === undefined)
      await program.parseAsync(first === 'help' ? [...others, '--help'] : [...argv], { from: 'user' });
    else terminal.print(await topic.load(width));
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return 0;
    return reportError(toCliError(error, context), context);
  }
}

/** The whole command line with the options of every command, for whoever prints it. */
export async function describe(): Promise<CommandNode> {
  const program = createProgram(() => {}, pageWidth);
  for (const [leaf, { options }] of await addCommands(program, async () => {})) options(leaf);
  return (await import('./reference/command-tree.ts')).readCommandTree(program);
}

/** The columns of a page of help where no terminal has a width. */
const pageWidth = 80;

function createProgram(print: (text: string) => void, width: number): Command {
  return refusing(addGlobalOptions(new Command('mfa-cli')))
    .enablePositionalOptions()
    .description(
      "Opens, checks and sets the Apple push certificate of a CyberArk Identity tenant's mobile push sign-in.",
    )
    .usage('<command> [options]')
    .helpOption('-h, --help', 'show help')
    .configureHelp({
      showGlobalOptions: true,
      sortSubcommands: false,
      formatItem: (term, termWidth, meaning) => formatEntry([`  ${term}`, meaning], termWidth + 4, width),
    })
    .configureOutput({ writeOut: print, writeErr: () => {}, getOutHelpWidth: () => width })
    .showSuggestionAfterError(false)
    .addHelpText('after', `${rootExamples}\nTopics:\n${formatEntries(topicEntries, width, '  ').trimEnd()}`);
}

/**
 * What every command takes, before its words and behind them. Each command reads them itself: it alone knows which
 * words are values of its own options, whatever they begin with.
 */
function addGlobalOptions(command: Command): Command {
  return command
    .version(version, '-V, --version', 'print the version')
    .option('--profile <name>', 'profile to use [MFA_CLI_PROFILE]')
    .option('--json', 'print one JSON document on stdout')
    .option('--quiet', 'print no notes on stderr')
    .option('--no-input', 'never ask [CI]')
    .option('--no-color', 'print no color [NO_COLOR]')
    .option('--debug', 'trace requests on stderr [MFA_CLI_DEBUG]')
    .option('--timeout <seconds>', 'bound on the wait for the network [MFA_CLI_TIMEOUT]')
    .option('--ca-file <pem>', 'trust these CAs too [MFA_CLI_CA_FILE]');
}

/** Lets the command turn what the parser says of it into an error of ours; help that was asked for ends the parsing, too. */
function refusing(command: Command): Command {
  return command.exitOverride((error) => {
    throw error.exitCode === 0 ? error : parserError(error, command);
  });
}

const rootExamples = `
Examples:
  $ mfa-cli login --tenant abc1234.id.cyberark.cloud
  $ mfa-cli apns inspect cert.p12
  $ mfa-cli apns set --p12 cert.p12
`;

const topicEntries = topics.map(({ word, summary }): Entry => [`mfa-cli help ${word}`, summary]);

/** The topic that `help` is asked for, if it is not a command. @throws {CliError} usage */
function topicOf(words: readonly string[], program: Command): Topic | undefined {
  const [word, more] = words;
  if (word === undefined || word === 'help') return undefined;
  if (namesOf(program).includes(word)) return requireCommand(words, program);
  const names = topics.map((topic) => topic.word);
  const found = topics.find((topic) => topic.word === word);
  if (found !== undefined && more !== undefined)
    throw usage(`"${more}" is not a part of the help on ${word}`, program);
  if (found !== undefined) return found;
  const near = nearestName(word, [...names, ...namesOf(program)]);
  const instead =
    near === undefined
      ? ` (topics: ${names.join(', ')}; commands: ${namesOf(program).join(', ')})`
      : `; did you mean ${near}?`;
  throw usage(`There is no help on "${word}"${instead}`, program);
}

/** Checks that the words lead to a command, whose help commander prints. @throws {CliError} usage */
function requireCommand(words: readonly string[], program: Command): undefined {
  let command = program;
  for (const word of words) {
    const below = command.commands.find((child) => child.name() === word);
    if (below === undefined) throw notACommand(word, command);
    command = below;
  }
}

/** The words before the first option. */
function leadingWords(words: readonly string[]): readonly string[] {
  const end = words.findIndex((word) => word.startsWith('-'));
  return end === -1 ? words : words.slice(0, end);
}

type Execute = (command: AnyCommand, options: Readonly<Record<string, unknown>>) => Promise<void>;

/**
 * Adds every command by name and summary; its options are declared when its words are met, its work is loaded when it
 * is done.
 */
async function addCommands(program: Command, executed: Execute): Promise<ReadonlyMap<Command, Declaration>> {
  program
    .allowExcessArguments()
    .action((_options, command: Command) => missingCommand(program, command.args));
  const parents = new Map<string, Command>();
  for (const { word, summary, example } of groups) {
    const group = refusing(program.command(word))
      .summary(summary)
      .description(`${sentence(summary)}.`)
      .usage('<command> [options]')
      .addHelpText('after', `\nExamples:\n  $ ${example}`)
      .allowExcessArguments();
    group.action((_options, command: Command) => missingCommand(group, command.args));
    parents.set(word, group);
  }
  for (const parent of [program, ...parents.values()])
    parent.hook('preSubcommand', (_parent, chosen) => {
      for (const option of addGlobalOptions(chosen).options) option.hideHelp();
    });
  const leaves = new Map<Command, Declaration>();
  for (const load of commands) {
    const declaration = load.declaration ?? (await load()).declaration;
    const { words, summary } = declaration;
    const [first, second] = words;
    const parent = second === undefined ? program : (parents.get(first) ?? program);
    const leaf = refusing(parent.command(second ?? first))
      .summary(summary)
      .description(`${sentence(summary)}.`)
      .allowExcessArguments(false)
      .action(async () => executed((await load()).command, optionsOf(leaf)));
    parent.hook('preSubcommand', (_parent, chosen) => {
      if (chosen === leaf) declaration.options(leaf);
    });
    leaves.set(leaf, declaration);
  }
  return leaves;
}

/** Options and named arguments in one object: `inspect FILE --json` is `{file, json}`. */
function optionsOf(command: Command): Record<string, unknown> {
  const options = parsedOptions(command);
  for (const option of command.options) requireValue(option, options[option.attributeName()], command);
  for (const [index, argument] of command.registeredArguments.entries()) {
    const value: unknown = command.processedArgs[index];
    if (value !== undefined) options[argument.name()] = value;
  }
  return options;
}

/** What the command line gives the command, there or before its words; what is said last holds. */
function parsedOptions(command: Command): Record<string, unknown> {
  return { ...(command.parent === null ? {} : parsedOptions(command.parent)), ...command.opts() };
}

/** A value that is spelled like an option is one that was left out. @throws {CliError} usage */
function requireValue({ long, flags }: Option, value: unknown, command: Command): void {
  if (value === '') throw usage(`The value of ${long} is empty`, command);
  const options = new Set([
    '-h',
    '--help',
    ...command.options.flatMap((option) => [option.short, option.long]),
  ]);
  if ([value].flat().some((word) => typeof word === 'string' && options.has(word)))
    throw usage(`Option ${long} needs a value: ${flags}`, command);
}

/** The bound on the wait for a named pipe, in seconds, where the command line names none. */
const defaultPatience = 30;

async function execute(
  command: AnyCommand,
  options: Readonly<Record<string, unknown>>,
  outside: Outside,
): Promise<ExitCode> {
  const { terminal, env } = outside;
  const timeout = givenTimeout(options, env);
  const context = {
    ...outside,
    timeout,
    patience: (timeout ?? defaultPatience) * 1000,
    profiles: () => outside.profiles(timeout),
  };
  for (const sentence of unknownVariables(env)) terminal.warn(sentence);
  const report: unknown = await command.work(options, context, describe);
  if (terminal.flags.json) terminal.print(`${JSON.stringify(report, null, 2)}\n`);
  else {
    const style = await terminal.style('stdout');
    const output = command.format(harmless(report), style, options, context.now());
    terminal.print(typeof output === 'string' ? fitted(output, terminal.columns('stdout')) : output);
  }
  return command.exitCode?.(report, options, context) ?? 0;
}

/** `mfa-cli` and `mfa-cli apns` alone, or with a word that is no command. */
function missingCommand(parent: Command, words: readonly string[]): void {
  const [word] = words;
  if (word !== undefined) throw notACommand(word, parent);
  if (parent.parent !== null)
    throw usage(`${commandPath(parent)} needs a command: ${namesOf(parent).join(', ')}`, parent);
  if (parent.opts().json === true) throw usage('No command was given', parent);
  parent.outputHelp();
}

function namesOf(parent: Command): string[] {
  return parent.commands.map((command) => command.name());
}

/** No option takes a secret as its value: everybody on the machine can read it there. */
function refuseSecrets(argv: readonly string[]): void {
  for (const word of argv) {
    if (word === '--') return;
    const secret = /^--(password|token|client-secret)(=|$)/.exec(word)?.[1];
    if (secret !== undefined) {
      throw new CliError('usage', `There is no --${secret}: a command line can be read by others`, {
        facts: { secret },
      });
    }
  }
}

function toCliError(error: unknown, context: Outside): CliError {
  if (error instanceof CliError) return error;
  if (context.signal.reason instanceof CliError) return context.signal.reason;
  if (error instanceof Error && 'syscall' in error && error.syscall === 'uv_cwd')
    return new CliError('file-not-found', 'The working directory does not exist any more', { cause: error });
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Error) context.terminal.trace(error.stack ?? message);
  return new CliError('internal-error', message, { cause: error });
}

async function reportError(error: CliError, { terminal }: Outside): Promise<ExitCode> {
  const { exitCodeOf, hintsFor } = await import('./errors/advice.ts');
  const [exitCode, hints] = [exitCodeOf(error), hintsFor(error)];
  if (terminal.flags.json) {
    const document = { error: { code: error.code, message: error.message, hints, exitCode } };
    terminal.print(`${JSON.stringify(document, null, 2)}\n`);
  }
  await terminal.error(error.lines, hints);
  return exitCode;
}

function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
